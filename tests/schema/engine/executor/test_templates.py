"""Which parts of a plan statements make, and what they make of rows that are not as the product writes them."""

import sqlite3
from collections.abc import Iterator

import pytest
from graphql import OperationDefinitionNode, parse, validate
from sqlalchemy import Integer, String, bindparam

from auth import policies
from models.json_sql import ISO, TEXT, Nullable, Required
from resolvers import community
from resolvers.rendering import One, Value
from resolvers.rendering.objects import Building, Rows
from schema.engine.executor.compiler import compile_plan
from schema.engine.executor.plan import Selection
from tests.schema.engine.executor.comparison import GRAPHQL, Comparison, is_rendered
from tests.schema.engine.executor.operations import Operation

_COMMENTS = "comments(first: 2) { nodes { author { name } } }"


def _plan(query: str) -> Selection:
    document = parse(query)
    assert validate(GRAPHQL, document) == []
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return compile_plan(GRAPHQL, operation, {}, {}).root


def _made(selection: Selection, path: str = "") -> Iterator[str]:
    """The paths of the fields whose objects are made by statements."""
    for step in selection.steps:
        place = f"{path}.{step.key}".lstrip(".")
        if getattr(step, "replies", None) is not None:
            yield place
        for below in step.output.selections:
            yield from _made(below, place)


@pytest.mark.parametrize(
    ("query", "made"),
    [
        ("{ posts { nodes { author { name } } } }", ["posts"]),
        ("{ posts { nodes { title } } }", []),  # one query: rows are as fast
        ("{ posts { edges { node { title } } totalCount } viewer { name } }", []),
        (f"{{ posts {{ nodes {{ {' '.join(f'c{n}: {_COMMENTS}' for n in range(12))} }} }} }}", ["posts"]),
        (
            f"{{ posts {{ nodes {{ {' '.join(f'c{n}: {_COMMENTS}' for n in range(13))} }} }} }}",
            [f"posts.nodes.c{n}" for n in range(13)],
        ),
        (f"{{ posts {{ nodes {{ author {{ name }} {' '.join(f't{n}: title' for n in range(59))} }} }} }}", ["posts"]),
        (f"{{ posts {{ nodes {{ author {{ name }} {' '.join(f't{n}: title' for n in range(60))} }} }} }}", []),
        ("{ users { nodes { username mobile posts { nodes { title } } } } }", []),
    ],
    ids=[
        "a link",
        "nothing below",
        "a page alone",
        "25 queries",
        "27 queries",
        "60 members",
        "61 members",
        "not single",
    ],
)
def test_a_statement_makes_what_is_worth_it_and_what_it_can_hold(query: str, made: list[str]) -> None:
    assert list(_made(_plan(query))) == made


def test_what_would_not_be_remembered_is_made_in_parts() -> None:
    """Each request would make the statement anew, which takes longer than to read the rows."""
    many = " ".join(f"t{n}: title" for n in range(50))
    comments = " ".join(f"c{n}: comments {{ nodes {{ post {{ {many} }} }} }}" for n in range(6))

    made = list(_made(_plan(f"{{ posts {{ nodes {{ {comments} }} }} }}")))

    assert made == [f"posts.nodes.c{n}" for n in range(6)]


def test_null_stands_where_it_may_stand() -> None:
    """What may not be null has to be there: the statement fails without it."""
    query = "{ posts { nodes { title createdAt likesCount author { name account } id } } }"
    (posts,) = _plan(query).steps
    shown = posts.replies._rendering.objects["reply_0"]  # type: ignore[attr-defined]

    found = {each.name: each.is_nullable for each in shown.members if isinstance(each, Value | One)}
    (author,) = (each for each in shown.members if each.name == "author")
    below = {each.name: each.is_nullable for each in author.shown.members}

    assert found == {"title": False, "createdAt": False, "likesCount": False, "author": True, "id": False}
    assert below == {"name": False, "account": True}


def test_a_value_is_required_unless_its_table_has_none_without_it() -> None:
    column = bindparam("name", type_=String())
    made = {
        (is_certain, is_nullable): type(
            Value("shown", "name", TEXT, is_nullable).element(
                Rows({"name": column}, frozenset({"name"} if is_certain else ())), Building({})
            )
        )
        for is_certain in (False, True)
        for is_nullable in (False, True)
    }

    assert made == {
        (False, False): Required,
        (False, True): Nullable,
        (True, False): TEXT.element,
        (True, True): Nullable,
    }


