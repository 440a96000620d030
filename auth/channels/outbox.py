"""The development channel: messages become files in an outbox directory."""

import json
import uuid
from pathlib import Path

import anyio

from models.language import Language
from models.private_files import make_folder, write_file


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
        make_folder(self._folder)
        name = uuid.uuid4().hex
        unfinished = self._folder / f".{name}.tmp"
        write_file(unfinished, json.dumps(message, ensure_ascii=False).encode())
        unfinished.replace(self._folder / f"{name}.json")
