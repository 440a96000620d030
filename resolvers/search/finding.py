"""Finding objects by words: the newest first within each kind, the kinds one after the other.

All words have to stand in an object, in any of its fields. What the caller may find is part of the statement, or
decided by a policy before one runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, reduce
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    bindparam,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from auth import policies
from auth.policies import Policy
from models.base import MAX_ID
from models.db.prepared import check_text
from models.errors import InvalidInput
from models.folding import LONGEST_TOKEN, fold, runs, tokens_of_words
from models.search import contains
from models.signing.applications import SignApplication
from models.signing.companies import Handler
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import AcquiredContact, Recommendation, WatchedResume
from resolvers.ordering import PageRequest
from resolvers.paging import Page
from resolvers.scope import Scope
from resolvers.search.sources import SEARCHED, SearchKind
from resolvers.signing.visibility import resume_is_visible, viewer_is_administrator
from resolvers.talent import candidates

MAX_QUERY, MAX_WORDS = 200, 10
"""How long a query may be, in characters and in words."""
MAX_COUNTED = 1000
WINDOW = 2000
"""The newest rows that PostgreSQL looks at one by one: whoever is looking for a frequent word finds it there."""

_resumes, _applications, _handlers = map(table_of, (Resume, SignApplication, Handler))
_feeds, _recommendations, _watched, _acquired = map(table_of, (Feed, Recommendation, WatchedResume, AcquiredContact))
_viewer: Any = bindparam("viewer_id")
_OWN_RESUMES = union(
    select(_resumes.c.id).where(_resumes.c.user_id == _viewer),
    select(_applications.c.resume_id)
    .join(_handlers, _handlers.c.id == _applications.c.handler_id)
    .where(_handlers.c.user_id == _viewer),
)
_OWN_CANDIDATES = union(
    select(_recommendations.c.resume_id)
    .join(_feeds, _feeds.c.id == _recommendations.c.feed_id)
    .where(_feeds.c.user_id == _viewer),
    select(_watched.c.resume_id).where(_watched.c.user_id == _viewer),
    select(_acquired.c.resume_id).where(_acquired.c.user_id == _viewer),
)


@dataclass(frozen=True, slots=True, eq=False)
class Findable:
    """Who finds objects of a kind: whom the policy allows, all of them if the condition holds.

    `own` has the ids of the few that others may find, of whom `is_visible` tells which they are.
    """

    policy: Policy
    condition: ColumnElement[bool] | None = None
    own: Any = None
    is_visible: ColumnElement[bool] | None = None


FINDABLE: Mapping[SearchKind, Findable] = {
    SearchKind.PERSON: Findable(policies.administrator, viewer_is_administrator),
    SearchKind.COMPANY: Findable(policies.signed_in),
    SearchKind.PROJECT: Findable(policies.signed_in),
    SearchKind.POST: Findable(policies.public),
    SearchKind.RESUME: Findable(policies.signed_in, viewer_is_administrator, _OWN_RESUMES, resume_is_visible),
    SearchKind.CANDIDATE: Findable(policies.recruiter, viewer_is_administrator, _OWN_CANDIDATES, candidates.is_visible),
}


class _Places:
    """The places of results: a kind and an id."""

    key = True
    descending = False

    def encoded(self, key: SearchKind) -> str:
        """A kind as JSON has it."""
        return key.value

    def decoded(self, value: object) -> SearchKind:
        """The kind of that name. Raises ValueError."""
        return SearchKind(str(value))


class Ranking(Enum):
    """The one order of results, whose cursors fit no other list."""

    SEARCH = _Places()


class Words(NamedTuple):
    """A query: its words and, of what is written without spaces, its runs, with whether they are one."""

    words: tuple[tuple[str, bool], ...]

    @property
    def tokens(self) -> list[str]:
        """What the index has of an object that they stand in."""
        return sorted(tokens_of_words(list(self.words)))

    @property
    def parts(self) -> list[str]:
        """Those whose tokens may stand in a text that they do not stand in."""
        return [word for word, is_chinese in self.words if len(word) > (2 if is_chinese else LONGEST_TOKEN)]


@dataclass(frozen=True, slots=True)
class Hit:
    """An object that was found."""

    kind: SearchKind
    id: int
    words: Words

    @property
    def order_key(self) -> SearchKind:
        """What its cursor has beside the id."""
        return self.kind

    @property
    def _mapping(self) -> Mapping[str, Any]:
        return {"kind": self.kind, "id": self.id, "words": self.words}


def words_of(query: str) -> Words:
    """The words of a query. Raises InvalidInput where there are none, or too many."""
    if len(query) > MAX_QUERY:
        raise InvalidInput("{field} must not be longer than {maximum} characters.", field="query", maximum=MAX_QUERY)
    check_text(query)
    words = tuple(dict.fromkeys(runs(fold(query))))
    if not words:
        raise InvalidInput("{field} must contain a letter or a digit.", field="query")
    if len(words) > MAX_WORDS:
        raise InvalidInput("{field} must not contain more than {maximum} words.", field="query", maximum=MAX_WORDS)
    return Words(words)


def kinds_for(scope: Scope, asked: Sequence[SearchKind] | None) -> list[SearchKind]:
    """The kinds to search, in order: those that were asked for, or all that the caller may.

    Raises Unauthenticated or Forbidden for a kind that the caller may not search.
    """
    if asked is None:
        return [kind for kind, each in FINDABLE.items() if each.policy.allows(scope.principal, None)]
    kinds = [kind for kind in FINDABLE if kind in asked]
    for kind in kinds:
        FINDABLE[kind].policy.check(scope.principal)
    return kinds


async def page(scope: Scope, words: Words, kinds: Sequence[SearchKind], request: PageRequest) -> Page:
    """A page of what was found."""
    size, hits = request.first + 1, list[Hit]()
    start = None if request.after is None else request.after.key
    passed = start is None
    for kind in kinds:
        passed = passed or kind is start
        if not passed or len(hits) == size:
            continue
        before = request.after.id if request.after is not None and kind is start else MAX_ID + 1
        ids = await _found(scope, words, kind, before=before, size=size - len(hits))
        hits += [Hit(kind, each, words) for each in ids]
    return Page.cut(hits, request)  # type: ignore[arg-type]


async def count(scope: Scope, words: Words, kinds: Sequence[SearchKind]) -> int:
    """How many there are, up to MAX_COUNTED."""
    found = 0
    for kind in kinds:
        if found < MAX_COUNTED:
            found += len(await _found(scope, words, kind, before=MAX_ID + 1, size=MAX_COUNTED - found))
    return found


async def _found(scope: Scope, words: Words, kind: SearchKind, *, before: int, size: int) -> list[int]:
    parts, tokens = words.parts, words.tokens
    is_sqlite = scope.services.database.is_sqlite
    parameters = {
        "viewer_id": scope.principal.user_id or 0,
        "before_id": before,
        **{f"part{number}": part for number, part in enumerate(parts)},
    }
    if FINDABLE[kind].own is not None and not scope.principal.is_administrator:
        asked = orjson.dumps(tokens).decode() if is_sqlite else tokens
        statements = [_among_own(kind, len(parts), is_sqlite=is_sqlite)]
    elif is_sqlite:
        asked = " ".join(f'"{token}"' for token in tokens)
        statements = [_on_sqlite(kind, len(parts))]
    else:
        asked = tokens
        statements = [_newest_on_postgresql(kind, len(parts)), _others_on_postgresql(kind, len(parts))]
    found: list[int] = []
    for statement in statements:
        if len(found) < size:
            given = {**parameters, "tokens": asked, "size": size - len(found)}
            found += [row.id for row in await scope.fetch(statement, given)]
    return found


def _parts(kind: SearchKind, count: int, columns: Any) -> list[ColumnElement[bool]]:
    """The conditions that each part stands in one of the fields."""
    together = reduce(lambda texts, text: texts + "\n" + text, (columns[field] for field in SEARCHED[kind].fields))
    return [contains(together, bindparam(f"part{number}")) for number in range(count)]


def _shown(statement: Select[Any], row_id: ColumnElement[Any], condition: ColumnElement[bool] | None) -> Select[Any]:
    """The statement for a page of what the viewer may find, the newest first."""
    if condition is not None:
        statement = statement.where(condition)
    return statement.where(row_id < bindparam("before_id")).order_by(row_id.desc()).limit(bindparam("size"))


@cache
def _on_sqlite(kind: SearchKind, parts: int) -> Select[Any]:
    indexed = SEARCHED[kind].words
    words = table(f"{indexed.name}_words", column("rowid"))
    row_id = words.c.rowid
    match: ColumnElement[bool] = literal_column(words.name).op("MATCH", is_comparison=True)(bindparam("tokens"))
    statement = select(row_id.label("id")).where(match)
    if parts:
        joined = words.join(indexed, indexed.c.id == row_id)
        statement = statement.select_from(joined).where(*_parts(kind, parts, indexed.c))
    return _shown(statement, row_id, FINDABLE[kind].condition)


def _has_tokens(words: ColumnElement[Any]) -> ColumnElement[bool]:
    has: ColumnElement[bool] = words.op("@>", is_comparison=True)(bindparam("tokens", type_=ARRAY(Text)))
    return has


@cache
def _newest_on_postgresql(kind: SearchKind, parts: int) -> Select[Any]:
    """What is found among the newest."""
    indexed = SEARCHED[kind].words
    newest = select(indexed).where(indexed.c.id < bindparam("before_id")).order_by(indexed.c.id.desc()).limit(WINDOW)
    recent = newest.subquery()
    statement = select(recent.c.id).where(_has_tokens(recent.c.words), *_parts(kind, parts, recent.c))
    return _shown(statement, recent.c.id, FINDABLE[kind].condition)


@cache
def _others_on_postgresql(kind: SearchKind, parts: int) -> Select[Any]:
    """What the index finds beyond the newest. It knows no order, so that all of it is sorted."""
    indexed = SEARCHED[kind].words
    newest = select(indexed.c.id).where(indexed.c.id < bindparam("before_id")).order_by(indexed.c.id.desc())
    oldest = select(func.min(newest.limit(WINDOW).subquery().c.id)).scalar_subquery()
    matching = select(indexed.c.id).where(_has_tokens(indexed.c.words), *_parts(kind, parts, indexed.c))
    # Materialized, so that the server does not walk the ids instead.
    found = matching.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return _shown(select(found.c.id).where(found.c.id < oldest), found.c.id, FINDABLE[kind].condition)


@cache
def _among_own(kind: SearchKind, parts: int, *, is_sqlite: bool) -> Select[Any]:
    """What is found among the few objects that are the viewer's, or were shown to them."""
    base, indexed = SEARCHED[kind].table, SEARCHED[kind].words
    if is_sqlite:
        token = func.json_each(bindparam("tokens")).table_valued("value", name="token")
        stored: Any = literal_column(f"' ' || {indexed.name}.words || ' '")
        missing = ~contains(stored, literal_column("' ' || token.value || ' '"))
        has_tokens: ColumnElement[bool] = ~exists(select(1).select_from(token).where(missing))
    else:
        has_tokens = _has_tokens(indexed.c.words)
    statement = select(indexed.c.id).select_from(indexed.join(base, base.c.id == indexed.c.id))
    findable = FINDABLE[kind]
    statement = statement.where(indexed.c.id.in_(findable.own), has_tokens, *_parts(kind, parts, indexed.c))
    return _shown(statement, indexed.c.id, findable.is_visible)
