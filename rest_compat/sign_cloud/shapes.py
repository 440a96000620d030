"""The sign cloud's formats of the graph's values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_compat.binding import Rows
from rest_compat.converters import Converter
from rest_compat.reply import Part, Source


@dataclass(frozen=True, slots=True)
class OrBlank(Converter):
    """What another converter makes of a value; a blank one, as forms send it, and those of `nothing` are null."""

    converter: Converter
    nothing: tuple[Any, ...] = ("",)

    def convert(self, value: Any) -> Any:
        """The value or null."""
        return None if value in self.nothing else self.converter.convert(value)

    @property
    def json_schema(self) -> dict[str, Any]:
        """That of the value."""
        return self.converter.json_schema


@dataclass(frozen=True, slots=True)
class Words(Converter):
    """A text, which JSON may bring as a number."""

    def convert(self, value: Any) -> str:
        """The text."""
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise ValueError("必须是字符串")
        return str(value)

    @property
    def json_schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class Entries(Converter):
    """A list of objects. Keys that no field names are kept, under `extras`."""

    rows: Rows

    def convert(self, value: Any) -> list[dict[str, Any]]:
        """The objects with the graph's names."""
        converted = self.rows.convert(value)
        for sent, row in zip(value, converted, strict=True):
            extras = {str(name): found for name, found in sent.items() if name not in self.rows.fields}
            if extras:
                row["extras"] = extras
        return converted

    @property
    def json_schema(self) -> dict[str, Any]:
        """An array of objects."""
        return self.rows.json_schema

    @property
    def names(self) -> Mapping[tuple[str, ...], str]:
        """Those of the fields of each object."""
        return self.rows.names


@dataclass(frozen=True, slots=True)
class First(Part):
    """The first entry of the path's list through a template, or null where there is none."""

    path: str
    template: Any

    def expression(self, source: Source, data: str) -> str:
        """The entry."""
        first = f"{source.constant(_first)}({source.at(data, self.path)})"
        return source.unless_null(first, lambda entry: source.expression(self.template, entry))


def _first(entries: list[Any] | None) -> Any:
    return entries[0] if entries else None


@dataclass(frozen=True, slots=True)
class WithExtras(Part):
    """An object through a template, with the keys of its `extras` beside."""

    template: Mapping[str, Any]

    def expression(self, source: Source, data: str) -> str:
        """The object."""
        return f"{{**{data}[{source.constant('extras')}], **{source.expression(self.template, data)}}}"


def code_of(codes: Mapping[int, str]) -> Any:
    """The function from a value of the graph to its number."""
    return {value: code for code, value in codes.items()}.__getitem__
