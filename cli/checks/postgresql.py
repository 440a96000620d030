"""Checks of a PostgreSQL server: rights, connections and clock."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.checks.finding import Finding, fault, good, note
from models.settings import Settings

MAX_SHOWN = 5
TOLERATED = timedelta(seconds=5)
"""More, and tokens and codes are too old, or too young, on one of the machines."""
LOCKS = 2
"""Connections beside the pools: one of the workers holds a lock for sending messages, and one for matching."""

_ABOUT = text("""
SELECT
  current_setting('transaction_read_only') = 'on' AS is_read_only,
  COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
  current_setting('max_connections')::int AS max_connections,
  current_setting('superuser_reserved_connections')::int AS reserved,
  (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS role_limit,
  (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database_limit,
  clock_timestamp() AS now
""")
_TABLES = text("""
SELECT
  relname,
  NOT pg_has_role(relowner, 'USAGE') AS is_foreign,
  NOT (
    has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
    AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')
  ) AS is_closed
FROM pg_class
WHERE relkind = 'r' AND relnamespace = to_regnamespace(quote_ident(current_schema()))
ORDER BY relname
""")


async def server(connection: AsyncConnection, settings: Settings) -> list[Finding]:
    """What is found of the server behind a connection."""
    asked = datetime.now(UTC)
    about = (await connection.execute(_ABOUT)).one()
    tables = (await connection.execute(_TABLES)).all()
    found = [clock(about.now - asked - (datetime.now(UTC) - asked) / 2)]
    if about.is_read_only:
        found.append(fault("rights", "the database is read-only: DATABASE_URL may name a standby"))
    elif not about.may_create:
        found.append(fault("rights", "the role may not create tables: GRANT CREATE ON SCHEMA public TO the role"))
    elif closed := [row.relname for row in tables if row.is_closed]:
        found.append(fault("rights", f"the role may not read and write {_few(closed)}: make it their owner"))
    elif foreign := [row.relname for row in tables if row.is_foreign]:
        found.append(fault("rights", f"the role may not migrate {_few(foreign)}: make it their owner"))
    else:
        found.append(good("rights", "the role may create, read and write tables"))
    limits = (about.max_connections - about.reserved, about.role_limit, about.database_limit)
    found.append(pools(settings.workers, min(limit for limit in limits if limit >= 0)))
    return found


def clock(difference: timedelta) -> Finding:
    """What it means that the database's clock is ahead by so much."""
    seconds = difference.total_seconds()
    if abs(difference) > TOLERATED:
        way = "ahead of" if seconds > 0 else "behind"
        return fault("clock", f"the database's is {abs(seconds):.0f} seconds {way} this machine's: set both by NTP")
    return good("clock", "the database's agrees with this machine's")


def pools(workers: int, allowed: int) -> Finding:
    """Whether the server allows the connections that all workers may open."""
    from models.db.server import CONNECTIONS

    wanted = workers * 2 * CONNECTIONS + LOCKS
    text = f"{workers} workers open {wanted} connections at most"
    if wanted > allowed:
        return fault("connections", f"{text}, and the server allows {allowed}: raise max_connections, or lower WORKERS")
    if wanted * 2 > allowed:
        return note("connections", f"{text} of the {allowed} that the server allows: other clients have the rest")
    return good("connections", f"{text} of the {allowed} that the server allows")


def _few(names: list[str]) -> str:
    more = len(names) - MAX_SHOWN
    return ", ".join(names[:MAX_SHOWN]) + (f" and {more} more" if more > 0 else "")
