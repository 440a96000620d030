"""Values that a form sends as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from rest_compat.converters import Converter


@dataclass(frozen=True, slots=True)
class Structured(Converter):
    """A list or an object, which a form may send as JSON text."""

    converter: Converter

    def convert(self, value: Any) -> Any:
        """What the converter makes of it."""
        if isinstance(value, str):
            try:
                value = orjson.loads(value.removeprefix("\ufeff"))
            except orjson.JSONDecodeError:
                raise ValueError("不是合法的 JSON") from None
        return self.converter.convert(value)

    @property
    def json_schema(self) -> dict[str, Any]:
        """As the converter's."""
        return self.converter.json_schema

    @property
    def names(self) -> Mapping[tuple[str, ...], str]:
        """As the converter's."""
        return self.converter.names
