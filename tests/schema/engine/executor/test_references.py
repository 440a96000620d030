"""Which links need no statement: those whose key the database itself keeps true, where nothing else is read."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, select

from resolvers.loaders import RowByKey, by_key, lists_by_foreign_key
from schema.engine.executor.references import is_reference
from schema.engine.types import NODE_TYPES
from tests.schema.engine.executor.test_plans import Probe, probe  # noqa: F401 -- a fixture
from tests.support.statements import counted

metadata = MetaData()
parents = Table("parents", metadata, Column("id", Integer, primary_key=True), Column("name", String))
details = Table("details", metadata, Column("parent_id", Integer, ForeignKey("parents.id")), Column("text", String))
children = Table(
    "children",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("parent_id", Integer, ForeignKey("parents.id")),
    Column("other_id", Integer),
)
joined = parents.outerjoin(details, details.c.parent_id == parents.c.id)
CHILDREN = by_key(select(children, (children.c.id + 1).label("next_id")), children.c.id)
PARENTS = select(parents)


@pytest.fixture(autouse=True)
def _child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NODE_TYPES, "Child", SimpleNamespace(by_id=CHILDREN))


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        (by_key(PARENTS, parents.c.id), True),
        (by_key(select(parents.c.id, details.c.text).select_from(joined), parents.c.id), True),
        (by_key(PARENTS.where(parents.c.name != ""), parents.c.id), False),
        (by_key(PARENTS.join(details, details.c.parent_id == parents.c.id), parents.c.id), False),
        (by_key(PARENTS.outerjoin(details, details.c.parent_id == parents.c.id, full=True), parents.c.id), False),
        (by_key(select(parents, details.c.text.label("text")), parents.c.id), False),
        (by_key(select(parents).select_from(details.outerjoin(parents)), parents.c.id), False),
        (by_key(select(children), children.c.id), False),
        (lists_by_foreign_key(PARENTS, parents.c.id, parents.c.id), False),
        (CHILDREN.__call__, False),
    ],
)
def test_the_batch_function_finds_every_row_that_the_key_refers_to(batch: Any, *, expected: bool) -> None:
    assert is_reference("Child", "parent_id", batch) is expected


@pytest.mark.parametrize(("type_name", "key"), [("Child", "other_id"), ("Child", "next_id"), ("Child", "no_such"),
                                                ("Child", "id"), ("Nobody", "parent_id")])  # fmt: skip
def test_the_key_is_a_foreign_key_of_the_type(type_name: str, key: str) -> None:
    assert is_reference(type_name, key, by_key(PARENTS, parents.c.id)) is False


def test_a_type_without_rows_by_id_has_no_references(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NODE_TYPES, "Child", SimpleNamespace(by_id=None))
    assert is_reference("Child", "parent_id", by_key(PARENTS, parents.c.id)) is False


COMMENTS = "{ posts(first: 9) { nodes { comments { nodes { post { BELOW } } } } } }"
AUTHORS = "{ posts(first: 9) { nodes { author { BELOW } } } }"


@pytest.mark.parametrize(
    ("text", "below", "statements"),
    [
        (COMMENTS, "databaseId", 2),
        (COMMENTS, "id", 2),
        (COMMENTS, "id databaseId __typename again: databaseId", 2),
        (COMMENTS, "__typename", 2),
        (COMMENTS, "title", 3),
        (COMMENTS, "databaseId title", 3),
        (COMMENTS, "databaseId viewerIsAuthor", 3),
        (COMMENTS, "databaseId comments(first: 1) { totalCount }", 4),
        (AUTHORS, "databaseId", 2),  # not of those who are anonymous: the key is worked out
        (AUTHORS, "databaseId name", 2),
    ],
)
async def test_a_statement_is_run_only_where_more_than_the_key_is_read(
    probe: Probe,  # noqa: F811
    text: str,
    below: str,
    statements: int,
) -> None:
    text = text.replace("BELOW", below)
    plain = await probe.run(text)
    await probe.run(text)
    with counted() as told:
        result = await probe.run(text)
    assert len(told) == statements, told
    assert len(probe.plans) == 1
    assert (result.data, result.errors) == (plain.data, None)


def _rows(batch: RowByKey, keys: Sequence[int]) -> Sequence[Any]:
    return [(getattr(row, batch.key)) for row in batch.made_of(keys)]


def test_rows_that_are_made_of_keys_have_the_keys() -> None:
    assert _rows(by_key(select(parents.c.id), parents.c.id), [3, 1, 3]) == [3, 1, 3]
