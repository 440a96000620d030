"""Uploaded images: storage, references from inputs, and visibility."""

import contextlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update

from auth.rate_limits import Limit
from models.errors import InvalidInput, NotFound, Unavailable
from models.statements import table_of
from models.uploads import AvatarSize, ImageFolder, Upload
from resolvers import files
from resolvers.loaders import by_key
from resolvers.scope import Scope

PUBLIC_FOLDERS = {ImageFolder.AVATAR}
OPEN_FOLDERS = {ImageFolder.ID_CARD}
"""Where people who are not signed in may upload: whoever names such an image in a form makes it theirs."""
MAX_NAME = 255
MAX_FORGOTTEN = 100
"""The images that one transaction forgets."""

_uploads = table_of(Upload)

by_id = by_key(select(_uploads), _uploads.c.id)

_PATH = re.compile(r"/storage/(?P<folder>[a-z-]+)/(?P<name>[0-9a-f]{32}\.(?:jpg|png|webp))", re.ASCII)
_ORIGIN = re.compile(r"^https?://[^/?#]*")
_ADD = insert(_uploads).returning(_uploads)
_STORED = select(_uploads).where(_uploads.c.folder == bindparam("folder"), _uploads.c.name == bindparam("name"))
_OWN = select(_uploads.c.id, _uploads.c.name).where(
    _uploads.c.user_id == bindparam("owner_id"),
    _uploads.c.folder == bindparam("folder"),
    _uploads.c.name.in_(bindparam("names", expanding=True)),
)
_CLAIM = (
    update(_uploads)
    .where(
        _uploads.c.folder == bindparam("of_folder"),
        _uploads.c.name == bindparam("of_name"),
        or_(_uploads.c.user_id == bindparam("owner_id"), _uploads.c.user_id.is_(None)),
    )
    .values(user_id=bindparam("owner_id"), updated_at=bindparam("now"))
    .returning(_uploads.c.id)
)
_unclaimed = (_uploads.c.user_id.is_(None), _uploads.c.created_at < bindparam("uploaded_before"))
_FORGET = (
    delete(_uploads)
    .where(*_unclaimed, _uploads.c.id.in_(select(_uploads.c.id).where(*_unclaimed).limit(MAX_FORGOTTEN)))
    .returning(_uploads.c.folder, _uploads.c.name)
)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file to be sent."""

    content: bytes
    media_type: str
    is_public: bool


async def upload_image(scope: Scope, *, folder: ImageFolder, original_name: str, content: bytes) -> Row[Any]:
    """Store an image of the caller, encoded anew under a random name. Raises InvalidInput for anything else.

    Images are kept, so that everybody stores a bounded number: 100 a day, and who is not signed in 20 an hour and in
    some folders only. Raises TooManyRequests and Unauthenticated.
    """
    owner_id = scope.principal.user_id
    if owner_id is None:
        if folder not in OPEN_FOLDERS:
            raise scope.principal.refusal()
        await scope.services.limits.hit(Limit.ANONYMOUS_UPLOAD_PER_CLIENT, scope.network)
    else:
        await scope.services.limits.hit(Limit.UPLOAD_PER_USER, str(owner_id))
    sides = tuple(AvatarSize) if folder is ImageFolder.AVATAR else ()
    image = await scope.services.images.encode(content, sides)
    name = f"{secrets.token_hex(16)}.{image.suffix}"
    await scope.services.storage.put(folder, name, image.content)
    await files.put_variants(scope, name, image.smaller)
    values = {
        "user_id": owner_id,
        "folder": folder,
        "name": name,
        "original_name": harmless_name(original_name) or name,
        "media_type": image.media_type,
        "kilobytes": -(-len(image.content) // 1024),
        "bytes": len(image.content),
        "width": image.width,
        "height": image.height,
        "client": scope.client,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    row = (await scope.transaction.fetch(_ADD, values))[0]
    await files.remember_variants(scope, row.id, image.smaller)
    return row


def harmless_name(name: str) -> str:
    """The last part of a file name, without what cannot be printed, at most 255 characters with its ending kept."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(character for character in last if character.isprintable()).strip(" .")
    stem, dot, suffix = printable.rpartition(".")
    return f"{stem[: MAX_NAME - len(suffix) - 1]}.{suffix}" if dot and len(suffix) < 10 else printable[:MAX_NAME]


