"""Documented examples of a dialect's calls, from `examples.json` in its folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

FILE = "examples.json"


@dataclass(frozen=True, slots=True)
class Reply:
    """A documented reply."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Example:
    """What a document shows of an endpoint: its chapter, the values of a request by parameter, and replies."""

    group: str = ""
    request: Mapping[str, Any] = field(default_factory=dict)
    replies: Sequence[Reply] = ()


def read_examples(folder: Path) -> dict[str, Example]:
    """The examples by `METHOD path`; none where the folder has no such file."""
    file = folder / FILE
    if not file.exists():
        return {}
    return {
        call: Example(
            entry.get("group", ""),
            entry.get("request", {}),
            [Reply(reply["status"], reply["body"]) for reply in entry.get("replies", [])],
        )
        for call, entry in orjson.loads(file.read_bytes()).items()
    }
