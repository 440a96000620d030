"""Files without a row: of uploads whose transaction failed, and of rows deleted while the storage was away."""

from datetime import timedelta

import structlog
from sqlalchemy import bindparam, select

from models.statements import table_of
from models.uploads import ImageFolder, Upload
from resolvers.files import names_of_originals
from resolvers.scope import Scope

SLICES = 256
"""Names begin with random hexadecimal digits. One sweep looks at those that begin with the same two."""
MINIMUM_AGE = timedelta(days=1)
"""A younger file may be that of an upload whose row is about to be written."""
MAX_SUSPECTS = 20
"""So many files without a row may be more than those with one."""

_uploads = table_of(Upload)
_KNOWN = select(_uploads.c.name).where(
    _uploads.c.folder == bindparam("folder"), _uploads.c.name.in_(bindparam("names", expanding=True))
)
_AT_ONCE = 500

log = structlog.get_logger()


def slice_of(number: int) -> str:
    """What the names begin with that the sweep of this number looks at."""
    return f"{number % SLICES:02x}"


async def remove_orphans(scope: Scope, start: str) -> None:
    """Remove the files whose names begin so and that no row names, unless it looks like another database's storage."""
    for folder in ImageFolder:
        files = await scope.services.storage.names(folder, start)
        known: set[str] = set()
        # A smaller copy of an avatar stays as long as there is the row of one of its possible originals.
        originals = {file.name: names_of_originals(file.name) for file in files}
        names = sorted({name for possible in originals.values() for name in possible})
        for first in range(0, len(names), _AT_ONCE):
            rows = await scope.fetch(_KNOWN, {"folder": folder, "names": names[first : first + _AT_ONCE]})
            known.update(row.name for row in rows)
        settled = scope.now - MINIMUM_AGE
        orphans = [file.name for file in files if known.isdisjoint(originals[file.name]) and file.modified_at < settled]
        if len(orphans) > max(MAX_SUSPECTS, len(known)):
            log.error("files_of_another_database", folder=folder, without_row=len(orphans), with_row=len(known))
            continue
        for name in orphans:
            await scope.services.storage.remove(folder, name)
        if orphans:
            log.info("orphans_removed", folder=folder, number=len(orphans))
