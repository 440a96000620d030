"""The secret keys and the database: whether they fit, and what is still encrypted with another than the first."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, bindparam, func, select, update

from auth.encryption import Encryption, key_id_of
from auth.seals import Seals
from models.audit import AuditEvent
from models.db import Database, Reader, Transaction
from models.reference import Setting, SettingName
from models.settings import ConfigurationError
from models.statements import insert_new, table_of
from resolvers import trail
from resolvers.encrypted import EncryptedColumn
from resolvers.platform import real_names
from resolvers.scope import Services
from resolvers.signing import resumes

COLUMNS = (resumes.ENCRYPTED, real_names.ENCRYPTED)
"""All that is encrypted, but for the key that seals the audit trail."""
MAX_NAMED = 10
"""The rows that are named of those that no key decrypts."""
_CONTEXT = "settings.sealing_key"

_settings, _events = table_of(Setting), table_of(AuditEvent)
_SEALING_KEY = select(_settings.c.value).where(_settings.c.name == SettingName.SEALING_KEY)
_KEEP = insert_new(Setting, unique=["name"])
_REPLACE = (
    update(_settings)
    .where(_settings.c.name == SettingName.SEALING_KEY, _settings.c.value == bindparam("present"))
    .values(value=bindparam("new_value"), updated_at=bindparam("now"))
)
_NEWEST_EVENT = select(_events).where(_events.c.number.is_not(None)).order_by(_events.c.number.desc()).limit(1)
_NEWEST = {column.table.name: column.rows.order_by(column.table.c.id.desc()).limit(1) for column in COLUMNS}
_OLD = {column.table.name: select(func.count()).select_from(column.table).where(column.is_old) for column in COLUMNS}


async def adopt_sealing_key(services: Services) -> None:
    """Seal the audit trail with the key that the database keeps, or keep one: the one that sealed so far.

    So the trail stays valid when the secret key is replaced. Raises ConfigurationError as `sealing_key` does. Several
    processes may do this at once.
    """
    found = await sealing_key(services.database, services.encryption)
    if found is None:
        sealed_with = await _sealed_with(services.database, services.seals)
        now = services.clock()
        value = _written(services.encryption, sealed_with)
        times = {"created_at": now, "updated_at": now}
        async with services.database.transaction() as transaction:
            await transaction.execute(_KEEP, {"name": SettingName.SEALING_KEY, "value": value, **times})
        found = await sealing_key(services.database, services.encryption) or sealed_with
    services.seals.adopt(found)


async def sealing_key(reader: Reader, encryption: Encryption) -> bytes | None:
    """The key that seals the audit trail; None before the first start, if all that there is fits the secret keys.

    Raises ConfigurationError where the database holds what none of them encrypted.
    """
    stored = await reader.fetch_value(_SEALING_KEY)
    if stored is not None:
        encrypted = base64.b64decode(stored)
        try:
            return bytes.fromhex(encryption.decrypt(encrypted, context=_CONTEXT))
        except InvalidTag:
            raise _misfit(encryption, encrypted) from None
    for column in COLUMNS:
        row = await reader.fetch_one(_NEWEST[column.table.name])
        if row is not None and column.text_of(encryption, row) is None:
            raise _misfit(encryption, row.encrypted)
    return None


async def _sealed_with(database: Database, seals: Seals) -> bytes:
    newest = await database.fetch_one(_NEWEST_EVENT)
    if newest is None:
        return seals.first_key
    return seals.key_of(trail.content(dict(newest._mapping)), str(newest.previous_hash), str(newest.hash))


def _written(encryption: Encryption, key: bytes) -> str:
    return base64.b64encode(encryption.encrypt(key.hex(), context=_CONTEXT)).decode("ascii")


def _misfit(encryption: Encryption, encrypted: bytes) -> ConfigurationError:
    missing = key_id_of(encrypted)
    of = f"the key with the id {missing}" if missing else "another key"
    return ConfigurationError(
        f"SECRET_KEY does not fit this database, which is encrypted with {of}; configured:"
        f" {', '.join(encryption.key_ids)}. Set SECRET_KEY to the key that was used before, or to NEW,OLD to replace it"
        " (docs/configuration.md, Keys). In development it is in the file secret_key of DATA_DIR."
    )


async def count_old(reader: Reader, encryption: Encryption) -> Mapping[str, int]:
    """How many values of each table another key than the first encrypted."""
    prefix = {"prefix": encryption.prefix}
    return {name: await reader.fetch_value(statement, prefix) for name, statement in _OLD.items()}


@dataclass
class Rotation:
    """What a rotation did to one table."""

    table: str
    old: int
    """How many values were to be re-encrypted when it began."""
    done: int = 0
    unreadable: list[int] = field(default_factory=list)
    """The ids of the rows that none of the keys decrypts."""


async def rotate(services: Services, tell: Callable[[Rotation], None]) -> list[Rotation]:
    """Encrypt with the first key what others encrypted, in batches, each of which lasts; `tell` hears of each.

    The server may run, and a rotation that was killed goes on where it was when it is started again.
    """
    rotations = []
    old = await count_old(services.database, services.encryption)
    for column in COLUMNS:
        rotation = Rotation(column.table.name, old[column.table.name])
        rotations.append(rotation)
        await _rotate(services, column, rotation, tell)
    await _rotate_sealing_key(services)
    return rotations


async def _rotate(
    services: Services, column: EncryptedColumn, rotation: Rotation, tell: Callable[[Rotation], None]
) -> None:
    encryption, after = services.encryption, 0
    statement = column.page.where(column.is_old)
    while rows := await services.database.fetch(statement, {"after": after, "prefix": encryption.prefix}):
        async with services.database.transaction() as transaction:
            for row in rows:
                text = column.text_of(encryption, row)
                if text is None:
                    rotation.unreadable.append(row.id)
                else:
                    rotation.done += await column.write(transaction, encryption, row, text, user_id=row.user_id)
        after = rows[-1].id
        tell(rotation)


async def _rotate_sealing_key(services: Services) -> None:
    stored = await services.database.fetch_value(_SEALING_KEY)
    found = await sealing_key(services.database, services.encryption)
    if found is None or base64.b64decode(stored).startswith(services.encryption.prefix):
        return
    values = {"present": stored, "new_value": _written(services.encryption, found), "now": services.clock()}
    async with services.database.transaction() as transaction:
        await transaction.execute(_REPLACE, values)


async def rebind(transaction: Transaction, encryption: Encryption, *, user_id: int, into_user_id: int) -> None:
    """Encrypt what belongs to a user for another one, whose it becomes in this transaction."""
    for column in COLUMNS:
        rows: list[Row[Any]] = list(await transaction.fetch(column.of_user, {"of_user": user_id}))
        for row in rows:
            text = column.text_of(encryption, row)
            if text is not None:
                await column.write(transaction, encryption, row, text, user_id=into_user_id)
