"""Where messages to people go."""

import json
import uuid
from pathlib import Path
from typing import Protocol

import anyio

from models.errors import ChannelUnavailable
from models.identity import CredentialKind


class Channel(Protocol):
    """Sends one message to one address."""

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Hand the message over; raises if it cannot be."""


class Outbox:
    """Development's channel: one JSON file a message (`to`, `subject`, `text`), complete once it has its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Write the message into the folder."""
        await anyio.to_thread.run_sync(self._write, {"to": to, "subject": subject, "text": text})

    def _write(self, message: dict[str, str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        unfinished = self._folder / f".{name}.tmp"
        unfinished.write_text(json.dumps(message, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self._folder / f"{name}.json")


class Channels:
    """The channel of each kind of address; without one, sending is refused."""

    def __init__(self, channels: dict[CredentialKind, Channel]) -> None:
        self._channels = channels

    def of(self, kind: CredentialKind) -> Channel:
        """The channel to addresses of this kind, or ChannelUnavailable."""
        try:
            return self._channels[kind]
        except KeyError:
            raise ChannelUnavailable from None
