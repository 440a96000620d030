"""The values of the feed form: several names in one text, and entries of dictionaries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_compat.converters import Converter, Integer, NotACode, Text
from rest_compat.hr_feeds.shapes import ObjectId
from schema.engine import node_id

MAX_INT = 2**31 - 1
_COMMAS = re.compile("[,，、]")


@dataclass(frozen=True, slots=True)
class Names(Converter):
    """Several names in one text, with commas between them, each perhaps a word for a value of the graph."""

    words: Mapping[str, str] | None = None

    def convert(self, value: Any) -> list[str]:
        """The names, or what they stand for."""
        names = [name for part in _COMMAS.split(Text().convert(value)) if (name := part.strip())]
        if self.words is None:
            return names
        if any(name not in self.words for name in names):
            raise ValueError(f"必须是 {'、'.join(self.words)} 中的若干项")
        return [self.words[name] for name in names]

    @property
    def json_schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string"} | ({"examples": [",".join(self.words)]} if self.words else {})


@dataclass(frozen=True, slots=True)
class Numbers(Converter):
    """A list of entries of a dictionary: their numbers, or objects that hold those as `id`."""

    def convert(self, value: Any) -> list[int]:
        """The numbers."""
        if not isinstance(value, list):
            raise ValueError("必须是列表")
        number = Integer(-MAX_INT, MAX_INT)
        return [number.convert(entry.get("id") if isinstance(entry, dict) else entry) for entry in value]

    @property
    def json_schema(self) -> dict[str, Any]:
        """An array of integers, or of objects that hold them."""
        held = {"properties": {"id": {"type": "integer"}}, "required": ["id"]}
        return {"type": "array", "items": {"type": ["integer", "object"], **held, "examples": [1]}}


@dataclass(frozen=True, slots=True)
class OptionalFeed(Converter):
    """The feed to change; a blank one is none, and what is no object id is that of no feed."""

    def convert(self, value: Any) -> str | None:
        """The opaque id."""
        if value == "":
            return None
        try:
            return ObjectId("Feed").convert(value)
        except NotACode:
            return node_id.encode("Feed", 0)

    @property
    def json_schema(self) -> dict[str, Any]:
        """24 hex digits."""
        return ObjectId("Feed").json_schema
