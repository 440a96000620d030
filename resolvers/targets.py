"""The row that a mutation is about: held until the transaction ends, once a permission lets the caller in."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam

from auth.permissions import Permission
from models.errors import NotFound
from models.language import Message
from resolvers.scope import Scope


class Targets:
    """Finds rows that mutations are about. The query selects the columns that permissions look at."""

    def __init__(self, query: Select[Any], row_id: ColumnElement[Any], *, missing: Message | None = None) -> None:
        self._missing = missing
        self._statement = query.where(row_id == bindparam("of_row")).with_for_update(of=row_id.table)

    async def hold(self, scope: Scope, row_id: int, permission: Permission, *, field: str) -> Row[Any]:
        """The row, which nobody else changes until the transaction ends.

        Raises NotFound, and what the permission does. `field` is where the input names the object.
        """
        row = await scope.transaction.fetch_one(self._statement, {"of_row": row_id})
        if row is None:
            raise NotFound(self._missing, field=field)
        permission.check(scope.principal, row, field=field)
        return row
