"""Handing a person all that the product holds about them: a ZIP archive that is made while it is sent.

Nothing of it is kept on the server. A signed path says whose data it is and whose session asked: it opens nothing once
that session has ended.
"""

import json
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Row, Select, Table, bindparam, exists, or_, select

from auth.rate_limits import Limit
from models.errors import BrokenOff, Unavailable, UserNotFound
from models.identity import Role, Session, User, UserRole
from models.statements import table_of
from models.tables import metadata
from models.trash import DeletedRows
from models.uploads import Upload
from resolvers import audit, checks, keys
from resolvers.identity import proving, session_paths, users
from resolvers.personal import put_away
from resolvers.personal.declared import DECLARED, ENCRYPTED
from resolvers.personal.deleting import MAX_REASON
from resolvers.scope import Scope

PAGE = 500
"""The rows that are read and written at a time."""
FOLDER = "/personal-data"
ABOUT = "about.json"
_NOTE = (
    "Each file in data/ has the rows of one table that belong to the person; files/ has what they uploaded. Left out"
    " are hashes and tokens with which somebody could sign in, and what belongs to other people."
)

_users, _sessions, _roles, _uploads = map(table_of, (User, Session, UserRole, Upload))
_put_away = table_of(DeletedRows)
_of_user: Any = bindparam("of_user")
_MAY = (
    select(_sessions.c.created_at)
    .select_from(_users.join(_sessions, _sessions.c.id == bindparam("of_session")))
    .where(
        _users.c.id == _of_user,
        _sessions.c.revoked_at.is_(None),
        _sessions.c.expires_at > bindparam("now"),
        or_(
            _sessions.c.user_id == _users.c.id,
            exists().where(_roles.c.user_id == _sessions.c.user_id, _roles.c.role == Role.ADMINISTRATOR),
        ),
    )
)
_FILES = (
    select(_uploads.c.id, _uploads.c.folder, _uploads.c.name)
    .where(_uploads.c.user_id == _of_user, _uploads.c.id > bindparam("after"))
    .order_by(_uploads.c.id)
    .limit(PAGE)
)


async def path_of_own(scope: Scope, proof: proving.Proof) -> str:
    """The signed path of the caller's data; audited. Raises what signing in with the proof does."""
    user_id = await proving.prove_viewer(scope, proof)
    details = {"proof": str(proof.kind)}
    await audit.record(scope, action="export_my_data", subject_type="User", subject_id=user_id, details=details)
    return await _path_of(scope, user_id)


async def path_of_user(scope: Scope, *, user_id: int, reason: str) -> str:
    """The signed path of a user's data, for an administrator and a reason; audited. Raises UserNotFound."""
    reason = checks.text(reason, "reason", max_length=MAX_REASON)
    if (await users.by_id(scope, [user_id]))[0] is None:
        raise UserNotFound(field="user_id")
    details = {"reason": reason}
    await audit.record(scope, action="export_user_data", subject_type="User", subject_id=user_id, details=details)
    return await _path_of(scope, user_id)


