"""Counts and limits the open connections of each client."""

from collections import Counter
from dataclasses import dataclass, field

from models.settings import Settings

CONNECTIONS = "connections"
"""The entry of the lifespan's state that holds the `Connections` of the process."""
DEFAULT_SECONDS = 30.0
DEFAULT_PER_CLIENT = 256


@dataclass(slots=True)
class Connections:
    """The open connections of this process by client network, HTTP and WebSocket together."""

    slow_seconds: float = DEFAULT_SECONDS
    """How long a client may take to send what it owes, or to read what it was sent."""
    per_client: int = DEFAULT_PER_CLIENT
    """The connections that one client network may have open."""
    ending_seconds: float = 0
    """How long a client may take to send a request while the server ends."""
    _open: Counter[str] = field(default_factory=Counter)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Connections":
        """The limits that the configuration asks for."""
        return cls(settings.slow_client_seconds, settings.connections_per_client, settings.shutdown_seconds / 2)

    def admit(self, network: str) -> bool:
        """Count one more connection of a network, unless it has as many as it may."""
        if self._open[network] >= self.per_client:
            return False
        self._open[network] += 1
        return True

    def release(self, network: str) -> None:
        """One of its connections is closed."""
        self._open[network] -= 1
        if not self._open[network]:
            del self._open[network]
