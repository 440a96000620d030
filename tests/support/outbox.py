"""The messages that development writes to its folder."""

import json
import re
from pathlib import Path


class Outbox:
    """The messages that were sent and not read yet."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "outbox"

    def take(self) -> list[dict[str, str]]:
        """All of them."""
        files = list(self._folder.glob("*")) if self._folder.exists() else []
        messages = [json.loads(file.read_text(encoding="utf-8")) for file in files]
        for file in files:
            file.unlink()
        return messages

    def text(self, address: str) -> str:
        """The text of the only message, which went to this address."""
        (message,) = self.take()
        assert message["to"] == address
        return message["text"]

    def code(self, address: str) -> str:
        """The code in the only message, which went to this address."""
        (code,) = re.findall(r"\b\d{6}\b", self.text(address))
        return str(code)


def other_than(code: str) -> str:
    """A code that is wrong."""
    return f"{(int(code) + 1) % 1_000_000:06}"
