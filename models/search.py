"""What searches read: for each kind of object a table with the words and the folded texts of its rows.

Triggers mark what changes, whatever writes it: a row of `search_pending` names what is to be indexed anew. They also
take the words of deleted rows away. `words` are the tokens of all texts; SQLite keeps an FTS5 table of them, PostgreSQL
a GIN index. The other columns have the folded texts by their fields (`models.folding`).
"""

from typing import Any

from sqlalchemy import Boolean, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from models.base import BIG_ID, Entity, table_arguments


class Words(TypeDecorator[Any]):
    """A set of tokens: an array on PostgreSQL; on SQLite the text that an FTS5 table splits at spaces."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """The type of the column."""
        return dialect.type_descriptor(ARRAY(Text) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """The tokens as they are stored."""
        return value if dialect.name == "postgresql" else " ".join(value)


class contains(FunctionElement[bool]):  # noqa: N801 - reads as a function, which it is in a statement
    """Whether a text contains another, to the letter."""

    inherit_cache = True
    type = Boolean()


@compiles(contains)
def _on_postgresql(element: contains, compiler: Any, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"


@compiles(contains, "sqlite")
def _on_sqlite(element: contains, compiler: Any, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"


class SearchPending(Entity, table=True):
    """That a row is to be indexed: `row_id` is its id. `is_backlog` tells that it was there before the index."""

    __tablename__ = "search_pending"
    __table_args__ = table_arguments(Index("ix_search_pending_is_backlog_id", "is_backlog", "id"))

    kind: str = Field(max_length=16)
    row_id: int = Field(sa_type=BIG_ID)
    is_backlog: bool = False


class Indexed(Entity):
    """The words of a row, which has the same id. `mark` is the newest row of `search_pending` that they follow."""

    mark: int = Field(sa_type=BIG_ID)
    words: str = Field(sa_type=Words)


class IndexedPost(Indexed, table=True):
    """Of a post."""

    __tablename__ = "search_posts"
    __table_args__ = table_arguments()

    title: str = Field(sa_type=Text)
    content: str = Field(sa_type=Text)


class IndexedPerson(Indexed, table=True):
    """Of a user."""

    __tablename__ = "search_people"
    __table_args__ = table_arguments()

    name: str = Field(sa_type=Text)
    account: str = Field(sa_type=Text)
    class_name: str = Field(sa_type=Text)
    major: str = Field(sa_type=Text)


class IndexedProject(Indexed, table=True):
    """Of a project."""

    __tablename__ = "search_projects"
    __table_args__ = table_arguments()

    name: str = Field(sa_type=Text)
    introduction: str = Field(sa_type=Text)


class IndexedCompany(Indexed, table=True):
    """Of a company."""

    __tablename__ = "search_companies"
    __table_args__ = table_arguments()

    name: str = Field(sa_type=Text)


class IndexedResume(Indexed, table=True):
    """Of a resume, as its owner, its handlers and administrators see it."""

    __tablename__ = "search_resumes"
    __table_args__ = table_arguments()

    name: str = Field(sa_type=Text)
    position: str = Field(sa_type=Text)
    city: str = Field(sa_type=Text)
    company: str = Field(sa_type=Text)
    job_position: str = Field(sa_type=Text)
    job_description: str = Field(sa_type=Text)
    school: str = Field(sa_type=Text)
    major: str = Field(sa_type=Text)


class IndexedCandidate(Indexed, table=True):
    """Of a resume, as recruiters see it: without a name."""

    __tablename__ = "search_candidates"
    __table_args__ = table_arguments()

    position: str = Field(sa_type=Text)
    city: str = Field(sa_type=Text)
    company: str = Field(sa_type=Text)
    job_position: str = Field(sa_type=Text)
    job_description: str = Field(sa_type=Text)
    school: str = Field(sa_type=Text)
    major: str = Field(sa_type=Text)
    degree: str = Field(sa_type=Text)
    self_evaluation: str = Field(sa_type=Text)
    areas: str = Field(sa_type=Text)
