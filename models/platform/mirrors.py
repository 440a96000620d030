"""Mirrors: the images that a developer's instances start from."""

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class Mirror(Entity, table=True):
    """An image that a developer keeps. The size is in thousandths of a gigabyte, which is exact."""

    __tablename__ = "mirrors"
    __table_args__ = table_arguments(
        Index("ix_mirrors_user_id_id", "user_id", "id"), CheckConstraint("size_thousandths > 0", name="size_positive")
    )

    user_id: int = reference("users")
    name: str = Field(max_length=255)
    tag: str = Field(max_length=64)
    size_thousandths: int
    remark: str = Field(max_length=1000)
