"""A declaration that cannot work stops the start, with the type, the field and the reason."""

from collections.abc import Sequence

import pytest
import strawberry
from sqlalchemy import column as sql_column
from sqlalchemy import select, table

from auth.permissions import Permission
from auth.policies import owner, public
from resolvers.loaders import RowBatch, RowByKey, by_key, lists_by_foreign_key
from schema.engine import types as engine_types
from schema.engine.checking import WrongDeclaration, check_declarations
from schema.engine.fields import column, hint, link, list_link, lookup
from schema.engine.types import extends, root_type, value_type

_books = table("books", sql_column("id"), sql_column("title"), sql_column("author_id"))
_authors = table("authors", sql_column("id"), sql_column("name"))
BOOKS = by_key(select(_books), _books.c.id)
AUTHORS = by_key(select(_authors), _authors.c.id)
BOOKS_OF_AUTHORS = lists_by_foreign_key(select(_books), _books.c.author_id, _books.c.id)


def faults(*fields: tuple[str, object, object], monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    """What is said of a schema whose type Author has these fields, each a name, its type and its declaration."""

    @value_type(description="A book.", policy=public)
    class Book:
        title: str = column("Its title.")

    namespace: dict[str, object] = {name: declared for name, _, declared in fields}
    annotations = {name: {"Book": Book | None, "Books": list[Book]}.get(str(type_), type_) for name, type_, _ in fields}
    author = value_type(description="An author.", policy=public)(
        type("Author", (), {**namespace, "__annotations__": annotations})
    )
    monkeypatch.setitem(engine_types.NODE_TYPES, "Author", engine_types.NodeType(author, AUTHORS))

    @root_type
    class Query:
        one: author | None = link("One.", "id", AUTHORS, policy=public)  # type: ignore[valid-type]

    schema = strawberry.Schema(query=Query)
    try:
        check_declarations(schema._schema)
    except WrongDeclaration as error:
        return str(error).splitlines()
    return []


def test_what_rows_have_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    found = faults(
        ("name", str, column("The name.")),
        ("called", str, column("The name.", column="name")),
        ("books", "Books", list_link("By them.", "id", BOOKS_OF_AUTHORS, at_most=3)),
        monkeypatch=monkeypatch,
    )

    assert found == []


@pytest.mark.parametrize(
    ("name", "type_", "declared", "reason"),
    [
        ("nmae", str, column("The name."), "Author.nmae reads the column nmae, which rows of Author do not have."),
        (
            "called",
            str,
            column("The name.", column="nmae"),
            "Author.called reads the column nmae, which rows of Author do not have.",
        ),
        (
            "first_book",
            "Book",
            link("The first.", "frist_book_id", BOOKS),
            "Author.first_book reads the column frist_book_id, which rows of Author do not have.",
        ),
        (
            "first_book",
            "Book",
            link("The first.", "id", AUTHORS),
            "Author.first_book leads to Book, but its batch function loads no title.",
        ),
        (
            "books",
            "Books",
            list_link("By them.", "id", AUTHORS, at_most=3),  # type: ignore[arg-type]
            "Author.books leads to Book, but its batch function loads no title.",
        ),
        (
            "name",
            str,
            column("The name.", at_most=3),
            "Author.name declares how many entries it has at most, and is no list.",
        ),
        (
            "viewer_can_update",
            bool,
            hint("Whether the caller may.", Permission(owner, key="editor_id")),
            "Author.viewer_can_update reads the column editor_id, which rows of Author do not have.",
        ),
        (
            "name",
            str,
            column("For the author.", policy=owner),
            "Author.name is for the owner alone and must be nullable.",
        ),
        (
            "title",
            str,
            lookup("Of the first.", "id", AUTHORS),
            "Author.title is looked up in rows that have no such column.",
        ),
    ],
)
def test_what_rows_do_not_have_is_refused(
    name: str, type_: object, declared: object, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = faults((name, type_, declared), monkeypatch=monkeypatch)

    # The root leads to authors whose rows lack the column too.
    assert found[0] == reason
    assert [fault for fault in found[1:] if not fault.startswith("Query.one leads to Author")] == []


def test_a_type_is_extended_from_elsewhere_with_its_policy() -> None:
    @value_type(description="A book.", policy=public, owner_key="author_id")
    class Book:
        title: str = column("Its title.")

    @extends(Book)
    class BookAuthor:
        author_id: int = column("Whose.")

    fields = {field.python_name: field for field in Book.__strawberry_definition__.fields}  # type: ignore[attr-defined]
    assert list(fields) == ["title", "author_id"]
    assert (fields["author_id"].policy, fields["author_id"].owner_key) == (public, "author_id")


def test_an_extension_that_hides_a_field_is_refused() -> None:
    @value_type(description="A book.", policy=public)
    class Book:
        title: str = column("Its title.")

    with pytest.raises(TypeError, match="Book has a field title already"):

        @extends(Book)
        class BookTitle:
            title: str = column("Another.")


def test_batch_functions_of_factories_tell_their_columns() -> None:
    assert isinstance(BOOKS, RowByKey)
    assert isinstance(BOOKS_OF_AUTHORS, RowBatch)
    assert BOOKS.columns == {"id", "title", "author_id"}
