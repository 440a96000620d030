"""Values that administrators set and that the whole product reads."""

from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from models.base import Entity, table_arguments


class SettingName(StrEnum):
    """What can be set."""

    POSTGRADUATE_EXAM_DATE = "postgraduate_exam_date"
    """ISO date of the next postgraduate entrance examination; unset, it is computed."""
    GPU_CREDITS_PER_HOUR = "gpu_credits_per_hour"
    CPU_CREDITS_PER_HOUR = "cpu_credits_per_hour"
    RAM_CREDITS_PER_HOUR = "ram_credits_per_hour"
    """What an instance costs, for each GPU, CPU and gigabyte of memory."""
    FREE_MIRROR_SPACE = "free_mirror_space"
    """The gigabytes of mirrors that a developer may keep."""
    DEMONSTRATION_DATA = "demonstration_data"
    """Present on a database that was seeded for development: production refuses to start on it."""
    SEALING_KEY = "sealing_key"
    """The key that seals the audit trail, encrypted with the secret key, which is recognised by it."""
    AUDIT_START = "audit_start"
    """After which event the audit trail begins, where older ones were deleted at the end of their term; sealed."""


class Setting(Entity, table=True):
    """One value by name."""

    __tablename__ = "settings"
    __table_args__ = table_arguments()

    name: str = Field(max_length=64, unique=True)
    value: str = Field(max_length=255)


class DictionaryKind(StrEnum):
    """The lists that the product's forms choose from."""

    CERTIFICATE_TYPE = "certificate_type"
    DOMAIN = "domain"
    EDUCATION = "education"
    POSITION = "position"
    AWARD_LEVEL = "award_level"
    RESEARCH_DIRECTION = "research_direction"
    WORK_POSITION = "work_position"
    JOB_DOMAIN = "job_domain"
    COMPANY_PREFERENCE = "company_preference"
    CITY = "city"
    JOB_WELFARE = "job_welfare"


class DictionaryEntry(Entity, table=True):
    """An entry of a list. Old clients know it by its number or its key, which never change once they are published."""

    __tablename__ = "dictionary_entries"
    __table_args__ = table_arguments(
        UniqueConstraint("kind", "number"), Index("ix_dictionary_entries_kind_key", "kind", "key", unique=True)
    )

    kind: str = Field(max_length=32)
    number: int
    key: str | None = Field(default=None, max_length=32)
    name: str = Field(max_length=255)
    enabled: bool = True
