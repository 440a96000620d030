"""Values that administrators set and that the whole product reads."""

from enum import StrEnum

from sqlmodel import Field

from models.base import Entity, table_arguments


class SettingName(StrEnum):
    """What can be set."""

    POSTGRADUATE_EXAM_DATE = "postgraduate_exam_date"
    """ISO date of the next postgraduate entrance examination; unset, it is computed."""
    DEMONSTRATION_DATA = "demonstration_data"
    """Present on a database that was seeded for development: production refuses to start on it."""


class Setting(Entity, table=True):
    """One value by name."""

    __tablename__ = "settings"
    __table_args__ = table_arguments()

    name: str = Field(max_length=64, unique=True)
    value: str = Field(max_length=255)