async def _path_of(scope: Scope, user_id: int) -> str:
    await scope.services.limits.hit(Limit.PERSONAL_EXPORT_PER_USER, str(scope.viewer_id))
    return await session_paths.sign(scope, lambda session_id: f"{FOLDER}/{user_id}-{session_id}.zip")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose archive is asked for, and the session that may have it."""

    user_id: int
    session_id: int
    began: datetime


async def asked(scope: Scope, *, user_id: int, session_id: int, expires: str, signature: str) -> Asked | None:
    """What a signed path opens; None unless it is genuine, has not expired, and the session goes on."""
    path = f"{FOLDER}/{user_id}-{session_id}.zip"
    began = await scope.fetch_value(_MAY, {"of_user": user_id, "of_session": session_id, "now": scope.now})
    if began is None or not session_paths.is_genuine(scope, path, began=began, expires=expires, signature=signature):
        return None
    return Asked(user_id, session_id, began)


async def archive(scope: Scope, by: Asked) -> AsyncIterator[bytes]:
    """The archive of a user, in pieces: a page of rows or a file is in memory at a time.

    Raises BrokenOff where the user is deleted meanwhile, or the session that asked ends.
    """
    out, user_id = _Pieces(), by.user_id
    ids = await put_away.ids_of(scope.services.database, user_id)
    numbers: dict[str, int] = {}
    missing: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for table in metadata.sorted_tables:
            if DECLARED[table.name].told:
                await _check(scope, by)
                async for piece in _written(scope, made, out, table, ids, numbers):
                    yield piece
        after = 0
        while rows := await scope.fetch(_FILES, {"of_user": user_id, "after": after}):
            for row in rows:
                await _check(scope, by)
                if (content := await _content(scope, row)) is None:
                    missing.append(f"{row.folder}/{row.name}")
                else:
                    made.writestr(f"files/{row.folder}/{row.name}", content, zipfile.ZIP_STORED)
                yield out.taken()
            after = rows[-1].id
        about = {"user": user_id, "made_at": scope.now.isoformat(), "rows": numbers, "missing_files": missing}
        await _check(scope, by)
        made.writestr(ABOUT, json.dumps({**about, "note": _NOTE}, ensure_ascii=False, indent=2))
    yield out.taken()


async def _check(scope: Scope, by: Asked) -> None:
    named = {"of_user": by.user_id, "of_session": by.session_id, "now": scope.services.clock()}
    if await scope.fetch_value(_MAY, named) != by.began:
        raise BrokenOff


async def _content(scope: Scope, row: Row[Any]) -> bytes | None:
    try:
        return await scope.services.storage.get(row.folder, row.name)
    except Unavailable:  # the headers are sent: the archive says what it lacks
        return None


async def _written(
    scope: Scope, made: zipfile.ZipFile, out: "_Pieces", table: Table, ids: Sequence[int], numbers: dict[str, int]
) -> AsyncIterator[bytes]:
    """Write the rows of one table; a table without any gets no file."""
    pages = _pages(scope, table, ids)
    if (page := await anext(pages, None)) is None:
        return
    entry = zipfile.ZipInfo(f"data/{table.name}.json", scope.now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    with made.open(entry, "w", force_zip64=True) as file:
        separator = b"[\n"
        while page is not None:
            for row in page:
                file.write(separator + orjson.dumps(row))
                separator = b",\n"
            numbers[table.name] = numbers.get(table.name, 0) + len(page)
            yield out.taken()
            page = await anext(pages, None)
        file.write(b"\n]\n")


async def _pages(scope: Scope, table: Table, ids: Sequence[int]) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """What is told of the rows; what others put away comes after what the person did."""
    user_id, plain = ids[0], None
    statement, given = _page(table), {"of_user": user_id, "after": 0}
    while rows := await scope.fetch(statement, given):
        plain = await _decrypted(scope, table, user_id) if plain is None else plain
        yield [_told(table, row, plain, ids) for row in rows]
        given["after"] = rows[-1].id
    if table is _put_away:
        async for row, entries in put_away.naming(scope.services.database, user_id, ids):
            own = [entry for entry in entries if put_away.is_of(row.of_table, entry, ids)]
            yield [{name: value for name, value in row._mapping.items() if name != "item_id"} | {"content": own}]


def _told(table: Table, row: Row[Any], plain: Mapping[int, str | None], ids: Sequence[int]) -> dict[str, Any]:
    """The columns that are told. Of what was deleted, the rows that are the person's: no comments of others."""
    values = dict(row._mapping)
    if encrypted := ENCRYPTED.get(table.name):
        values[encrypted.removeprefix("encrypted_")] = plain.get(values["id"])
        del values[encrypted]
    if table is _put_away:
        entries: put_away.Entries = orjson.loads(values["content"])
        of_table = values["of_table"]
        is_everybodys = of_table in put_away.AUTHORS
        values["content"] = [each for each in entries if not is_everybodys or put_away.is_of(of_table, each, ids)]
    return values


async def _decrypted(scope: Scope, table: Table, user_id: int) -> Mapping[int, str | None]:
    """The texts of the encrypted values by the ids of their rows: a person has one of each."""
    found: dict[int, str | None] = {}
    for column in keys.COLUMNS:
        if column.table is table:
            for row in await scope.fetch(column.of_user, {"of_user": user_id}):
                found[row.id] = column.text_of(scope.services.encryption, row)
    return found


@cache
def _page(table: Table) -> Select[Any]:
    told = [table.c[name] for name in DECLARED[table.name].told]
    named: Sequence[Any] = [table.c.id, table.c.created_at, table.c.updated_at, *told]
    return select(*named).where(_owned(table), table.c.id > bindparam("after")).order_by(table.c.id).limit(PAGE)


def _owned(table: Table) -> Any:
    """The condition on the rows that belong to the user: through the owners of the tables that they refer to."""
    owner = table.c[DECLARED[table.name].owner or "id"]
    if table is _users:
        return owner == _of_user
    (key,) = owner.foreign_keys
    above = key.column.table
    return owner == _of_user if above is _users else owner.in_(select(above.c.id).where(_owned(above)))


class _Pieces:
    """A file that is written only and hands out what was written since the last time."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        """Keep it."""
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """What was written since; it is kept no more."""
        piece = bytes(self._written)
        self._written.clear()
        return piece
