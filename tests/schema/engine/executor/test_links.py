"""Links and columns over rows in memory: what is loaded, with which keys, and what is made of what is missing."""

from collections.abc import Sequence
from typing import Any

import pytest
import strawberry

from auth import policies
from models.db.rows import row_type
from resolvers.scope import Scope
from schema.engine.fields import column, link, list_link, lookup, resolved
from tests.schema.engine.executor.both import Both

public: Any = {"policy": policies.public}


class Fault(Exception):
    """What a batch function finds for a key."""


async def _owners(_scope: Scope, keys: Sequence[int]) -> Sequence[Any]:
    """Owner 1 is there, owner 2 has no name, owner 3 is missing, owner 4 fails."""
    row = row_type(("id", "name"))
    found = {1: row(1, "one"), 2: row(2, None), 4: Fault("Four failed.")}
    return [found.get(key) for key in keys]


async def _lists(_scope: Scope, keys: Sequence[Any]) -> Sequence[Any]:
    """The number of the key's owners; nothing is loaded for no key."""
    row = row_type(("id", "name"))
    return [[row(n, f"{key}/{n}") for n in range(key or 0)] for key in keys]


@strawberry.type
class Owner:
    name: str = column("Must be there.", **public)
    length: strawberry.Private[int] = 3

    @resolved("Of an object that stands for a row.", **public)
    def shout(self) -> str | None:
        return self.name.upper()


@strawberry.type
class Pebble:
    owner_id: strawberry.Private[Any]
    owner: Owner = link("Must be there.", "owner_id", _owners, **public)
    maybe_owner: Owner | None = link("May be missing.", "owner_id", _owners, **public)
    name: str | None = lookup("Of the owner.", "owner_id", _owners, **public)
    id: int = lookup("Of the owner, and must be there.", "owner_id", _owners, **public)
    owners: list[Owner] = list_link("So many.", "owner_id", _lists, at_most=None, **public)
    secret_owner: Owner | None = link("For nobody here.", "owner_id", _owners, policy=policies.administrator)
    own: Owner | None = link("For whoever owns it.", "owner_id", _owners, policy=policies.owner)
    user_id: strawberry.Private[int]


@strawberry.type
class Query:
    @resolved("With these owners.", **public)
    def pebbles(self, owners: list[int | None]) -> list[Pebble | None]:
        return [Pebble(owner_id=owner, user_id=owner or 0) for owner in owners]

    @resolved("A key that is no number, and none at all.", **public)
    def broken(self) -> list[Pebble | None]:
        return [Pebble(owner_id="one", user_id=1), object.__new__(Pebble), Pebble(owner_id=1, user_id=1)]


BOTH = Both(strawberry.Schema(Query))
QUERY = "query ($o: [Int]!) { pebbles(owners: $o) { FIELD } }"
NULL = "Cannot return null for non-nullable field {}."


@pytest.mark.parametrize("name", ["owner", "maybeOwner", "name", "id", "owners", "secretOwner", "own"])
@pytest.mark.parametrize("owners", [[1], [None], [1, None], [None, 1, 1, 3], [2, 4, None], [3], [4, 4, 1], [2, 2]])
async def test_a_link_answers_as_with_graphql_core(name: str, owners: list[int | None]) -> None:
    below = "" if name in ("name", "id") else "{ name shout again: name }"
    await BOTH.answer(QUERY.replace("FIELD", f"{name} {below}"), {"o": owners})


async def test_a_link_without_a_key_whose_value_must_not_be_null() -> None:
    data, errors, _ = await BOTH.answer("{ pebbles(owners: [null, 1, null]) { owner { name } } }")
    assert data == "{'pebbles': [None, {'owner': {'name': 'one'}}, None]}"
    assert [(message, path) for message, path, _ in errors] == [
        (NULL.format("Pebble.owner"), ["pebbles", 0, "owner"]),
        (NULL.format("Pebble.owner"), ["pebbles", 2, "owner"]),
    ]


@pytest.mark.parametrize("name", ["owner { name }", "maybeOwner { name }", "name", "own { name }"])
async def test_keys_that_are_none(name: str) -> None:
    await BOTH.answer(f"{{ broken {{ {name} }} }}")


async def test_what_the_policy_asks_is_asked_of_each_object() -> None:
    data, errors, _ = await BOTH.answer("{ pebbles(owners: [2, 1, 4, 1]) { own { name } } }")
    assert data == str({"pebbles": [{"own": None}, {"own": {"name": "one"}}] * 2})
    assert [path for _, path, _ in errors] == [["pebbles", 0, "own"], ["pebbles", 2, "own"]]


async def test_nothing_is_loaded_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    async def watched(scope: Scope, keys: Sequence[int]) -> Sequence[Any]:
        asked.append(list(keys))
        return await _owners(scope, keys)

    type_: Any = BOTH.schema._schema.type_map["Pebble"]
    for each in type_.fields.values():
        declared = each.extensions["strawberry-definition"]
        if getattr(declared, "batch", None) is _owners:
            monkeypatch.setattr(declared, "batch", watched)
    watching = Both(BOTH.schema)

    for name in ("owner { name }", "maybeOwner { name }", "name", "id"):
        for owners, expected in (([None], []), ([2, None, 1, 2], [[2, 1]])):
            asked.clear()
            await watching.compiled(QUERY.replace("FIELD", name), {"o": owners})
            assert asked == expected, name
