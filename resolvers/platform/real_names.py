"""Real-name certification. Id numbers are encrypted, unique to one person, and masked for most readers."""

from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import IntegrityError

from models.errors import IdNumberTaken, NotFound
from models.platform.certification import CertificationKind, RealName
from models.reference import DictionaryEntry, DictionaryKind
from models.statements import table_of, upsert
from models.uploads import ImageFolder, Upload
from resolvers import audit, checks, dictionaries, uploads
from resolvers.attendance import SHANGHAI
from resolvers.encrypted import EncryptedColumn
from resolvers.loaders import by_key
from resolvers.platform import id_numbers, reviews
from resolvers.platform.developers import lock_viewer
from resolvers.scope import Scope

_real_names = table_of(RealName)
_uploads = table_of(Upload)
_types = table_of(DictionaryEntry)

_query = select(_real_names, _uploads.c.name.label("picture_name"), _types.c.number.label("type_number")).select_from(
    _real_names.join(_uploads, _uploads.c.id == _real_names.c.upload_id).join(
        _types, _types.c.id == _real_names.c.certificate_type_id
    )
)

by_id = by_key(_query, _real_names.c.id)
of_users = by_key(_query, _real_names.c.user_id)
of_certifications = by_key(_query, _real_names.c.certification_id)

_OF_USER = _query.where(_real_names.c.user_id == bindparam("of_user"))
_SAVE = upsert(RealName, unique=["user_id"])
# No key update, so that rows which refer to the entry are not in the way.
_HOLD_TYPE = select(_types.c.id).where(_types.c.id == bindparam("of_type")).with_for_update(key_share=True)
_CLAIMED_WITH_OTHER_KEYS = select(_real_names.c.id).where(
    _real_names.c.user_id != bindparam("of_user"), _real_names.c.claimed_number.in_(bindparam("hashes", expanding=True))
)


async def submit(scope: Scope, *, actual_name: str, certificate_type: int, id_number: str, picture: str) -> Row[Any]:
    """Put the caller's name and document into review.

    Raises InvalidInput, NotFound for a picture that is not the caller's, or IdNumberTaken while somebody
    else's claim to the number is in review or approved.
    """
    actual_name = checks.text(actual_name, "actual_name", max_length=64)
    number = id_numbers.checked(certificate_type, id_number, today=scope.now.astimezone(SHANGHAI).date())
    user_id = await lock_viewer(scope)
    present = await scope.transaction.fetch_one(_OF_USER, {"of_user": user_id})
    type_id = await dictionaries.choose_one(
        scope,
        DictionaryKind.CERTIFICATE_TYPE,
        certificate_type,
        "certificate_type",
        held=present.certificate_type_id if present else None,
    )
    claims = scope.services.encryption.lookups(f"{certificate_type}:{number}")
    values = {
        "user_id": user_id,
        "actual_name": actual_name,
        "certificate_type_id": type_id,
        "encrypted_number": scope.services.encryption.encrypt(number, context=context_of(user_id)),
        "claimed_number": claims[0],
        "upload_id": await uploads.own_image(scope, ImageFolder.LICENSED_PHOTO, picture, "picture"),
        "certification_id": await reviews.submit(
            scope,
            kind=CertificationKind.REAL_NAME,
            certification_id=present.certification_id if present else None,
        ),
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    try:
        await scope.transaction.execute(_SAVE, values)
    except IntegrityError:  # of the constraints, only the one on the claimed number can be in the way
        raise IdNumberTaken(field="id_number") from None
    if len(claims) > 1 and await _is_claimed_with_other_keys(scope, type_id, claims[1:]):
        raise IdNumberTaken(field="id_number")
    return await _load(scope, user_id)


async def reveal(scope: Scope, *, user_id: int) -> str:
    """Somebody's id number, for a reviewer; audited. Raises NotFound."""
    row = await _load(scope, user_id)
    await audit.record(scope, action="reveal_id_number", subject_type="User", subject_id=user_id)
    return _number(scope, row)


def shown_number(scope: Scope, row: Any) -> str:
    """The id number as the caller sees it: their own in full, others' masked."""
    number = _number(scope, row)
    return number if row.user_id == scope.principal.user_id else id_numbers.masked(number)


def has_right_check_digit(scope: Scope, row: Any) -> bool | None:
    """Whether the check digit is right; None for documents without one."""
    return id_numbers.has_right_check_digit(row.type_number, _number(scope, row))


async def _is_claimed_with_other_keys(scope: Scope, type_id: int, hashes: list[str]) -> bool:
    """Whether somebody claimed the number before the key was replaced, or does now at a server that has another first
    key. The constraint compares hashes of one key only; so while there are several, submissions wait for each other.
    """
    await scope.transaction.fetch(_HOLD_TYPE, {"of_type": type_id})
    claimed = {"of_user": scope.viewer_id, "hashes": hashes}
    return await scope.transaction.fetch_one(_CLAIMED_WITH_OTHER_KEYS, claimed) is not None


async def _load(scope: Scope, user_id: int) -> Row[Any]:
    row = await scope.transaction.fetch_one(_OF_USER, {"of_user": user_id})
    if row is None:
        raise NotFound(field="user_id")
    return row


def _number(scope: Scope, row: Any) -> str:
    return scope.services.encryption.decrypt(row.encrypted_number, context=context_of(row.user_id))


def context_of(user_id: int) -> str:
    """What a user's number is encrypted for."""
    return f"real_names.encrypted_number of user {user_id}"


ENCRYPTED = EncryptedColumn(
    _real_names,
    "encrypted_number",
    "claimed_number",
    select(
        _real_names.c.id,
        _real_names.c.user_id,
        _real_names.c.encrypted_number.label("encrypted"),
        _real_names.c.claimed_number.label("found_by"),
        _types.c.number.label("type_number"),
    ).select_from(_real_names.join(_types, _types.c.id == _real_names.c.certificate_type_id)),
    context_of,
    lambda row, number: f"{row.type_number}:{number}",
)
