"""Converters: from a value of a request to the value of a variable."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from starlette.datastructures import UploadFile

from schema.engine import node_id
from schema.engine.texts import normalised_date, normalised_number, normalised_text

MAX_INTEGER = 2**63 - 1
LAST_MILLISECOND = 221_845_391_999_999
"""The last millisecond of the year 8999."""

_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")


class NotACode(ValueError):
    """The number stands for nothing."""


class Converter(ABC):
    """Turns a value of the request into the value of a variable."""

    @abstractmethod
    def convert(self, value: Any) -> Any:
        """The variable's value. Raises ValueError with what was expected."""

    @property
    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """The JSON schema of what a request may send."""

    @property
    def names(self) -> Mapping[tuple[str, ...], str]:
        """What the parts of a value are called in the request, by their paths in the variable."""
        return {}


@dataclass(frozen=True, slots=True)
class Text(Converter):
    """A text."""

    def convert(self, value: Any) -> str:
        """The text itself."""
        if not isinstance(value, str):
            raise ValueError("必须是字符串")
        return value

    @property
    def json_schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class Password(Text):
    """A text that counts as it was typed, spaces included."""


@dataclass(frozen=True, slots=True)
class Integer(Converter):
    """A whole number, sent as a number or as text; capped at `cap`."""

    minimum: int = -MAX_INTEGER
    maximum: int = MAX_INTEGER
    cap: int | None = None

    def convert(self, value: Any) -> int:
        """The number."""
        number = _whole_number(value)
        if not self.minimum <= number <= self.maximum:
            raise ValueError(f"必须在 {self.minimum} 与 {self.maximum} 之间")
        return number if self.cap is None else min(number, self.cap)

    @property
    def json_schema(self) -> dict[str, Any]:
        """An integer."""
        schema: dict[str, Any] = {"type": "integer"}
        if self.minimum != -MAX_INTEGER:
            schema["minimum"] = self.minimum
        if self.maximum != MAX_INTEGER:
            schema["maximum"] = self.maximum
        return schema


@dataclass(frozen=True, slots=True)
class Number(Converter):
    """A number with or without a fraction, sent as a number or as text."""

    minimum: int
    maximum: int

    def convert(self, value: Any) -> float:
        """The number."""
        if isinstance(value, str) and _DECIMAL.fullmatch(text := normalised_number(value)):
            value = float(text)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("必须是数字")
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"必须在 {self.minimum} 与 {self.maximum} 之间")
        return float(value)

    @property
    def json_schema(self) -> dict[str, Any]:
        """A number."""
        return {"type": "number", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, slots=True)
class NodeId(Converter):
    """The number of an object, as the graph's opaque id."""

    type_name: str

    def convert(self, value: Any) -> str:
        """The opaque id."""
        number = _whole_number(value)
        if abs(number) > MAX_INTEGER:
            raise ValueError("超出 64 位整数范围")
        return node_id.encode(self.type_name, number)

    @property
    def json_schema(self) -> dict[str, Any]:
        """An integer."""
        return {"type": "integer", "format": "int64"}


@dataclass(frozen=True, slots=True)
class Boolean(Converter):
    """True or false, in forms as text."""

    def convert(self, value: Any) -> bool:
        """The truth value."""
        if isinstance(value, bool):
            return value
        found = {"true": True, "1": True, "false": False, "0": False}.get(normalised_number(str(value)).lower())
        if found is None:
            raise ValueError("必须是布尔值")
        return found

    @property
    def json_schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Date(Converter):
    """A day as yyyy-mm-dd."""

    def convert(self, value: Any) -> str:
        """The day in plain digits, if it is one."""
        try:
            # The same text: Python reads other forms of ISO 8601 too.
            if isinstance(value, str) and date.fromisoformat(day := normalised_date(value)).isoformat() == day:
                return day
        except ValueError:
            pass
        raise ValueError("格式必须为 yyyy-mm-dd")

    @property
    def json_schema(self) -> dict[str, Any]:
        """A date."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Milliseconds(Converter):
    """A Unix time in milliseconds, as an instant."""

    def convert(self, value: Any) -> str:
        """The instant in ISO 8601."""
        number = _whole_number(value)
        if not 0 <= number <= LAST_MILLISECOND:
            raise ValueError("必须是毫秒时间戳")
        seconds, milliseconds = divmod(number, 1000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000).isoformat()

    @property
    def json_schema(self) -> dict[str, Any]:
        """An integer."""
        return {"type": "integer", "format": "int64", "minimum": 0, "maximum": LAST_MILLISECOND}


@dataclass(frozen=True, slots=True)
class Choice(Converter):
    """One of some texts, each standing for a value of the graph."""

    values: Mapping[str, Any]

    def convert(self, value: Any) -> Any:
        """The value of the graph."""
        if not isinstance(value, str) or (text := normalised_text(value)) not in self.values:
            raise ValueError(f"必须是 {'、'.join(self.values)} 之一")
        return self.values[text]

    @property
    def json_schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class File(Converter):
    """An uploaded file of a multipart body. `columns` are the headings of a table in it, by the graph's names."""

    columns: Mapping[str, str] = field(default_factory=dict)

    def convert(self, value: Any) -> UploadFile:
        """The file itself, for the graph's Upload scalar."""
        if not isinstance(value, UploadFile):
            raise ValueError("必须是文件")
        return value

    @property
    def json_schema(self) -> dict[str, Any]:
        """A binary string."""
        return {"type": "string", "format": "binary"}

    @property
    def names(self) -> Mapping[tuple[str, ...], str]:
        """The headings."""
        return {(variable,): heading for variable, heading in self.columns.items()}


@dataclass(frozen=True, slots=True)
class Code(Converter):
    """One of some numbers, each standing for a value of the graph."""

    values: Mapping[int, Any]

    def convert(self, value: Any) -> Any:
        """The value of the graph."""
        number = _whole_number(value)
        if number not in self.values:
            raise NotACode(f"必须是 {'、'.join(map(str, self.values))} 之一")
        return self.values[number]

    @property
    def json_schema(self) -> dict[str, Any]:
        """An enumeration of integers."""
        return {"type": "integer", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Items(Converter):
    """A list of values of one kind."""

    item: Converter

    def convert(self, value: Any) -> list[Any]:
        """The values."""
        if not isinstance(value, list):
            raise ValueError("必须是列表")
        values = []
        for number, item in enumerate(value):
            try:
                values.append(self.item.convert(item))
            except ValueError as error:
                raise ValueError(f"第 {number + 1} 项{error}") from None
        return values

    @property
    def json_schema(self) -> dict[str, Any]:
        """An array."""
        return {"type": "array", "items": self.item.json_schema}


def _whole_number(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError("必须是整数")
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INTEGER:
        return int(value)
    if isinstance(value, str) and len(text := normalised_number(value)) <= 20:
        try:
            value = int(text) if text.isascii() and "_" not in text else None
        except ValueError:
            value = None
    if not isinstance(value, int):
        raise ValueError("必须是整数")
    return value
