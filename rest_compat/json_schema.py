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


def schema_of_constant(value: Any) -> dict[str, Any]:
    """The schema of this value alone; of a list that is not empty, of any that is like it."""
    if value is None:
        return {"type": "null"}
    if isinstance(value, list):
        return {"type": "array", "maxItems": 0} if not value else schema_of_values([value])
    if not isinstance(value, dict):
        return {"type": _NAMES[type(value)], "enum": [value]}
    properties = {name: schema_of_constant(part) for name, part in value.items()}
    if not properties:
        return {"type": "object", "additionalProperties": False}
    return {"type": "object", "properties": properties, "required": list(properties)}


def schema_of_choices(values: Sequence[Any]) -> dict[str, Any]:
    """The schema of these values alone."""
    names = list(dict.fromkeys(_NAMES.get(type(value), "null") for value in values))
    return {"type": names[0] if len(names) == 1 else names, "enum": list(dict.fromkeys(values))}


def fits(schema: Mapping[str, Any] | bool, value: Any) -> bool:
    """Whether a value satisfies a schema made of the keywords that this package writes."""
    if isinstance(schema, bool):
        return schema
    if "anyOf" in schema:
        return any(fits(part, value) for part in schema["anyOf"])
    if "enum" in schema:
        return any(value == known and type(value) is type(known) for known in schema["enum"])
    wanted, name = schema.get("type"), _NAMES.get(type(value), "null")
    if wanted is not None and name not in ([wanted] if isinstance(wanted, str) else wanted):
        return wanted == "number" and name == "integer"
    if isinstance(value, list):
        return len(value) <= schema.get("maxItems", len(value)) and all(
            fits(schema.get("items", {}), item) for item in value
        )
    if not isinstance(value, dict):
        return True
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    return all(name in value for name in schema.get("required", ())) and all(
        fits(known.get(name, others), item) for name, item in value.items()
    )
