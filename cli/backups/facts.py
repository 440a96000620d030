"""What a backup tells of a database, read the same way from both kinds."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auth.encryption import key_id_of
from cli.backups.archive import BackupFault, DatabaseFacts, Kind

Query = Callable[[str], Awaitable[Sequence[Any]]]
"""All rows of a statement."""
TABLES: dict[Kind, str] = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A database as it was at one instant: a file of it, what it holds, and the uploads that it knows."""

    path: Path
    facts: DatabaseFacts
    uploads: Sequence[tuple[str, str]]
    """Folder and name of each."""


async def table_names(query: Query, kind: Kind) -> list[str]:
    """The names of all tables; none of a database that is empty."""
    return sorted(str(row[0]) for row in await query(TABLES[kind]))


async def facts_of(query: Query, kind: Kind) -> DatabaseFacts:
    """What the database holds. Raises BackupFault where it is empty."""
    names = await table_names(query, kind)
    if "alembic_version" not in names:
        raise BackupFault("The database is empty: there is nothing to back up.")
    rows = {name: int((await query(f'SELECT count(*) FROM "{name}"'))[0][0]) for name in names}  # noqa: S608
    (revision,) = await query("SELECT version_num FROM alembic_version")
    head = await query("SELECT number, hash FROM audit_heads") if "audit_heads" in names else []
    sealing = await query("SELECT value FROM settings WHERE name = 'sealing_key'")
    return DatabaseFacts(
        kind=kind,
        revision=str(revision[0]),
        rows=rows,
        audit_head=f"{head[0][0]}:{head[0][1]}" if head else "",
        key=key_id_of(base64.b64decode(sealing[0][0])) if sealing else "",
    )


async def uploads_of(query: Query) -> list[tuple[str, str]]:
    """Folder and name of each upload."""
    return [(str(row[0]), str(row[1])) for row in await query("SELECT folder, name FROM uploads ORDER BY id")]


async def deleted_users(query: Query, kind: Kind) -> set[int]:
    """The ids of the users whose deletion the audit trail of a database tells."""
    if "audit_events" not in await table_names(query, kind):
        return set()
    deleted = "SELECT subject_id FROM audit_events WHERE action IN ('delete_account', 'delete_user')"
    return {int(row[0]) for row in await query(deleted)}


async def users_among(query: Query, ids: set[int]) -> list[int]:
    """Those of the ids that users have."""
    return sorted(ids.intersection([int(row[0]) for row in await query("SELECT id FROM users")])) if ids else []
