"""What constraints guarantee: that a link needs no statement if only its key is read, and of what there is one row."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, select, text

from models.identity import User
from models.statements import table_of
from resolvers.identity import users
from resolvers.loaders import RowByKey, by_key, lists_by_foreign_key
from resolvers.platform import instances
from resolvers.rendering.objects import certain
from schema.engine.executor.references import is_reference, is_single
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


def test_a_key_names_one_row_if_a_constraint_says_so() -> None:
    table = Table(
        "things",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("unique", Integer, unique=True),
        Column("indexed", Integer),
        Column("partly", Integer),
        Column("plain", Integer),
        Column("both", Integer),
    )
    Index("ix_indexed", table.c.indexed, unique=True)
    Index("ix_partly_here", table.c.partly, unique=True, sqlite_where=text("plain > 0"))
    Index("ix_partly_there", table.c.both, unique=True, postgresql_where=text("plain > 0"))
    Index("ix_both", table.c.both, table.c.plain, unique=True)
    other = table.alias("other")

    assert {column.key: is_single(by_key(select(table), column)) for column in table.c} == {
        "id": True,
        "unique": True,
        "indexed": True,
        "partly": False,
        "plain": False,
        "both": False,
    }
    assert not is_single(by_key(select(table).where(other.c.id == table.c.plain), table.c.id))
    assert not is_single(by_key(select(table).join(other, other.c.plain == table.c.id), table.c.id))
    assert (is_single(users.by_id), is_single(users.contacts_of_users)) == (True, False)
    assert not is_single(instances.by_id)


def test_no_column_is_taken_for_certain_that_an_outer_join_leaves_out() -> None:
    inner, left = table_of(User), table_of(User).alias("left_out")
    query = select(inner.c.id, inner.c.name, left.c.id.label("other_id"), left.c.name.label("other"))
    columns = {"id", "name"}

    assert certain(query.select_from(inner.join(left, left.c.id == inner.c.id))) >= columns
    assert certain(select(left.c.id).select_from(inner.outerjoin(left, left.c.id == inner.c.id))) == frozenset()
    assert certain(select(left.c.id).select_from(inner.join(left, left.c.id == inner.c.id))) == {"id"}
    assert certain(select(inner.c.id).select_from(inner.outerjoin(left, left.c.id == inner.c.id))) == {"id"}
    assert certain(select(inner.c.id).select_from(inner.join(left, left.c.id == inner.c.id, full=True))) == frozenset()
