"""Verification codes: six random digits that prove that a person reads an address.

A code is stored as a keyed hash, bound to its purpose, address and user (or to nobody, where there is no
user yet); it lives five minutes, bears five tries and is redeemed once. Only the newest of its kind counts.
Redeeming has two steps: `check` counts the try even when the operation fails, `use` takes effect with it.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update

from auth.encryption import KeyedHashes
from models.db import Database, Transaction
from models.errors import WrongCode
from models.identity import CodePurpose, CredentialKind, VerificationCode
from models.statements import table_of

LIFETIME = timedelta(minutes=5)
MAX_TRIES = 5
DIGITS = 6

_codes = table_of(VerificationCode)

_NEWEST = (
    select(_codes.c.id)
    .where(
        _codes.c.kind == bindparam("kind"),
        _codes.c.address == bindparam("address"),
        _codes.c.purpose == bindparam("purpose"),
        _codes.c.user_id.is_not_distinct_from(bindparam("bound_user")),
    )
    .order_by(_codes.c.id.desc())
    .limit(1)
)
_ADD = insert(_codes)
_TRY = (
    update(_codes)
    .where(
        _codes.c.id == bindparam("code_id"),
        _codes.c.used_at.is_(None),
        _codes.c.tries < MAX_TRIES,
        _codes.c.expires_at > bindparam("now"),
    )
    .values(tries=_codes.c.tries + 1, updated_at=bindparam("now"))
    .returning(_codes.c.code_hash)
)
_USE = (
    update(_codes)
    .where(_codes.c.id == bindparam("code_id"), _codes.c.used_at.is_(None))
    .values(used_at=bindparam("now"), updated_at=bindparam("now"))
)


class VerificationCodes:
    """Makes codes with the first key, and redeems those of all."""

    def __init__(self, database: Database, *keys: str) -> None:
        self._database = database
        self._hashes = KeyedHashes([key.encode() for key in keys])

    async def create(
        self,
        transaction: Transaction,
        *,
        purpose: CodePurpose,
        kind: CredentialKind,
        address: str,
        user_id: int | None,
        now: datetime,
    ) -> str:
        """A new code for the address, to be sent there."""
        code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        await transaction.execute(
            _ADD,
            {
                "purpose": purpose,
                "kind": kind,
                "address": address,
                "user_id": user_id,
                "code_hash": self._hashes.make(_text(code, purpose, kind, address, user_id)),
                "expires_at": now + LIFETIME,
                "tries": 0,
                "used_at": None,
                "created_at": now,
                "updated_at": now,
            },
        )
        return code

    async def check(
        self,
        *,
        purpose: CodePurpose,
        kind: CredentialKind,
        address: str,
        user_id: int | None,
        code: str,
        now: datetime,
        field: str = "code",
    ) -> int:
        """The id of the code, for `use`. Raises WrongCode, and counts the try.

        Runs in a transaction of its own, so it must come before the operation's first write.
        """
        identity = {"purpose": purpose, "kind": kind, "address": address, "bound_user": user_id}
        code_id: int | None = await self._database.fetch_value(_NEWEST, identity)
        if code_id is None:
            raise WrongCode(field=field)
        async with self._database.transaction() as transaction:
            stored = await transaction.fetch_value(_TRY, {"code_id": code_id, "now": now})
        if stored is None or not self._hashes.recognise(stored, _text(code, purpose, kind, address, user_id)):
            raise WrongCode(field=field)
        return code_id

    async def use(self, transaction: Transaction, code_id: int, *, now: datetime) -> None:
        """Use up a code that was checked. Raises WrongCode if another operation was faster."""
        if not await transaction.execute(_USE, {"code_id": code_id, "now": now}):
            raise WrongCode(field="code")


def _text(code: str, *bound: object) -> str:
    return "\x1f".join([*map(str, bound), code])
