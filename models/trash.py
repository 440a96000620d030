"""What was deleted and can be restored until its time is over."""

from enum import StrEnum

from sqlalchemy import Index, Text
from sqlmodel import Field

from models.base import BIG_ID, Entity, reference, table_arguments


class DeletedKind(StrEnum):
    """What a deleted object was."""

    POST = "post"
    COMMENT = "comment"
    WORK_LOG = "work_log"
    WORK_LOG_STATUS_LINE = "work_log_status_line"
    CERTIFICATION = "certification"
    RESUME = "resume"
    FEED = "feed"
    RECOMMENDATION_COMMENT = "recommendation_comment"
    EMPLOYMENT_GOAL = "employment_goal"
    POSTGRADUATE_GOAL = "postgraduate_goal"


class DeletedItem(Entity, table=True):
    """An object that a user deleted at `created_at`; restoring it deletes this row. `owner_id` is whose it was."""

    __tablename__ = "deleted_items"
    __table_args__ = table_arguments(Index("ix_deleted_items_user_id_id", "user_id", "id"))

    kind: str = Field(max_length=32)
    subject_id: int = Field(sa_type=BIG_ID)
    title: str = Field(max_length=255)
    user_id: int = reference("users")
    owner_id: int = reference("users", index=True)


class DeletedRows(Entity, table=True):
    """Some of the rows that a deleted object consisted of, all of one table."""

    __tablename__ = "deleted_rows"
    __table_args__ = table_arguments(Index("ix_deleted_rows_item_id_id", "item_id", "id"))

    item_id: int = reference("deleted_items")
    of_table: str = Field(max_length=64)
    content: str = Field(sa_type=Text)
    """A list of objects, in JSON."""
