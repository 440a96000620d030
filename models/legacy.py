"""What was moved in from predecessors: which row became which, and how far an import got."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.base import BIG_ID, Entity, table_arguments


class LegacyId(Entity, table=True):
    """The id that an object had in a predecessor: a number as text, or an object id. Several may stand for one object.

    The constraint decides that nothing is moved in twice; it begins with the columns that old ids are resolved by.
    """

    __tablename__ = "legacy_ids"
    __table_args__ = table_arguments(UniqueConstraint("kind", "old_id", "source"))

    source: str = Field(max_length=32)
    kind: str = Field(max_length=32)
    """The table that the object is in."""
    old_id: str = Field(max_length=64)
    new_id: int = Field(sa_type=BIG_ID)


class LegacyProgress(Entity, table=True):
    """How far the rows of one kind are moved in from a source; written in the transaction of the rows.

    `position` counts the rows that were read of the source with this fingerprint. `floor` is the largest id that the
    product's table had given before: old ids above it are kept. `counts` has what happened to the rows, by name.
    """

    __tablename__ = "legacy_progress"
    __table_args__ = table_arguments(UniqueConstraint("source", "kind"))

    source: str = Field(max_length=32)
    kind: str = Field(max_length=32)
    fingerprint: str = Field(max_length=64)
    position: int = Field(sa_type=BIG_ID)
    floor: int = Field(sa_type=BIG_ID)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    report_bytes: int = Field(default=0, sa_type=BIG_ID)
    """The length of the report of refused rows, with those of the rows before `position`."""
    finished_at: datetime | None = None
    """When all kinds of the source were moved in; a later import begins anew, and finds what is there."""
