"""Verification codes: six random digits that prove that a person reads an address.

A code is stored as a keyed hash, bound to its purpose, address and user; it lives five minutes, bears
five tries and is redeemed once. Only the newest code of a purpose and address counts.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update

from models.db import Database
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
    .returning(_codes.c.code_hash, _codes.c.user_id)
)
_USE = (
    update(_codes)
    .where(_codes.c.id == bindparam("code_id"), _codes.c.used_at.is_(None))
    .values(used_at=bindparam("now"), updated_at=bindparam("now"))
)


class VerificationCodes:
    """Makes and redeems codes with one key."""

    def __init__(self, database: Database, key: str) -> None:
        self._database = database
        self._key = key.encode()

    async def create(
        self, *, purpose: CodePurpose, kind: CredentialKind, address: str, user_id: int | None, now: datetime
    ) -> str:
        """A new code for the address, to be sent there. `user_id` None makes one that nobody can redeem."""
        code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        async with self._database.transaction() as transaction:
            await transaction.execute(
                _ADD,
                {
                    "purpose": purpose,
                    "kind": kind,
                    "address": address,
                    "user_id": user_id,
                    "code_hash": self._hash(code, purpose, kind, address, user_id),
                    "expires_at": now + LIFETIME,
                    "tries": 0,
                    "used_at": None,
                    "created_at": now,
                    "updated_at": now,
                },
            )
        return code

    async def redeem(
        self, *, purpose: CodePurpose, kind: CredentialKind, address: str, code: str, now: datetime
    ) -> int:
        """The user the code was made for; the code is used up. Raises WrongCode, and counts the try.

        Runs in a transaction of its own: a try counts even when the operation around it fails.
        """
        identity = {"purpose": purpose, "kind": kind, "address": address}
        code_id = await self._database.fetch_value(_NEWEST, identity)
        user_id: int | None = None
        async with self._database.transaction() as transaction:
            row = await transaction.fetch_one(_TRY, {"code_id": code_id, "now": now}) if code_id else None
            if row is not None and row.user_id is not None:
                expected = self._hash(code, purpose, kind, address, row.user_id)
                if hmac.compare_digest(row.code_hash, expected) and await transaction.execute(
                    _USE, {"code_id": code_id, "now": now}
                ):
                    user_id = row.user_id
        if user_id is None:
            raise WrongCode(path=("input", "code"))
        return user_id

    def _hash(self, code: str, *bound: object) -> str:
        message = "\x1f".join([*map(str, bound), code])
        return hmac.new(self._key, message.encode(errors="replace"), "sha256").hexdigest()
