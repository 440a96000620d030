"""Binding: from what an old client sends to the variables of an operation."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson
from starlette.datastructures import UploadFile

from schema import node_id

MAX_INTEGER = 2**63 - 1
LAST_MILLISECOND = 221_845_391_999_999
"""The last millisecond of the year 8999."""


class BindingError(Exception):
    """A request does not bind; the message names the parameter and what is wrong with it."""


class MissingParameter(BindingError):
    """A required parameter was not sent."""


class UnknownCode(BindingError):
    """A number stands for nothing that the API knows; some endpoints answer that as a business failure."""

    def __init__(self, parameter: str, message: str) -> None:
        self.parameter = parameter
        super().__init__(f"{parameter} {message}")


class _NotACode(ValueError):
    pass


class Converter(ABC):
    """Turns a value of the request into the value of a variable."""

    @abstractmethod
    def convert(self, value: Any) -> Any:
        """The variable's value. Raises ValueError with what was expected."""

    @property
    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """The JSON schema of what a request may send."""


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
        found = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
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
        """The same text, if it is a day."""
        try:
            # The same text: Python reads other forms of ISO 8601 too.
            if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
                return value
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
        if not isinstance(value, str) or value not in self.values:
            raise ValueError(f"必须是 {'、'.join(self.values)} 之一")
        return self.values[value]

    @property
    def json_schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class File(Converter):
    """An uploaded file of a multipart body."""

    def convert(self, value: Any) -> UploadFile:
        """The file itself, for the graph's Upload scalar."""
        if not isinstance(value, UploadFile):
            raise ValueError("必须是文件")
        return value

    @property
    def json_schema(self) -> dict[str, Any]:
        """A binary string."""
        return {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True)
class Code(Converter):
    """One of some numbers, each standing for a value of the graph."""

    values: Mapping[int, Any]

    def convert(self, value: Any) -> Any:
        """The value of the graph."""
        number = _whole_number(value)
        if number not in self.values:
            raise _NotACode(f"必须是 {'、'.join(map(str, self.values))} 之一")
        return self.values[number]

    @property
    def json_schema(self) -> dict[str, Any]:
        """An enumeration of integers."""
        return {"type": "integer", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an endpoint.

    `variable` is where its value goes: a dotted path among the operation's variables. A parameter that is
    not sent is left out, or takes its `default`, which is a variable's value already. `required_when` names
    another parameter, and the value of it that makes this one required.
    """

    variable: str
    converter: Converter = field(default_factory=Text)
    required: bool = False
    default: Any = None
    about: str = ""
    required_when: tuple[str, str] | None = None

    def is_required(self, values: Mapping[str, Any]) -> bool:
        """Whether it must be among what was sent."""
        if self.required_when is None:
            return self.required
        other, value = self.required_when
        return bool(values.get(other) == value)


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


@dataclass(frozen=True, slots=True)
class Rows(Converter):
    """A list of objects."""

    fields: Mapping[str, Parameter]

    def convert(self, value: Any) -> list[dict[str, Any]]:
        """The objects with the graph's names."""
        if not isinstance(value, list):
            raise ValueError("必须是列表")
        rows = []
        for number, row in enumerate(value):
            if not isinstance(row, dict):
                raise ValueError(f"第 {number + 1} 项必须是对象")
            try:
                rows.append(bind(self.fields, row))
            except BindingError as error:
                raise ValueError(f"第 {number + 1} 项的 {error}") from None
        return rows

    @property
    def json_schema(self) -> dict[str, Any]:
        """An array of objects."""
        return {"type": "array", "items": object_schema(self.fields)}


@dataclass(frozen=True, slots=True)
class Structured(Converter):
    """A list or an object, which a form may send as JSON text."""

    converter: Converter

    def convert(self, value: Any) -> Any:
        """What the converter makes of it."""
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                raise ValueError("不是合法的 JSON") from None
        return self.converter.convert(value)

    @property
    def json_schema(self) -> dict[str, Any]:
        """As the converter's."""
        return self.converter.json_schema


def object_schema(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """The JSON schema of an object with these parameters."""
    properties = {
        name: parameter.converter.json_schema | ({"description": parameter.about} if parameter.about else {})
        for name, parameter in parameters.items()
    }
    required = [name for name, parameter in parameters.items() if parameter.required]
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return schema | ({"required": required} if required else {})


def bind(parameters: Mapping[str, Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that the parameters make of what was sent. Raises BindingError.

    Null and, in a query string, an empty text count as not sent. What no parameter names is ignored.
    """
    variables: dict[str, Any] = {}
    for name, parameter in parameters.items():
        value = values.get(name)
        if value is None:
            if parameter.is_required(values):
                raise MissingParameter(f"{name} 不能为空")
            if parameter.default is not None:
                put(variables, parameter.variable, parameter.default)
            continue
        try:
            put(variables, parameter.variable, parameter.converter.convert(value))
        except _NotACode as error:
            raise UnknownCode(name, str(error)) from None
        except ValueError as error:
            raise BindingError(f"{name} {error}") from None
    return variables


def put(variables: dict[str, Any], path: str, value: Any) -> None:
    """Set a variable at a dotted path; two objects at the same path are merged."""
    *parents, last = path.split(".")
    for parent in parents:
        variables = variables.setdefault(parent, {})
    if isinstance(value, dict) and isinstance(variables.get(last), dict):
        variables[last].update(value)
    else:
        variables[last] = value


def _whole_number(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError("必须是整数")
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INTEGER:
        return int(value)
    if isinstance(value, str) and len(value) <= 20:
        try:
            value = int(value) if value.isascii() and "_" not in value else None
        except ValueError:
            value = None
    if not isinstance(value, int):
        raise ValueError("必须是整数")
    return value
