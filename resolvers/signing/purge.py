"""Purging resumes that were deleted so long ago that nobody can restore them, with the pictures of the id cards."""

import contextlib
from typing import Any

from sqlalchemy import bindparam, delete, select

from models.errors import Unavailable
from models.signing.resumes import Resume
from models.statements import table_of
from models.uploads import Upload
from resolvers.scope import Services

AT_ONCE = 100
"""The resumes that one transaction purges."""

_resumes, _uploads = table_of(Resume), table_of(Upload)
_is_over = _resumes.c.deleted_at < bindparam("before")
_PURGE = (
    delete(_resumes)
    .where(_is_over, _resumes.c.id.in_(select(_resumes.c.id).where(_is_over).limit(AT_ONCE)))
    .returning(_resumes.c.id, _resumes.c.id_card_front_id, _resumes.c.id_card_back_id)
)
_FORGET = (
    delete(_uploads)
    .where(_uploads.c.id.in_(bindparam("pictures", expanding=True)))
    .returning(_uploads.c.folder, _uploads.c.name)
)


async def purge_deleted(services: Services) -> int:
    """Delete them for good; how many. Applications stay, without the resume. Several processes may do this at once.

    The files go once the rows are gone for good; those that the storage does not remove now become orphans.
    """
    before = services.clock() - services.kept_for("deleted")
    total = 0
    while True:
        async with services.database.transaction() as transaction:
            purged = await transaction.fetch(_PURGE, {"before": before})
            named = [(row.id_card_front_id, row.id_card_back_id) for row in purged]
            pictures = {picture for sides in named for picture in sides if picture is not None}
            forgotten: Any = await transaction.fetch(_FORGET, {"pictures": sorted(pictures)}) if pictures else ()
        with contextlib.suppress(Unavailable):
            for row in forgotten:
                await services.storage.remove(row.folder, row.name)
        total += len(purged)
        if len(purged) < AT_ONCE:
            return total
