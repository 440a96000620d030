"""The talent feeds' formats of the graph's values: object ids, times and comma-separated lists."""

import re
from dataclasses import dataclass
from typing import Any

from rest_compat import instants
from rest_compat.converters import Converter, NotACode
from rest_compat.reply import Or, Part, Source, Via
from schema.engine import node_id

_OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}")


@dataclass(frozen=True, slots=True)
class ObjectId(Converter):
    """The number of an object as 24 hex digits, as the graph's opaque id: one of ours, or that of the predecessor."""

    type_name: str

    def convert(self, value: Any) -> str:
        """The opaque id."""
        if not isinstance(value, str) or _OBJECT_ID.fullmatch(value) is None:
            raise NotACode("必须是 24 位十六进制数")
        return node_id.encode(self.type_name, int(value, 16))

    @property
    def json_schema(self) -> dict[str, Any]:
        """24 hex digits."""
        return {"type": "string", "pattern": "^[0-9a-fA-F]{24}$", "examples": [format(1, "024x")]}


@dataclass(frozen=True, slots=True)
class Filled(Converter):
    """What another converter makes of a value that is not blank."""

    converter: Converter

    def convert(self, value: Any) -> Any:
        """The value."""
        if isinstance(value, str) and not value.strip():
            raise ValueError("不能为空")
        return self.converter.convert(value)

    @property
    def json_schema(self) -> dict[str, Any]:
        """That of the value, which is not empty."""
        return {**self.converter.json_schema, "minLength": 1}


def object_id(path: str) -> Via:
    """The number at a path as 24 hex digits."""
    return Via(_hex_digits, path)


def _hex_digits(number: int) -> str:
    return format(number, "024x")


def seconds(path: str) -> Or:
    """The Unix time of the instant at a path, in seconds; 0 where there is none."""
    return Or(Via(instants.seconds, path), 0)


@dataclass(frozen=True, slots=True)
class Joined(Part):
    """The values of `key` in the path's list, or the list's texts themselves, as one text with commas."""

    path: str
    key: str = ""

    def expression(self, source: Source, data: str) -> str:
        """The text; empty where there is none."""
        return f"{source.constant(','.join)}({source.each(data, self.path, self.key)})"
