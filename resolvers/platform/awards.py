"""Awards: prizes that developers claim and reviewers certify."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from auth.permissions import Permission
from auth.policies import owner
from models.errors import InvalidInput, LimitReached, NotFound
from models.language import Message
from models.platform.certification import Award, AwardPicture, Certification, CertificationKind, RealName
from models.reference import DictionaryKind
from models.statements import table_of
from models.trash import DeletedKind
from models.uploads import ImageFolder, Upload
from resolvers import checks, dictionaries, uploads
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.platform import reviews
from resolvers.platform.developers import lock_viewer
from resolvers.scope import Scope
from resolvers.talent import tasks
from resolvers.targets import Targets
from resolvers.trash import items
from resolvers.trash.kinds import Kind, Values

MAX_AWARDS = 50
"""The awards that a developer may claim."""
MAX_PICTURES = 9
"""The pictures that may prove an award."""
_TOO_MANY = Message("A developer may claim at most {maximum} awards.")
UPDATE = Permission(owner)
DELETE = Permission(owner)

_awards = table_of(Award)
_pictures = table_of(AwardPicture)
_certifications = table_of(Certification)
_uploads = table_of(Upload)

by_id = by_key(select(_awards), _awards.c.id)
of_users = lists_by_foreign_key(select(_awards), _awards.c.user_id, _awards.c.id)
of_certifications = by_key(select(_awards), _awards.c.certification_id)
pictures_of_awards = lists_by_foreign_key(
    select(_pictures.c.award_id, _uploads).select_from(
        _pictures.join(_uploads, _uploads.c.id == _pictures.c.upload_id)
    ),
    _pictures.c.award_id,
    _pictures.c.id,
)

_COUNT = select(func.count()).where(_awards.c.user_id == bindparam("of_user"))
_ONE = select(_awards).where(_awards.c.id == bindparam("of_award"))
_TITLE = select(_awards.c.competition).where(_awards.c.certification_id == bindparam("of_certification"))
# Its review, as decisions hold it, and what the award is called.
_held = Targets(
    select(_certifications, _awards.c.competition).select_from(
        _certifications.join(_awards, _awards.c.certification_id == _certifications.c.id)
    ),
    _awards.c.id,
)
_ADD = insert(_awards).returning(_awards)
_CHANGE = (
    update(_awards)
    .where(_awards.c.id == bindparam("of_award"))
    .values(competition=bindparam("new_competition"), level_id=bindparam("new_level"), updated_at=bindparam("now"))
    .returning(_awards)
)
_CLEAR_PICTURES = delete(_pictures).where(_pictures.c.award_id == bindparam("of_award"))
_ADD_PICTURES = insert(_pictures)


async def submit(
    scope: Scope, *, award_id: int | None, competition: str, level: int, pictures: Sequence[str]
) -> Row[Any]:
    """Put an award of the caller into review: a new one, or a new revision of the one named.

    Raises InvalidInput, NotFound for an award or picture that is not the caller's, or LimitReached.
    """
    competition = checks.text(competition, "competition", max_length=255)
    if not 1 <= len(pictures) <= MAX_PICTURES:
        raise InvalidInput("{field} must hold between 1 and {maximum} images.", field="pictures", maximum=MAX_PICTURES)
    user_id = await lock_viewer(scope)
    present = await _present(scope, user_id, award_id)
    level_id = await dictionaries.choose_one(
        scope, DictionaryKind.AWARD_LEVEL, level, "level", held=present.level_id if present else None
    )
    upload_ids = await uploads.own_images(scope, ImageFolder.AWARD_PICTURE, pictures, "pictures")
    certification_id = await reviews.submit(
        scope, kind=CertificationKind.AWARD, certification_id=present.certification_id if present else None
    )
    times = {"created_at": scope.now, "updated_at": scope.now}
    if present is None:
        claim = {"competition": competition, "level_id": level_id, "certification_id": certification_id}
        row = (await scope.transaction.fetch(_ADD, {"user_id": user_id, **claim, **times}))[0]
    else:
        changes = {"of_award": award_id, "new_competition": competition, "new_level": level_id, "now": scope.now}
        row = (await scope.transaction.fetch(_CHANGE, changes))[0]
        await scope.transaction.execute(_CLEAR_PICTURES, {"of_award": row.id})
    proofs = [{"award_id": row.id, "upload_id": upload_id, **times} for upload_id in upload_ids]
    await scope.transaction.execute_many(_ADD_PICTURES, proofs)
    return row


async def _present(scope: Scope, user_id: int, award_id: int | None) -> Row[Any] | None:
    if award_id is None:
        if await scope.transaction.fetch_value(_COUNT, {"of_user": user_id}) >= MAX_AWARDS:
            raise LimitReached(_TOO_MANY, maximum=MAX_AWARDS)
        return None
    row = await scope.transaction.fetch_one(_ONE, {"of_award": award_id})
    if row is None:
        raise NotFound(field="award_id")
    UPDATE.check(scope.principal, row, field="award_id")
    return row


async def withdraw(scope: Scope, *, certification_id: int) -> Row[Any] | None:
    """Take back a claim of the caller that is not certified, with what it says; audited.

    The deleted item. A name has none: its number is encrypted, and free for others from now on. Raises NotFound or
    MoveNotAllowed.
    """
    await lock_viewer(scope)
    claim = await reviews.hold(scope, certification_id)
    title = await scope.transaction.fetch_value(_TITLE, {"of_certification": certification_id})
    return await _removed(scope, claim, "withdraw_certification", title)


async def remove(scope: Scope, *, award_id: int) -> Row[Any] | None:
    """Take away an award of the caller, certified or not, with its review and pictures; audited.

    The deleted item. Raises NotFound.
    """
    await lock_viewer(scope)
    award = await _held.hold(scope, award_id, DELETE, field="award_id")
    return await _removed(scope, award, "delete_award", award.competition)


async def _removed(scope: Scope, held: Row[Any], action: str, title: str | None) -> Row[Any] | None:
    item = None if title is None else await items.put_away(scope, AWARDS, held.id, owner_id=held.user_id, title=title)
    await reviews.remove(scope, held, action=action)
    return item


async def _restored(scope: Scope, row: Values) -> None:
    await lock_viewer(scope)
    if await scope.transaction.fetch_value(_COUNT, {"of_user": row["user_id"]}) > MAX_AWARDS:
        raise LimitReached(_TOO_MANY, maximum=MAX_AWARDS)
    await tasks.resume_of_user_changed(scope, row["user_id"])


AWARDS = Kind(DeletedKind.CERTIFICATION, Certification, "Certification", never=(RealName,), restored=_restored)
"""A name is never put away."""
