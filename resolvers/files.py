"""Files as the graph shows them: stored pictures with their measures, and smaller copies of avatars.

A copy has the name of its original with its side added, and originals are never replaced under their names: a path
shows the same picture for ever. Copies are made when an avatar is uploaded. One that is missing, because the avatar is
older or because only originals are backed up and copied, is made when it is first fetched; who makes it at the same
time writes the same.
"""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from auth.storage import Storage
from models.errors import InvalidInput, Unavailable
from models.statements import table_of, upsert
from models.uploads import AvatarSize, ImageFolder, Upload, UploadVariant
from resolvers.images import fitted
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.scope import Scope, Services

MEDIA_TYPE = "image/webp"
MAX_MEASURED = 100
"""The files of older releases that one sweep measures."""

_uploads = table_of(Upload)
_variants = table_of(UploadVariant)
_SUFFIXES = ("jpg", "png", "webp")
_VARIANT = re.compile(rf"([0-9a-f]{{32}})-({'|'.join(str(size.value) for size in AvatarSize)})\.webp", re.ASCII)

by_name = by_key(select(_uploads), _uploads.c.name)
variants_of_uploads = lists_by_foreign_key(select(_variants), _variants.c.upload_id, _variants.c.side)

_ORIGINAL = select(_uploads).where(
    _uploads.c.folder == ImageFolder.AVATAR, _uploads.c.name.in_(bindparam("names", expanding=True))
)
_SAVE = upsert(UploadVariant, unique=["upload_id", "side"])
_is_unmeasured = _uploads.c.width.is_(None)
_UNMEASURED = (
    select(_uploads.c.id, _uploads.c.folder, _uploads.c.name)
    .where(_is_unmeasured, _uploads.c.id > bindparam("after"))
    .order_by(_uploads.c.id)
    .limit(MAX_MEASURED)
)
_MEASURED = (
    update(_uploads)
    .where(_uploads.c.id == bindparam("of_upload"), _is_unmeasured)
    .values(bytes=bindparam("new_bytes"), width=bindparam("new_width"), height=bindparam("new_height"))
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a file: `stored_name` names it in the storage, `side` is that of a smaller copy."""

    upload_id: int
    side: int
    folder: str
    stored_name: str
    original_name: str
    media_type: str
    width: int | None
    height: int | None
    bytes: int | None
    created_at: datetime


def original(row: Any) -> Shown:
    """A stored file, of its row."""
    return Shown(
        row.id,
        0,
        row.folder,
        row.name,
        row.original_name,
        row.media_type,
        row.width,
        row.height,
        row.bytes,
        row.created_at,
    )


def smaller(row: Any, size: AvatarSize, variants: Any) -> Shown:
    """A copy of an avatar in a size, or the avatar where it is no larger than that.

    `variants` are the copies that were made; of another the bytes are not known before it is fetched.
    """
    if row.width is not None and max(row.width, row.height) <= size:
        return original(row)
    width, height = (None, None) if row.width is None else fitted(row.width, row.height, size)
    made = {variant.side: variant.bytes for variant in variants}
    name = variant_name(row.name, size)
    shown_name = f"{row.original_name.rpartition('.')[0] or row.original_name}-{size.value}.webp"
    return Shown(row.id, size, row.folder, name, shown_name, MEDIA_TYPE, width, height, made.get(size), row.created_at)


def variant_name(name: str, side: int) -> str:
    """The name of the copy of a stored file whose longer side has at most so many pixels."""
    return f"{name.partition('.')[0]}-{int(side)}.webp"


def names_of_originals(name: str) -> list[str]:
    """The names of which one has to be stored for a file of this name to be: its own, or that of its original."""
    found = _VARIANT.fullmatch(name)
    return [f"{found[1]}.{suffix}" for suffix in _SUFFIXES] if found else [name]


async def put_variants(scope: Scope, name: str, copies: Mapping[int, bytes]) -> None:
    """Keep the copies of an avatar. Raises Unavailable."""
    for side, content in copies.items():
        await scope.services.storage.put(ImageFolder.AVATAR, variant_name(name, side), content)


async def remember_variants(scope: Scope, upload_id: int, copies: Mapping[int, bytes]) -> None:
    """Add the rows of the copies that were kept, in the operation's transaction."""
    if not copies:
        return
    times = {"created_at": scope.now, "updated_at": scope.now}
    rows = [{"upload_id": upload_id, "side": side, "bytes": len(copy), **times} for side, copy in copies.items()]
    await scope.transaction.execute_many(_SAVE, rows)


async def variant(scope: Scope, name: str) -> bytes | None:
    """The content of a copy of an avatar, which is made if it is missing; None where there is no such avatar."""
    found = _VARIANT.fullmatch(name)
    if found is None:
        return None
    rows = await scope.fetch(_ORIGINAL, {"names": names_of_originals(name)})
    if not rows:
        return None
    content = await scope.services.storage.get(ImageFolder.AVATAR, name)
    return content if content is not None else await _made(scope, rows[0], name, int(found[2]))


async def _made(scope: Scope, row: Row[Any], name: str, side: int) -> bytes | None:
    services = scope.services
    content = await services.storage.get(ImageFolder.AVATAR, row.name)
    if content is None:
        return None
    try:
        copy = await services.images.shrink(content, side)
    except InvalidInput:
        return None
    # Who asked is shown the picture also where there is no room for it; then it is made again.
    with contextlib.suppress(Unavailable):
        await services.storage.put(ImageFolder.AVATAR, name, copy)
        values = {"upload_id": row.id, "side": side, "bytes": len(copy)}
        with contextlib.suppress(IntegrityError):  # deleted meanwhile: the copy is an orphan
            async with services.database.transaction() as transaction:
                await transaction.execute(_SAVE, {**values, "created_at": scope.now, "updated_at": scope.now})
    return copy


async def remove(storage: Storage, folder: str, name: str) -> None:
    """Keep a file no more, with its copies. Raises Unavailable."""
    if folder == ImageFolder.AVATAR:
        for size in AvatarSize:
            await storage.remove(folder, variant_name(name, size))
    await storage.remove(folder, name)


async def measure_old(services: Services, after: int) -> int:
    """Measure some files of older releases, whose ids are larger; the last id looked at, or 0 at the end."""
    rows = await services.database.fetch(_UNMEASURED, {"after": after})
    for row in rows:
        content = await services.storage.get(row.folder, row.name)
        if content is None:
            continue
        try:
            width, height = await services.images.measure(content)
        except InvalidInput:
            continue
        values = {"of_upload": row.id, "new_bytes": len(content), "new_width": width, "new_height": height}
        async with services.database.transaction() as transaction:
            await transaction.execute(_MEASURED, values)
    return int(rows[-1].id) if len(rows) == MAX_MEASURED else 0
