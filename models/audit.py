"""The audit trail: append-only rows, each with a keyed hash that includes the previous one."""

from sqlalchemy import JSON, Index
from sqlmodel import Field

from models.base import BIG_ID, Entity, table_arguments


class AuditEvent(Entity, table=True):
    """One act that somebody may have to answer for. `details`, `before` and `after` never hold a secret.

    `actor_id` is no foreign key: the trail keeps who did it when the user is gone, and no id is used twice.
    `number`, `previous_hash` and `hash` are null only in rows from before there was a chain, until the first start.
    """

    __tablename__ = "audit_events"
    __table_args__ = table_arguments(
        Index("ix_audit_events_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_events_actor", "actor_id", "id"),
        Index("ix_audit_events_action_id", "action", "id"),
        Index("ix_audit_events_created_at_id", "created_at", "id"),
    )

    actor_id: int | None = Field(default=None, sa_type=BIG_ID)
    action: str = Field(max_length=64)
    subject_type: str = Field(max_length=64)
    subject_id: int = Field(sa_type=BIG_ID)
    details: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    before: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    after: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    client: str = Field(default="", max_length=45)
    """The address that the act came from."""
    request_id: str = Field(default="", max_length=64)
    number: int | None = Field(default=None, sa_type=BIG_ID, unique=True)
    """The place in the chain, from 1, without gaps."""
    previous_hash: str | None = Field(default=None, max_length=64)
    hash: str | None = Field(default=None, max_length=64)


class AuditHead(Entity, table=True):
    """The one row that says where the chain ends. Who adds to the chain holds it; a trigger moves it on."""

    __tablename__ = "audit_heads"
    __table_args__ = table_arguments()

    number: int = Field(sa_type=BIG_ID)
    hash: str = Field(max_length=64)
