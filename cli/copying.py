"""`copy-uploads`."""

import asyncio
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select

from auth.configured_storage import local_folder
from auth.storage import Storage
from cli.running import MISUSED, err, fail, out, print_json, run, settings
from models.statements import table_of
from models.uploads import ImageFolder, Upload
from resolvers.scope import Services

AT_ONCE = 8
PAGE = 500
MAX_SHOWN = 20

_uploads = table_of(Upload)
_NEXT = (
    select(_uploads.c.id, _uploads.c.folder, _uploads.c.name)
    .where(_uploads.c.folder == bindparam("folder"), _uploads.c.id > bindparam("after"))
    .order_by(_uploads.c.id)
    .limit(PAGE)
)


@dataclass(slots=True)
class Copied:
    """What became of the uploads that the database names."""

    copied: int = 0
    present: int = 0
    missing: list[str] = field(default_factory=list)


def copy_uploads(*, as_json: bool) -> None:
    """Copy what the store lacks; the exit code is 1 if files are missing on both sides."""
    configured = settings()
    if not configured.storage_url:
        raise fail(
            "uploads are kept in DATA_DIR: set STORAGE_URL to the store that they are to be copied to.", status=MISUSED
        )
    source = local_folder(configured)
    done = run(configured, lambda services: _copy(services, source))
    if as_json:
        print_json({"copied": done.copied, "present": done.present, "missing": done.missing})
    else:
        out.print(f"Copied {done.copied} files; {done.present} were in the store already.")
    for path in done.missing[:MAX_SHOWN]:
        err.print(f"{path} is neither in DATA_DIR nor in the store.", markup=False)
    if done.missing:
        raise fail(f"{len(done.missing)} files are missing.")


async def _copy(services: Services, source: Storage) -> Copied:
    done = Copied()
    for folder in ImageFolder:
        kept = {file.name for file in await services.storage.names(folder)}
        after = 0
        while rows := await services.database.fetch(_NEXT, {"folder": folder, "after": after}):
            after = rows[-1].id
            lacking = [row.name for row in rows if row.name not in kept]
            done.present += len(rows) - len(lacking)
            for first in range(0, len(lacking), AT_ONCE):
                names = lacking[first : first + AT_ONCE]
                await asyncio.gather(*(_copy_one(services.storage, source, folder, name, done) for name in names))
    return done


async def _copy_one(storage: Storage, source: Storage, folder: str, name: str, done: Copied) -> None:
    content = await source.get(folder, name)
    if content is None:
        done.missing.append(f"{folder}/{name}")
        return
    await storage.put(folder, name, content)
    done.copied += 1
