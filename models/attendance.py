"""Clock-ins: one per user, business date and slot."""

import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from models.base import BIG_ID, Entity, reference, table_arguments


class ClockInSlot(StrEnum):
    """A part of the business day, in Shanghai time."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class ClockIn(Entity, table=True):
    """A student was at a place in a slot."""

    __tablename__ = "clock_ins"
    __table_args__ = table_arguments(
        UniqueConstraint("user_id", "business_date", "slot"),
        Index("ix_clock_ins_user_id_id", "user_id", "id"),
        Index("ix_clock_ins_user_id_business_date_id", "user_id", "business_date", "id"),
        Index("ix_clock_ins_business_date_slot_id", "business_date", "slot", "id"),
        Index("ix_clock_ins_slot_id", "slot", "id"),
        # The newest of a day: without it all of the day's would be sorted.
        Index("ix_clock_ins_business_date_id", "business_date", "id"),
    )

    user_id: int = reference("users")
    business_date: datetime.date
    slot: str = Field(max_length=16)
    clocked_in_at: datetime.datetime
    location: str = Field(max_length=255)


class AttendanceRun(Entity, table=True):
    """Days in a row on which a user clocked in, as many as there are, and how many clock-ins these are.

    Triggers of `clock_ins` keep them, whatever writes those. Days are counted from 1 January 2000.
    """

    __tablename__ = "attendance_runs"
    # Not unique: a foreign key or a constraint would decide nothing that the triggers have not decided, and the index
    # has all that statistics read, in the order in which they read it.
    __table_args__ = table_arguments(
        Index("ix_attendance_runs_user_id_first_day", "user_id", "first_day", "last_day", "clock_ins")
    )

    user_id: int = Field(sa_type=BIG_ID)
    first_day: int
    last_day: int
    clock_ins: int


class ClockInCorrection(Entity, table=True):
    """A correction of a clock-in at `created_at`: who corrected it and why, and what it was before."""

    __tablename__ = "clock_in_corrections"
    __table_args__ = table_arguments(Index("ix_clock_in_corrections_clock_in_id_id", "clock_in_id", "id"))

    clock_in_id: int = reference("clock_ins")
    corrected_by_id: int = reference("users", index=True)
    reason: str = Field(max_length=500)
    business_date: datetime.date
    slot: str = Field(max_length=16)
    clocked_in_at: datetime.datetime
    location: str = Field(max_length=255)
