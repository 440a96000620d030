"""How long rows are kept: a setting for each kind. `docs/configuration.md` gives the reasons."""

from datetime import timedelta

from pydantic import Field, field_validator

from models.settings_sources import FromEnvironment

FOR_EVER = 0
MIN_AUDIT_DAYS = 365
"""The shortest term of audit events: whoever looks for what was done looks months later."""


class RetentionSettings(FromEnvironment):
    """Days after which rows that are of no use any more are deleted."""

    retention_codes_days: int = Field(default=1, ge=1, le=365)
    retention_messages_days: int = Field(default=30, ge=2, le=3650)
    retention_notifications_days: int = Field(default=365, ge=30, le=3650)
    retention_client_requests_days: int = Field(default=184, ge=1, le=3650)
    retention_sessions_days: int = Field(default=30, ge=1, le=3650)
    retention_recommendations_days: int = Field(default=90, ge=7, le=3650)
    retention_deleted_days: int = Field(default=30, ge=1, le=365)
    retention_uploads_days: int = Field(default=1, ge=1, le=365)
    retention_audit_days: int = Field(default=FOR_EVER, ge=FOR_EVER, le=36_500)

    @field_validator("retention_audit_days")
    @classmethod
    def _is_no_short_term(cls, value: int) -> int:
        if value != FOR_EVER and value < MIN_AUDIT_DAYS:
            raise ValueError(f"audit events are kept for at least {MIN_AUDIT_DAYS} days, or for ever (0)")
        return value

    def kept_for(self, name: str) -> timedelta:
        """How long the rows of one kind are kept; `FOR_EVER` is no time at all, and for audit events alone."""
        days: int = getattr(self, f"retention_{name}_days")
        return timedelta(days=days)
