"""Columns that hold encrypted values, each with the keyed hash that its rows are found by."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import ColumnElement, LargeBinary, Row, Select, Table, Update, bindparam, func, update

from auth.encryption import PREFIX_BYTES, Encryption
from models.db import Transaction

BATCH = 200
"""The rows that one transaction re-encrypts."""


@dataclass(frozen=True)
class EncryptedColumn:
    """`rows` selects, beside the id, the owner as `user_id`, the value as `encrypted` and the hash as `found_by`,
    which may be null; `context` of the owner is what the value is encrypted for, `looked_up` what the hash is of.
    """

    table: Table
    value: str
    lookup: str
    rows: Select[Any]
    context: Callable[[int], str]
    looked_up: Callable[[Row[Any], str], str]

    def text_of(self, encryption: Encryption, row: Row[Any]) -> str | None:
        """The text of a row of `rows`; None where none of the keys encrypted it."""
        try:
            return encryption.decrypt(row.encrypted, context=self.context(row.user_id))
        except InvalidTag:
            return None

    async def write(
        self, transaction: Transaction, encryption: Encryption, row: Row[Any], text: str, *, user_id: int
    ) -> int:
        """Encrypt the text of a row anew, for this owner; 0 where somebody else changed the row meanwhile."""
        values = {
            "of_row": row.id,
            "present": row.encrypted,
            "new_value": encryption.encrypt(text, context=self.context(user_id)),
            "new_lookup": None if row.found_by is None else encryption.lookup(self.looked_up(row, text)),
        }
        return await transaction.execute(self._write, values)

    @cached_property
    def page(self) -> Select[Any]:
        """The rows after an id, at most BATCH of them."""
        return self.rows.where(self.table.c.id > bindparam("after")).order_by(self.table.c.id).limit(BATCH)

    @cached_property
    def of_user(self) -> Select[Any]:
        """The rows of one owner."""
        return self.rows.where(self.table.c.user_id == bindparam("of_user"))

    @cached_property
    def is_old(self) -> ColumnElement[bool]:
        """Whether another key encrypted the value than the one whose values begin with the parameter `prefix`."""
        return func.substr(self.table.c[self.value], 1, PREFIX_BYTES) != bindparam("prefix", type_=LargeBinary())

    @cached_property
    def _write(self) -> Update:
        # Only the value that was read is replaced: what is written meanwhile is encrypted with the first key already.
        return (
            update(self.table)
            .where(self.table.c.id == bindparam("of_row"), self.table.c[self.value] == bindparam("present"))
            .values({self.value: bindparam("new_value"), self.lookup: bindparam("new_lookup")})
        )
