"""The profiles of developers."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class DeveloperProfile(Entity, table=True):
    """A developer's details; one a user, from registration or the first change on."""

    __tablename__ = "developer_profiles"
    __table_args__ = table_arguments()

    user_id: int = reference("users", unique=True)
    avatar_path: str = Field(default="", max_length=255)
    province: str = Field(default="", max_length=64)
    city: str = Field(default="", max_length=64)
    county: str = Field(default="", max_length=64)
    is_overseas: bool = False


class DeveloperResearchDirection(Entity, table=True):
    """A direction in which a developer does research; ids keep the order of the form."""

    __tablename__ = "developer_research_directions"
    __table_args__ = table_arguments(UniqueConstraint("user_id", "entry_id"))

    user_id: int = reference("users")
    entry_id: int = reference("dictionary_entries")
