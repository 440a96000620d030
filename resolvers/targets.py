"""The row that a mutation is about: held until the transaction ends, once a permission lets the caller in."""

from typing import Any

from sqlalchemy import Column, Row, Select, Table, bindparam

from auth.permissions import Permission
from models.errors import NotFound
from models.language import Message
from resolvers.scope import Scope


class Targets:
    """Finds rows that mutations are about. The query selects the columns that permissions look at.

    It is found by `row_id`; a row of `table` is held, which is a column's own unless it says otherwise.
    """

    def __init__(
        self, query: Select[Any], row_id: Column[Any], *, table: Table | None = None, missing: Message | None = None
    ) -> None:
        self._missing = missing
        held = row_id.table if table is None else table
        self._statement = query.where(row_id == bindparam("of_row")).with_for_update(of=held)

    async def hold(self, scope: Scope, row_id: int, permission: Permission, *, field: str) -> Row[Any]:
        """The row, which nobody else changes until the transaction ends.

        Raises NotFound, and what the permission does. `field` is where the input names the object.
        """
        row = await scope.transaction.fetch_one(self._statement, {"of_row": row_id})
        if row is None:
            raise NotFound(self._missing, field=field)
        permission.check(scope.principal, row, field=field)
        return row
