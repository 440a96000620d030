"""Hints over rows in memory, and refusals in lists, with both executors. The caller is user 1, who has no role."""

from typing import Any

import strawberry

from auth import policies
from auth.permissions import Permission
from models.db.rows import row_type
from schema.engine.fields import column, hint, list_link, resolved
from tests.schema.engine.executor.both import Both

public: Any = {"policy": policies.public}
_OPEN = Permission(policies.signed_in, reads=("is_open",), holds=lambda row: row.is_open)
_OWN = Permission(policies.owner)
_OFFICE = Permission(policies.administrator)
_ROW = row_type(("id", "user_id", "is_open"))


async def _stones(_scope: Any, keys: Any) -> Any:
    return [[_ROW(1, 1, True), _ROW(2, 2, False), _ROW(3, None, True)] for _ in keys]


@strawberry.type
class Stone:
    id: int = column("The number.", **public)
    user_id: strawberry.Private[int | None]
    is_open: strawberry.Private[bool]
    own: bool = hint("Whether it is the caller's.", _OWN, **public)
    open: bool = hint("Whether it is open.", _OPEN, **public)
    office: bool = hint("Whether the caller is in office.", _OFFICE, **public)
    guarded: bool | None = hint("Told to its owner.", _OPEN, policy=policies.owner)
    secret: int | None = column("Its owner's.", column="id", policy=policies.owner, default=None)


@strawberry.type
class Heap:
    id: strawberry.Private[int] = 1
    stones: list[Stone] = list_link("Rows.", "id", _stones, at_most=3, **public)


@strawberry.type
class Query:
    @resolved("Where stones lie.", **public)
    def heap(self) -> Heap:
        return Heap()

    @resolved("Objects.", **public)
    def made(self) -> list[Stone]:
        return [Stone(id=1, user_id=user_id, is_open=True) for user_id in (2, 1)]

    @resolved("Rows without what a permission looks at.", **public)
    def bare(self) -> list[Stone | None]:
        stone: Any = object.__new__(Stone)
        return [stone]


BOTH = Both(strawberry.Schema(Query))


async def test_a_hint_is_what_the_permission_says_of_each_object() -> None:
    wanted = [
        {"own": True, "open": True, "office": False},
        {"own": False, "open": False, "office": False},
        {"own": False, "open": True, "office": False},
    ]
    data, errors, _ = await BOTH.answer("{ heap { stones { own open office } } }")
    assert (data, errors) == (str({"heap": {"stones": wanted}}), [])
    data, errors, _ = await BOTH.answer("{ made { own open office } }")
    assert (data, errors) == (str({"made": [wanted[2], wanted[0]]}), [])


async def test_a_refusal_leaves_null_and_its_path() -> None:
    data, errors, _ = await BOTH.answer("{ heap { stones { id guarded secret } } }")
    told = [(1, True, 1), (2, None, None), (3, None, None)]
    stones = [dict(zip(("id", "guarded", "secret"), values, strict=True)) for values in told]
    assert data == str({"heap": {"stones": stones}})
    assert [path for _, path, _ in errors] == [
        ["heap", "stones", n, name] for n in (1, 2) for name in ("guarded", "secret")
    ]


async def test_what_a_permission_cannot_look_at_fails() -> None:
    await BOTH.answer("{ bare { own } }")
