"""The limits of a WebSocket connection."""

from dataclasses import dataclass

from models.settings import Settings

SEND_SECONDS = "websocket_send_seconds"
"""The entry of the lifespan's state that says how long a client may leave unread what was sent."""


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """The limits of each WebSocket; `docs/subscriptions.md` says what happens beyond them."""

    operations: int
    """Operations at once, subscriptions and others."""
    messages: int
    """Messages a minute."""
    init_seconds: float
    """Until the connection must be initialised."""
    session_seconds: float
    """Until a subscription without events looks its session up again."""
    slow_seconds: float = 1.0
    """From which on the log tells of an operation as a slow one."""

    @classmethod
    def from_settings(cls, settings: Settings) -> "SocketLimits":
        """The limits that the configuration asks for."""
        return cls(
            operations=settings.websocket_operations,
            messages=settings.websocket_messages,
            init_seconds=settings.websocket_init_seconds,
            session_seconds=settings.websocket_session_seconds,
            slow_seconds=settings.slow_operation_seconds,
        )


class Allowance:
    """So many messages at once, and as many again over a minute."""

    def __init__(self, messages: int) -> None:
        self._most = self._left = float(messages)
        self._at = 0.0

    def spend(self, now: float) -> bool:
        """Whether one more message is allowed at this second of a monotonic clock."""
        self._left = min(self._most, self._left + (now - self._at) * self._most / 60)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
