"""Fills a large database, by statements that the database carries out itself."""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text, update

from benchmarks.data import LIFETIME
from benchmarks.large.tables import FIRST_USER, TABLES, Rows
from models.db import Transaction
from models.platform.certification import RealName
from models.settings import Settings
from models.signing.resumes import Resume
from models.statements import table_of
from models.tables import metadata
from resolvers import totals
from resolvers.attendance import slot_at
from resolvers.platform.real_names import context_of
from resolvers.scope import Services
from resolvers.signing.resumes import encrypted
from resolvers.startup import prepare

EARLIER = timedelta(days=60)
"""How long ago users were added: before anything that they did."""
ID_NUMBER = "11010519491231002X"
_resumes, _real_names = table_of(Resume), table_of(RealName)
_IS_FILLED = select(_resumes.c.id).where(_resumes.c.id == 1)
_ENCRYPT = {
    table: update(table).where(table.c.user_id == bindparam("of_user")).values({column: bindparam("encrypted")})
    for table, column in ((_resumes, _resumes.c.encrypted_id_number), (_real_names, _real_names.c.encrypted_number))
}
_PLACE = re.compile(r"\{(users|now|earlier|later|of_([\d.]+))\}")


async def fill(services: Services, settings: Settings, *, users: int) -> bool:
    """Prepare an empty database and fill it; False if it is filled already.

    With 100,000 users it holds 1,000,000 clock-ins and 200,000 posts.
    """
    await prepare(services, settings)
    if await services.database.fetch_value(_IS_FILLED) is not None:
        return False
    now = services.clock()
    # Rows count as settled, so that their totals are kept.
    filled_at = now - 2 * totals.SETTLED
    async with services.database.transaction() as transaction:
        count = max(round(rows.rate * users) for rows in TABLES)
        await _number(transaction, count, now, services.database.is_sqlite)
        for rows in TABLES:
            await transaction.execute(text(_insert(rows, users, filled_at, services.database.is_sqlite)))
        for table in ("numbers", "days"):
            await transaction.execute(text(f"DROP TABLE {table}"))
        await _encrypt(services, transaction, users)
        if not services.database.is_sqlite:
            for table in metadata.tables:
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                newest = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"  # noqa: S608 -- a table of ours
                await transaction.fetch(text(f"SELECT setval({sequence}, {newest}, false)"))
            await transaction.execute(text("ANALYZE"))  # which the server's autovacuum would do
    await totals.bring_up_to_date(services)
    return True


async def _number(transaction: Transaction, count: int, now: datetime, is_sqlite: bool) -> None:
    """Make a table of the numbers from 1, and one of the days before today."""
    kind = "INTEGER" if is_sqlite else "BIGINT"  # PostgreSQL's products of them exceed 32 bits
    await transaction.execute(text(f"CREATE TABLE numbers (n {kind} PRIMARY KEY)"))
    await transaction.execute(
        text(
            "INSERT INTO numbers WITH RECURSIVE counted(n) AS"  # noqa: S608 -- a number
            f" (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count}) SELECT n FROM counted"
        )
    )
    await transaction.execute(
        text("CREATE TABLE days (number INTEGER PRIMARY KEY, business_date DATE, began_at TIMESTAMP WITH TIME ZONE)")
    )
    today, _slot = slot_at(now)
    for number in range(10):
        day, instant = today - timedelta(days=1 + number), now - timedelta(days=1 + number)
        await transaction.execute(
            text(f"INSERT INTO days VALUES ({number}, '{day}', '{instant:%Y-%m-%d %H:%M:%S.%f}')")  # noqa: S608
        )


async def _encrypt(services: Services, transaction: Transaction, users: int) -> None:
    """Give everybody's resume and real name a number that can be decrypted."""
    owners = range(FIRST_USER + 1, FIRST_USER + users // 2 + 1)

    def values(table: Any, user_id: int) -> dict[str, Any]:
        if table is _resumes:
            sealed = encrypted(services.encryption, user_id, ID_NUMBER)["encrypted_id_number"]
        else:
            sealed = services.encryption.encrypt(ID_NUMBER, context=context_of(user_id))
        return {"of_user": user_id, "encrypted": sealed}

    for table, statement in _ENCRYPT.items():
        await transaction.execute_many(statement, [values(table, user_id) for user_id in owners])


def _insert(rows: Rows, users: int, now: datetime, is_sqlite: bool) -> str:
    columns = {"created_at": "{now}", "updated_at": "{now}", **rows.columns}
    statement = (
        f"INSERT INTO {rows.table} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"  # noqa: S608
        f" FROM {rows.source} WHERE n <= {_count(rows.rate, users)} ORDER BY n"
    )
    zone = "" if is_sqlite else "+00"

    def place(found: re.Match[str]) -> str:
        match found.group(1):
            case "users":
                return str(users)
            case "now":
                return f"'{now:%Y-%m-%d %H:%M:%S.%f}{zone}'"
            case "earlier":
                return f"'{now - EARLIER:%Y-%m-%d %H:%M:%S.%f}{zone}'"
            case "later":
                return f"'{now + LIFETIME:%Y-%m-%d %H:%M:%S.%f}{zone}'"
            case _:
                return str(_count(float(found.group(2)), users))

    return _PLACE.sub(place, statement)


def _count(rate: float, users: int) -> int:
    return max(1, round(rate * users))
