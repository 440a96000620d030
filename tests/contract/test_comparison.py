"""The comparison itself: it must see what is different."""

from typing import Any

import pytest

from tests.contract.comparison import differences, missing_fields
from tests.contract.rows import Field

EXAMPLE = {"code": 0, "data": {"rows": [{"id": 1, "name": "lj", "goal": None}], "total": 1}}


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (EXAMPLE, []),
        ({**EXAMPLE, "code": 1}, ["code: 1 instead of 0"]),
        ({**EXAMPLE, "code": "0"}, ["code: string instead of integer"]),
        ({**EXAMPLE, "code": False}, ["code: boolean instead of integer"]),
        ({"code": 0}, [": keys ['code'] instead of ['code', 'data']"]),
        ({"code": 0, "data": {"rows": [], "total": 1}}, ["data.rows: 0 entries instead of 1"]),
        (
            {"code": 0, "data": {"rows": [{"id": 2, "name": "hml", "goal": {}}], "total": 1}},
            ["data.rows.*.name: 'hml' instead of 'lj'", "data.rows.*.goal: object instead of null"],
        ),
        (
            {"code": 0, "data": {"rows": [{"id": 2, "name": "lj", "goal": None, "more": 1}] * 2, "total": 1}},
            ["data.rows.*: keys ['goal', 'id', 'more', 'name'] instead of ['goal', 'id', 'name']"] * 2,
        ),
        (
            {"code": 0, "data": {"rows": [{"id": "2", "name": "lj", "goal": None}], "total": 1, "new": 1}},
            ["data.rows.*.id: string instead of integer"],
        ),
    ],
)
def test_differences_are_told(reply: Any, found: list[str]) -> None:
    assert list(differences(EXAMPLE, reply, substituted={"*.id"}, added={"data.new"})) == found


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ({"data": {"token": "abc"}}, []),
        ({"data": None}, ["data: null as in the example"]),
        ({"data": {"token": "abc"}, "msg": ""}, [": keys ['data', 'msg'] instead of ['data']"]),
    ],
)
def test_what_has_not_even_the_type_of_the_example(reply: Any, found: list[str]) -> None:
    assert list(differences({"data": None}, reply, retyped={"data"})) == found


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ({"data": {"rows": [{"id": 1, "tags": [1]}]}}, []),
        ({"data": {"rows": []}}, []),
        ({"data": {}}, ["data.rows: missing"]),
        (
            {"data": {"rows": [{"id": 1, "tags": [1]}, {"tags": ["1"]}]}},
            ["data.rows.id: missing", "data.rows.tags: list instead of [integer]"],
        ),
        ({"data": {"rows": [{"id": None, "tags": None}]}}, ["data.rows.id: null instead of integer"]),
    ],
)
def test_missing_fields_are_told(reply: Any, found: list[str]) -> None:
    table = [
        Field("data.rows", "[object]", required=True),
        Field("data.rows.id", "integer", required=True),
        Field("data.rows.tags", "[integer]", required=False),
        Field("data.flat", "string", required=True),
    ]
    assert list(missing_fields(table, reply, artefacts={"data.flat"})) == found