@pytest.mark.parametrize("field", ["totalCount", "pageInfo", "nodes"])
def test_a_connection_that_not_everybody_may_read_is_read_by_rows(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    query = "{ posts { nodes { title comments { totalCount pageInfo { hasNextPage } nodes { id } } } } }"
    assert list(_made(_plan(query))) == ["posts"]
    declared = GRAPHQL.type_map["CommentConnection"].fields[field].extensions["strawberry-definition"]  # type: ignore[attr-defined]
    monkeypatch.setattr(declared, "policy", policies.administrator)

    assert list(_made(_plan(query))) == []


def test_a_number_that_is_not_that_of_the_rows_is_counted_by_its_own_function(monkeypatch: pytest.MonkeyPatch) -> None:
    query = "{ posts { nodes { comments { totalCount } author { name } } } }"
    assert list(_made(_plan(query))) == ["posts"]
    declared = GRAPHQL.type_map["Post"].fields["comments"].extensions["strawberry-definition"]  # type: ignore[attr-defined]
    monkeypatch.setattr(declared, "count", community.count_comments_of_posts.__call__)

    assert list(_made(_plan(query))) == []


def test_a_form_shows_the_columns_that_it_was_made_for() -> None:
    """A number is no text, and a type of our own may store anything."""
    with pytest.raises(TypeError):
        TEXT.of(bindparam("x", type_=Integer()))
    with pytest.raises(TypeError):
        ISO.of(bindparam("x", type_=String()))


OPERATIONS = (
    """{ posts(first: 20) { nodes { id title anonymous createdAt author { id name } likers { nodes { user { name } } }
    comments(first: 3) { totalCount nodes { id createdAt author { name } post { title } } } } } }""",
    "{ clockIns(first: 3) { nodes { slot businessDate user { id name } } } }",
)
WRITTEN: list[tuple[str, bool]] = [
    ("UPDATE posts SET created_at = '2026-03-02 01:02:03'", True),
    ("UPDATE posts SET created_at = '0001-01-01 00:00:00.000000'", True),
    ("UPDATE posts SET created_at = '9999-12-31 23:59:59.999999'", True),
    ("UPDATE posts SET created_at = '2026-03-02 01:02:03.123'", False),
    ("UPDATE posts SET created_at = '2026-03-02'", False),
    ("UPDATE posts SET created_at = 'nonsense'", False),
    ("UPDATE posts SET created_at = ''", False),
    ("UPDATE posts SET created_at = 'nonsense', anonymous = 1", False),
    ("UPDATE posts SET anonymous = 2", False),
    ("UPDATE posts SET anonymous = 'nonsense'", False),
    ("UPDATE posts SET title = '\" \\ ' || char(0, 8, 11, 127, 8232, 128512)", True),
    ("UPDATE posts SET author_id = 999999", False),
    ("UPDATE posts SET author_id = 888888", False),  # a merged user
    ("UPDATE comments SET author_id = -1", False),
    ("UPDATE comments SET post_id = -1 WHERE id % 2 = 0", True),
    ("UPDATE clock_ins SET business_date = '2026-3-2'", False),
    ("UPDATE clock_ins SET business_date = ''", False),
    ("UPDATE clock_ins SET business_date = '2026-03-02 00:00:00'", False),
    ("UPDATE clock_ins SET slot = 'NIGHT'", False),
]
"""What others may have written into the file, and whether statements can make replies of it."""


async def test_what_others_wrote_is_shown_as_rows_show_it(comparison: Comparison) -> None:
    """Or refused, as they refuse it."""
    files = [sqlite3.connect(each.database.sqlite_path) for each in (comparison.plain, comparison.compiled)]
    copies = [sqlite3.connect(":memory:") for _ in files]
    for file, copy in zip(files, copies, strict=True):
        for (trigger,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {trigger}")  # what follows the product's own writes
        _write(file, "DELETE FROM clock_ins WHERE id > 1")
        _write(file, "INSERT INTO user_aliases (former_id, user_id, created_at, updated_at) VALUES (888888, 2, '', '')")
        file.backup(copy)
    found = []
    for change, _ in WRITTEN:
        operation = Operation(OPERATIONS["clock_ins" in change], {})
        for file in files:
            _write(file, change)
        await comparison.compare(operation, comparison.administrator)
        found.append((change, is_rendered((await comparison.rendered(operation, comparison.administrator)).data)))
        for file, copy in zip(files, copies, strict=True):
            copy.backup(file)
    for file in files:
        _write(file, "UPDATE posts SET author_id = 888888 WHERE id = 3")
    below = (
        "{ posts { nodes { viewerCanUpdate author { name posts(first: 1) { nodes { title author { name } } } } } } }"
    )
    assert list(_made(_plan(below))) == ["posts.nodes.author"]
    await comparison.compare(Operation(below, {}), comparison.administrator)
    for each in (*files, *copies):
        each.close()

    assert found == WRITTEN


def _write(file: sqlite3.Connection, change: str) -> None:
    with file:
        assert file.execute(change).rowcount > 0
