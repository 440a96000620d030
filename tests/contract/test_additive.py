"""Keys beyond the documents: `/openapi.json` has each, and what is listed is what `docs/rest.md` says."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.contract.additive import additive_keys, values_at, without
from tests.support.openapi import document, resolved

DESCRIBED = document()["paths"]
KEYS = [(call, path) for call, paths in additive_keys().items() for path in paths]


def schemas_at(schema: Mapping[str, Any], path: str) -> Iterator[Mapping[str, Any]]:
    """What a schema says of a path."""
    for part in schema.get("anyOf", ()):
        yield from schemas_at(part, path)
    if not path:
        yield schema
        return
    name, _, rest = path.partition(".")
    found = schema.get("items") if name == "*" else schema.get("properties", {}).get(name)
    if found is not None:
        yield from schemas_at(found, rest)


def test_there_are_reasons_for_all_of_them() -> None:
    assert len(KEYS) == 19
    assert [call for call, paths in additive_keys().items() if not all(paths.values())] == []


@pytest.mark.parametrize(("call", "path"), KEYS)
def test_each_is_described_to_programs(call: str, path: str) -> None:
    method, _, template = call.partition(" ")
    (described,) = [methods for name, methods in DESCRIBED.items() if name == template]
    schema = resolved(described[method.lower()]["responses"]["200"]["content"]["application/json"]["schema"])

    found = list(schemas_at(schema, path))

    assert found != []
    assert all(entry for entry in found)


def test_paths_are_found_and_taken_out() -> None:
    reply = {"data": [{"a": 1, "b": {"c": 2}}, {"a": 3}], "e": None}

    assert list(values_at(reply, "data.*.a")) == [1, 3]
    assert list(values_at(reply, "data.*.b.c")) == [2]
    assert list(values_at(reply, "e")) == [None]
    assert list(values_at(reply, "data.*.x")) == list(values_at(reply, "e.a")) == []
    assert without(reply, "data.*.b.c") == {"data": [{"a": 1, "b": {}}, {"a": 3}], "e": None}
    assert without(without(reply, "data.*.a"), "e") == {"data": [{"b": {"c": 2}}, {}]}