def path_of(folder: ImageFolder, name: str) -> str:
    """The path of a stored image, without a signature."""
    return f"/storage/{folder}/{name}"


def shown_path(scope: Scope, folder: ImageFolder, name: str) -> str:
    """The path that a reply shows: signed for an hour where the image is private."""
    path = path_of(folder, name)
    return path if folder in PUBLIC_FOLDERS else scope.services.paths.sign(path, now=scope.now)


async def own_images(scope: Scope, folder: ImageFolder, paths: Sequence[str], field: str) -> list[int]:
    """The row ids of the caller's images that a form names in `field`, in the order sent.

    A path may carry its signature. Raises InvalidInput for one that is repeated, NotFound for one that is
    not an image of the caller in this folder.
    """
    names = [_name_in(folder, path, field) for path in paths]
    if len(set(names)) < len(names):
        raise InvalidInput("{field} must not repeat an image.", field=field)
    parameters = {"owner_id": scope.viewer_id, "folder": folder, "names": names}
    found = {row.name: row.id for row in await scope.transaction.fetch(_OWN, parameters)}
    if len(found) < len(names):
        raise _not_there(field)
    return [found[name] for name in names]


async def own_image(scope: Scope, folder: ImageFolder, path: str, field: str) -> int:
    """`own_images`, for a form field that takes one image."""
    return (await own_images(scope, folder, [path], field))[0]


async def claimed_image(scope: Scope, folder: ImageFolder, path: str, field: str) -> int:
    """The row id of an image that a form names in `field`: the caller's, or one that was uploaded for nobody
    and is the caller's from now on. Raises NotFound for any other.
    """
    parameters = {"of_folder": folder, "of_name": _name_in(folder, path, field), "owner_id": scope.viewer_id}
    claimed: int | None = await scope.transaction.fetch_value(_CLAIM, {**parameters, "now": scope.now})
    if claimed is None:
        raise _not_there(field)
    return claimed


async def forget_unclaimed(scope: Scope) -> int:
    """Remove the images that nobody owned in time, with their files; how many.

    The files go once the rows are gone for good; those that the storage does not remove now become orphans.
    """
    parameters = {"uploaded_before": scope.now - scope.services.kept_for("uploads")}
    total = 0
    while True:
        async with scope.services.database.transaction() as transaction:
            forgotten = await transaction.fetch(_FORGET, parameters)
        with contextlib.suppress(Unavailable):
            for row in forgotten:
                await files.remove(scope.services.storage, row.folder, row.name)
        total += len(forgotten)
        if len(forgotten) < MAX_FORGOTTEN:
            return total


def unsigned(path: str) -> str:
    """A path as it was stored, without the host and the signature that replies showed."""
    return _ORIGIN.sub("", path.strip()).partition("?")[0]


async def stored_file(scope: Scope, *, folder: str, name: str, expires: str, signature: str) -> StoredFile | None:
    """The file behind a path, if the caller may have it: everybody an avatar; the rest the owner,
    administrators, and who holds a signature that has not expired.
    """
    if folder == ImageFolder.AVATAR and (copy := await files.variant(scope, name)) is not None:
        return StoredFile(copy, files.MEDIA_TYPE, is_public=True)
    found = _PATH.fullmatch(f"/storage/{folder}/{name}")
    row = await scope.fetch_one(_STORED, {"folder": folder, "name": name}) if found else None
    if row is None or not _may_see(scope, row, expires, signature):
        return None
    content = await scope.services.storage.get(row.folder, row.name)
    return None if content is None else StoredFile(content, row.media_type, row.folder in PUBLIC_FOLDERS)


def _may_see(scope: Scope, row: Row[Any], expires: str, signature: str) -> bool:
    principal = scope.principal
    is_owner = principal.is_signed_in and principal.user_id == row.user_id
    if row.folder in PUBLIC_FOLDERS or is_owner or principal.is_administrator:
        return True
    path = path_of(ImageFolder(row.folder), row.name)
    return scope.services.paths.verify(path, expires=expires, signature=signature, now=scope.now)


def _name_in(folder: ImageFolder, path: str, field: str) -> str:
    found = _PATH.fullmatch(unsigned(path))
    if found is None or found["folder"] != folder:
        raise _not_there(field)
    return found["name"]


def _not_there(field: str) -> NotFound:
    return NotFound("{field} is not an image that you uploaded for this.", field=field)
