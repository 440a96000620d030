"""Outgoing messages to users."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field

from models.base import Entity, table_arguments


class MessageStatus(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    """A message with a code, while a process hands it over: it is never taken up again."""
    SENT = "sent"
    FAILED = "failed"


class OutgoingMessage(Entity, table=True):
    """A message to an address, written with what it tells of and sent afterwards.

    Only a waiting one has content: it may hold a code. `attempts` counts how often a process has taken
    it up; until `next_attempt_at` no other may.
    """

    __tablename__ = "outgoing_messages"
    __table_args__ = table_arguments(Index("ix_outgoing_messages_due", "status", "next_attempt_at", "id"))

    kind: str = Field(max_length=32)
    """Of the address: a CredentialKind."""
    address: str = Field(max_length=255)
    content: dict[str, str] | None = Field(default=None, sa_type=JSON)
    status: str = Field(max_length=16)
    attempts: int = 0
    next_attempt_at: datetime
    expires_at: datetime
    """When it is of no use any more."""
    sent_at: datetime | None = None
    error: str = Field(default="", max_length=255)
    """Why the last attempt failed."""
