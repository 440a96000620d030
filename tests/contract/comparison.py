"""Comparing a reply with the document: key by key, type by type, and value by value where that is meant."""

from collections.abc import Collection, Iterator
from typing import Any

from tests.contract.rows import Field

_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "list", dict: "object"}


def type_name(value: Any) -> str:
    """The JSON type of a value, as the documents call it."""
    return "null" if value is None else _NAMES[type(value)]


def differences(
    example: Any,
    reply: Any,
    *,
    substituted: Collection[str] = (),
    added: Collection[str] = (),
    retyped: Collection[str] = (),
    path: str = "",
) -> Iterator[str]:
    """How the reply differs from the example.

    `substituted` names paths whose values are not the example's, only of its type; `*.id` is any path that
    ends so. `added` names paths that the example lacks, `retyped` those that have not even its type. Entries
    of lists are compared one by one; where the lists differ in length, each with the example's first.
    """
    if path in retyped:
        if type_name(example) == type_name(reply):
            yield f"{path}: {type_name(reply)} as in the example"
    elif type_name(example) != type_name(reply):
        yield f"{path}: {type_name(reply)} instead of {type_name(example)}"
    elif isinstance(example, dict):
        names = {name for name in reply if _joined(path, name) not in added}
        if names != set(example):
            yield f"{path}: keys {sorted(names)} instead of {sorted(example)}"
        for name in (name for name in example if name in names):
            yield from differences(
                example[name],
                reply[name],
                substituted=substituted,
                added=added,
                retyped=retyped,
                path=_joined(path, name),
            )
    elif isinstance(example, list):
        if bool(example) != bool(reply):
            yield f"{path}: {len(reply)} entries instead of {len(example)}"
        if len(example) != len(reply):
            example = example[:1] * len(reply)
        for expected, found in zip(example, reply, strict=True):
            yield from differences(
                expected, found, substituted=substituted, added=added, retyped=retyped, path=_joined(path, "*")
            )
    elif example != reply and not _names(substituted, path):
        yield f"{path}: {reply!r} instead of {example!r}"


def missing_fields(fields: Collection[Field], reply: Any, *, artefacts: Collection[str] = ()) -> Iterator[str]:
    """The lines of a documented table that the reply does not have, or not with the documented type.

    A line is due wherever the object that holds it is there.
    """
    for field in fields:
        if field.path in artefacts:
            continue
        *parents, name = field.path.split(".")
        for holder in _at(reply, parents):
            if name not in holder:
                if field.required:
                    yield f"{field.path}: missing"
            elif not _has_type(holder[name], field.type) and (field.required or holder[name] is not None):
                yield f"{field.path}: {type_name(holder[name])} instead of {field.type}"


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _names(patterns: Collection[str], path: str) -> bool:
    return any(path == pattern or (pattern[:2] == "*." and path.endswith(pattern[1:])) for pattern in patterns)


def _at(value: Any, path: list[str]) -> Iterator[dict[str, Any]]:
    """The objects at a path of a table; tables step into the entries of a list, with or without `*`."""
    if isinstance(value, list):
        for entry in value:
            yield from _at(entry, path[1:] if path[:1] == ["*"] else path)
    elif isinstance(value, dict):
        if path:
            yield from _at(value.get(path[0]), path[1:])
        else:
            yield value


def _has_type(value: Any, type_: str) -> bool:
    if type_.startswith("["):
        return isinstance(value, list) and all(_has_type(entry, type_[1:-1]) for entry in value)
    names = {"list": {"list", "array"}, "integer": {"integer", "number"}}
    return type_ in names.get(type_name(value), {type_name(value)})
