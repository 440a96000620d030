"""JSON schemas of values, and whether values satisfy those that the documentation of old replies is made of."""

from collections.abc import Mapping, Sequence
from typing import Any

_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


def schema_of_values(values: Sequence[Any]) -> dict[str, Any]:
    """A schema that all these values satisfy."""
    found = dict.fromkeys(_NAMES.get(type(value), "null") for value in values)
    types = [name for name in found if not (name == "integer" and "number" in found)]
    schema: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    if items := [item for value in values if isinstance(value, list) for item in value]:
        schema["items"] = schema_of_values(items)
    objects = [value for value in values if isinstance(value, dict)]
    members = dict.fromkeys(name for value in objects for name in value)
    if members and all(name.isdigit() for name in members):  # the keys are data
        schema["additionalProperties"] = schema_of_values([item for value in objects for item in value.values()])
    elif members:
        schema["properties"] = {
            name: schema_of_values([value[name] for value in objects if name in value]) for name in members
        }
        if required := [name for name in members if all(name in value for value in objects)]:
            schema["required"] = required
    return schema


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a value satisfies a schema made of the keywords that this package writes."""
    if "anyOf" in schema:
        return any(fits(part, value) for part in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    wanted, name = schema.get("type"), _NAMES.get(type(value), "null")
    if wanted is not None and name not in ([wanted] if isinstance(wanted, str) else wanted):
        return wanted == "number" and name == "integer"
    if isinstance(value, list):
        return all(fits(schema.get("items", {}), item) for item in value)
    if not isinstance(value, dict):
        return True
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    return all(name in value for name in schema.get("required", ())) and all(
        fits(known.get(name, others), item) for name, item in value.items()
    )
