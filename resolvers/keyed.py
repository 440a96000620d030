"""Statements for the rows of some keys: one statement, however many keys there are."""

from collections.abc import Awaitable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Row, Select, any_, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from resolvers.ordering import ORDER_KEY, Shape
from resolvers.scope import Scope

NOTHING: Mapping[str, Any] = MappingProxyType({})
_ASKED = func.json_each(bindparam("asked")).table_valued("value", name="asked")
"""The keys as SQLite is sent them."""


class OfKeys:
    """A query for the rows of some keys: one statement, however many there are.

    SQLite is sent the keys as one text, PostgreSQL as an array.
    """

    def __init__(self, query: Select[Any], key: ColumnElement[Any]) -> None:
        self._on_sqlite = query.select_from(_ASKED).where(key == _ASKED.c.value)
        self._on_postgresql = query.where(key == any_(bindparam("asked", type_=ARRAY(key.type))))

    def fetch(
        self, scope: Scope, keys: Sequence[Any], given: Mapping[str, Any] = NOTHING
    ) -> Awaitable[Sequence[Row[Any]]]:
        """The rows, in no order but the query's; `given` are its own parameters."""
        return scope.fetch(*self.bound(scope, keys, given))

    def bound(
        self, scope: Scope, keys: Sequence[Any], given: Mapping[str, Any] = NOTHING
    ) -> tuple[Select[Any], dict[str, Any]]:
        """The statement, and what it binds."""
        statement = self._on_sqlite if scope.services.database.is_sqlite else self._on_postgresql
        return statement, {"asked": asked(scope, keys), **bound(scope), **given}


def bound(scope: Scope) -> dict[str, Any]:
    """What every statement may bind."""
    return {"viewer_id": scope.principal.user_id or 0, "now": scope.now}


def asked(scope: Scope, keys: Sequence[Any]) -> Any:
    """The keys as the database is sent them."""
    return orjson.dumps(list(keys)).decode() if scope.services.database.is_sqlite else list(keys)


class PageStatements(NamedTuple):
    """What reads pages of one shape: for one key, and for many keys on each database."""

    of_one: Select[Any]
    on_sqlite: Select[Any]
    on_postgresql: Select[Any]

    @classmethod
    def of(
        cls, query: Select[Any], key: ColumnElement[Any], row_id: ColumnElement[Any], shape: Shape
    ) -> "PageStatements":
        """Those of a query."""
        query = shape.keyed(query)
        between, sorting = shape.between(row_id), shape.sorting(row_id)
        of_one = query.where(key == bindparam("key"), *between).order_by(*sorting).limit(bindparam("size"))

        ids = query.with_only_columns(row_id, maintain_column_froms=True)
        ids = ids.where(key == _ASKED.c.value, *between).order_by(*sorting).limit(bindparam("size")).correlate(_ASKED)
        on_sqlite = query.select_from(_ASKED).where(row_id.in_(ids)).order_by(*sorting)

        keys = func.unnest(bindparam("asked", type_=ARRAY(key.type)))
        asked = keys.table_valued("value").render_derived(name="asked")
        rows = query.where(key == asked.c.value, *between).order_by(*sorting).limit(bindparam("size")).correlate(asked)
        page = rows.lateral("page")
        again = shape.sorting(page.c[str(row_id.key)], page.c.get(ORDER_KEY))
        on_postgresql = select(page).select_from(asked.join(page, true())).order_by(*again)
        return cls(of_one, on_sqlite, on_postgresql)
