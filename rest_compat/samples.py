"""Values that satisfy a schema, for the documentation to show."""

from collections.abc import Mapping
from typing import Any

from rest_compat.json_schema import fits

_TEXTS = {"date": "2026-09-01", "date-time": "2026-09-01T08:00:00+08:00"}


def sample(schema: Mapping[str, Any]) -> Any:
    """A value that satisfies the schema."""
    if known := schema.get("enum") or schema.get("examples"):
        return known[0]
    if "anyOf" in schema:
        return sample(schema["anyOf"][0])
    match schema["type"]:
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "array":
            return [] if "maxItems" in schema else [sample(schema["items"])]
        case "object":
            return {name: sample(part) for name, part in schema.get("properties", {}).items()}
        case "null":
            return None
        case _:
            return _TEXTS.get(schema.get("format", ""), "text")


def completed(schema: Mapping[str, Any], value: Any) -> Any:
    """The value with whatever it lacks or has wrong of what satisfies the schema."""
    if fits(schema, value):
        return value
    if "anyOf" in schema:
        kinds = [completed(part, value) for part in schema["anyOf"]]
        return max(kinds, key=lambda kind: _kept(value, kind))
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        return {name: completed(known[name], part) if name in known else part for name, part in value.items()} | {
            name: sample(known[name]) for name in schema.get("required", ()) if name not in value
        }
    if isinstance(value, list) and "items" in schema:
        return [completed(schema["items"], entry) for entry in value]
    return sample(schema)


def _kept(value: Any, other: Any) -> int:
    """How many of the values in one are in another at the same place."""
    if isinstance(value, dict) and isinstance(other, dict):
        return sum(_kept(part, other.get(name)) for name, part in value.items())
    if isinstance(value, list) and isinstance(other, list):
        return sum(map(_kept, value, other))
    return int(value == other)
