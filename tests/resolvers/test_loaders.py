"""Batch functions: what they load when only some of the columns are read."""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

import pytest

import resolvers
from auth.principal import Principal
from models.settings import Settings
from resolvers import attendance, community
from resolvers.demonstration.students import CLASSES
from resolvers.identity import users
from resolvers.loaders import PagesByForeignKey, RowBatch, RowByKey, RowsByForeignKey
from resolvers.paging import LOOKAHEAD, LOOKS, PageRequest
from resolvers.scope import Scope, Services
from resolvers.startup import prepare
from schema.engine.executor.references import is_reference
from tests.support.clients import Clock, Product
from tests.support.statements import counted

KEYS = [1, 2, 3, 10**9]
NAMES = ["bachelor", "master", *CLASSES]
GIVEN = {"first_day": date(2026, 2, 1), "last_day": date(2026, 3, 1), "slots": ["morning"]}
GIVEN |= {"day": date(2026, 3, 1), "slot": "evening"}
"""What some pages are asked for besides."""


def batches() -> list[RowBatch]:
    """Those of the whole business."""
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(resolvers.__path__, "resolvers.")]
    return list({each for module in modules for each in vars(module).values() if isinstance(each, RowBatch)})


@pytest.fixture
async def scope(settings: Settings, clock: Clock) -> AsyncIterator[Scope]:
    """Of the administrator, among the demonstration data."""
    demonstration = settings.model_copy(update={"demo_data": True})
    services = Services.from_settings(demonstration, clock)
    await prepare(services, demonstration)
    yield Scope(services, Principal(user_id=1), now=clock())
    await services.close()


async def rows_of(batch: RowBatch, scope: Scope) -> Sequence[Any]:
    """What it loads for some keys, the rows of all of them."""
    keys: Any = KEYS if batch.key_column.type.python_type is int else NAMES
    if isinstance(batch, PagesByForeignKey):
        return [row for page in await batch(scope, keys, PageRequest(5), GIVEN) for row in page.rows]
    if isinstance(batch, RowsByForeignKey):
        return [row for rows in await batch(scope, keys) for row in rows]
    assert isinstance(batch, RowByKey)
    return [row for row in await batch(scope, keys) if row is not None]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the columns are the same
async def test_each_column_can_be_loaded_alone(scope: Scope) -> None:
    """With it come the key and the id, and its values are those that are there beside all others."""
    found = 0
    for batch in batches():
        whole = await rows_of(batch, scope)
        for column in sorted(batch.columns - LOOKS):
            narrow = batch.project(frozenset({column, "no such column"}))
            rows = await rows_of(narrow, scope)
            assert [getattr(row, column) for row in rows] == [getattr(row, column) for row in whole]
            assert all(set(row._mapping) == narrow.columns == {column, batch.key, "id"} & batch.columns for row in rows)
            found += len(rows)
    assert found > 1000


async def test_who_does_not_ask_whether_there_are_more_gets_the_same_page(scope: Scope) -> None:
    request, peeking = PageRequest(2), frozenset({LOOKAHEAD})
    pages = community.comments_of_posts
    whole = await pages(scope, KEYS, request)
    with_more, without = [await pages.project(some)(scope, KEYS, request) for some in (peeking, frozenset[str]())]

    assert [page.has_next for page in with_more] == [page.has_next for page in whole]
    assert {page.has_next for page in with_more} == {True, False}
    assert {page.has_next for page in without} == {False}
    for found in (with_more, without):
        assert [[row.id for row in page.rows] for page in found] == [[row.id for row in page.rows] for page in whole]
    listed = [await users.listing.page(scope, request, {}, columns) for columns in (None, peeking, frozenset[str]())]
    assert [page.has_next for page in listed] == [True, True, False]
    assert {tuple(row.id for row in page.rows) for page in listed} == {(1, 2)}


async def test_the_same_columns_are_one_batch_function() -> None:
    """So that who asks for the same is loaded together."""
    narrow = users.by_id.project(frozenset({"name"}))

    assert users.by_id.project(frozenset({"name", "id"})) is narrow
    assert narrow.project(frozenset({"name"})) is narrow
    assert narrow.project(users.by_id.columns) is users.by_id
    assert users.by_id.project(users.by_id.columns | {"no such column"}) is users.by_id


async def test_pages_of_a_list_have_the_columns_that_are_asked_for(scope: Scope) -> None:
    whole = (await users.listing.page(scope, PageRequest(3), {})).rows
    some = (await users.listing.page(scope, PageRequest(3), {}, frozenset({"name"}))).rows

    assert [row._mapping for row in some] == [{"id": row.id, "name": row.name} for row in whole]
    assert len(some) == 3


@pytest.mark.parametrize(
    ("type_name", "key", "batch", "expected"),
    [
        ("ClockIn", "user_id", users.by_id, True),
        ("Comment", "post_id", community.posts_by_id, True),
        # Null where the comment is anonymous: what is read is no column.
        ("Comment", "author_id", users.by_id, False),
        # A column, and no reference to what is loaded.
        ("ClockIn", "id", users.by_id, False),
        ("ClockIn", "user_id", attendance.by_id, False),
        # No row, and a batch function of its own.
        ("ClockInConnection", "user_id", users.by_id, False),
        ("ClockIn", "user_id", attendance.current_of_users, False),
    ],
)
def test_a_foreign_key_says_that_its_row_is_there(type_name: str, key: str, batch: Any, expected: bool) -> None:
    assert is_reference(type_name, key, batch) is expected


async def test_only_a_reference_needs_no_statement(product: Product) -> None:
    """The number of the user is in the row of the clock-in; the name is not, and who wrote a comment may be hidden."""
    student = await product.student()
    await product.rest("POST", "/api/v1/clock_in/add", {"location": "图书馆"}, person=student)
    text = "{ clockIns(first: 5) { nodes { user { %s } } } }"
    for _ in range(2):  # the second time there is a plan
        with counted() as with_name:
            await product.data(text % "databaseId name", person=student)
        with counted() as with_id:
            reply = await product.data(text % "databaseId id __typename", person=student)

    assert reply["clockIns"]["nodes"][0]["user"]["databaseId"] == student.id
    assert "\n".join(with_id).count("FROM users") == "\n".join(with_name).count("FROM users") - 1
