"""The development channel: messages become files in an outbox directory."""

import json
import uuid
from pathlib import Path

import anyio

from models.language import Language


class Outbox:
    """One JSON file a message (`to`, `subject`, `text`), complete once it has its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(
        self, *, key: str, to: str, subject: str, text: str, code: str = "", language: str = Language.CHINESE
    ) -> None:
        """Write the message into the folder."""
        await anyio.to_thread.run_sync(self._write, {"to": to, "subject": subject, "text": text})

    def _write(self, message: dict[str, str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        unfinished = self._folder / f".{name}.tmp"
        unfinished.write_text(json.dumps(message, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self._folder / f"{name}.json")
