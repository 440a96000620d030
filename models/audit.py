"""The audit trail: who did what to which object. Rows are only ever added."""

from sqlalchemy import JSON, Index
from sqlmodel import Field

from models.base import BIG_ID, Entity, reference, table_arguments


class AuditEvent(Entity, table=True):
    """One act that somebody may have to answer for. `details` never holds a secret."""

    __tablename__ = "audit_events"
    __table_args__ = table_arguments(
        Index("ix_audit_events_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_events_actor", "actor_id", "id"),
    )

    actor_id: int | None = reference("users", kept=True)
    action: str = Field(max_length=64)
    subject_type: str = Field(max_length=64)
    subject_id: int = Field(sa_type=BIG_ID)
    details: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
