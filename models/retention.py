"""How long rows are kept: a setting for each kind. `docs/configuration.md` gives the reasons."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings


class RetentionSettings(BaseSettings):
    """Days after which rows that are of no use any more are deleted."""

    retention_codes_days: int = Field(default=1, ge=1, le=365)
    retention_messages_days: int = Field(default=30, ge=2, le=3650)
    retention_notifications_days: int = Field(default=365, ge=30, le=3650)
    retention_client_requests_days: int = Field(default=184, ge=1, le=3650)
    retention_sessions_days: int = Field(default=30, ge=1, le=3650)
    retention_recommendations_days: int = Field(default=90, ge=7, le=3650)
    retention_uploads_days: int = Field(default=1, ge=1, le=365)

    def kept_for(self, name: str) -> timedelta:
        """How long the rows of one kind are kept."""
        days: int = getattr(self, f"retention_{name}_days")
        return timedelta(days=days)
