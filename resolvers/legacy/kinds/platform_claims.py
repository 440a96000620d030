"""The developer platform: real names and awards, with where their review stands and the pictures that prove them."""

from typing import Any

from sqlalchemy import bindparam, select

from models.identity import User
from models.platform.certification import (
    Award,
    AwardPicture,
    Certification,
    CertificationKind,
    RealName,
    ReviewStatus,
)
from models.reference import DictionaryKind
from models.statements import table_of
from models.uploads import ImageFolder
from resolvers.legacy import choices, ids, values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.kind import Kind
from resolvers.legacy.values import Refused
from resolvers.platform import id_numbers
from resolvers.platform.awards import MAX_PICTURES
from resolvers.platform.real_names import context_of

_users, _awards, _pictures = table_of(User), table_of(Award), table_of(AwardPicture)
_certifications, _real_names = table_of(Certification), table_of(RealName)
_NAMED = select(_real_names.c.user_id).where(_real_names.c.user_id.in_(bindparam("keys", expanding=True)))
_CLAIMED = select(_real_names.c.claimed_number).where(
    _real_names.c.claimed_number.in_(bindparam("keys", expanding=True))
)
_TIMES = frozenset({"created_at", "updated_at"})
_OF_USER = {"user": _users}


async def move_awards(batch: Batch) -> None:
    """Awards with where their review stands; one whose pictures are missing comes without them."""
    levels = await choices.of(batch, DictionaryKind.AWARD_LEVEL)

    def award(row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
        claim = _claim(batch, row, CertificationKind.AWARD)
        competition = values.text(row.fields["competition"], "competition", max_length=255, required=True)
        level_id = levels.one(row.fields.get("level"), "level").id
        return claim, {"competition": competition, "level_id": level_id}

    rows = batch.converted(award)
    claims = await _add_claims(batch, [(row, claim) for row, (claim, _found) in rows])
    await batch.assign([row for row, _found in rows], _awards)
    await batch.add(
        _awards,
        [
            {
                "id": row.new_id,
                "certification_id": claims[row],
                **found,
                "user_id": claim["user_id"],
                **batch.times(row),
            }
            for row, (claim, found) in rows
        ],
    )
    await batch.add(_pictures, [each for row, (claim, _f) in rows for each in await _proofs(batch, row, claim)])


async def _proofs(batch: Batch, row: Row, claim: dict[str, Any]) -> list[dict[str, Any]]:
    """The pictures of an award that are there."""
    try:
        paths = values.texts(row.fields.get("pictures"), "pictures", 1024)
    except Refused as refused:
        batch.refuse_part(row, "pictures", str(refused))
        return []
    found = []
    for path in paths[:MAX_PICTURES]:
        upload_id = await batch.picture(row, "pictures", ImageFolder.AWARD_PICTURE, claim["user_id"], path)
        if upload_id is not None:
            found.append({"award_id": row.new_id, "upload_id": upload_id[0], **batch.times(row)})
    return found


async def move_real_names(batch: Batch) -> None:
    """Real names with their pictures, without which a name is not proven; numbers are encrypted as here."""
    types = await choices.of(batch, DictionaryKind.CERTIFICATE_TYPE)
    today = batch.now.astimezone(batch.zone).date()

    def real_name(row: Row) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
        fields = row.fields
        claim = _claim(batch, row, CertificationKind.REAL_NAME)
        type_id, type_number = types.one(fields["certificate_type"], "certificate_type")
        plain = values.text(fields["id_number"], "id_number", max_length=64, required=True)
        number = id_numbers.checked(type_number, plain, today=today)
        hashes = batch.scope.services.encryption.lookups(f"{type_number}:{number}")
        is_claimed = claim["status"] != ReviewStatus.REJECTED
        return (
            claim,
            {
                "user_id": claim["user_id"],
                "actual_name": values.text(fields["name"], "name", max_length=64, required=True),
                "certificate_type_id": type_id,
                "encrypted_number": batch.scope.services.encryption.encrypt(
                    number, context=context_of(claim["user_id"])
                ),
                "claimed_number": hashes[0] if is_claimed else None,
            },
            hashes if is_claimed else [],
        )

    rows = batch.converted(real_name)
    named = await _held(batch, _NAMED, [claim["user_id"] for _row, (claim, *_rest) in rows])
    claimed = await _held(batch, _CLAIMED, [each for _row, (*_rest, hashes) in rows for each in hashes])
    accepted = []
    for row, (claim, found, hashes) in rows:
        if claim["user_id"] in named:
            batch.refuse(row, "The developer has a real name already.")
        elif claimed.intersection(hashes):
            batch.refuse(row, "Somebody else has this number.")
        else:
            path = row.fields["picture"]
            try:
                stored = await batch.pictures.store(batch.scope, ImageFolder.LICENSED_PHOTO, claim["user_id"], path)
            except Refused as refused:
                batch.refuse(row, str(refused))
                continue
            named.add(claim["user_id"])
            claimed.update(hashes)
            accepted.append((row, claim, {**found, "upload_id": stored[0], **batch.times(row)}))
    claims = await _add_claims(batch, [(row, claim) for row, claim, _found in accepted])
    await batch.assign([row for row, _claim, _found in accepted], _real_names)
    await batch.add(
        _real_names,
        [{"id": row.new_id, "certification_id": claims[row], **found} for row, _claim, found in accepted],
    )


async def _held(batch: Batch, statement: Any, keys: list[Any]) -> set[Any]:
    """Those of the keys that real names have."""
    found: set[Any] = set()
    for start in range(0, len(keys), ids.AT_ONCE):
        rows = await batch.scope.transaction.fetch(statement, {"keys": keys[start : start + ids.AT_ONCE]})
        found.update(row[0] for row in rows)
    return found


def _claim(batch: Batch, row: Row, kind: CertificationKind) -> dict[str, Any]:
    """What is reviewed of a row, and where that stands."""
    fields, times = row.fields, batch.times(row)
    status = fields.get("status") or ReviewStatus.PENDING
    if status not in tuple(ReviewStatus):
        raise Refused(f"status {status} is unknown.")
    return {
        "user_id": batch.reference(_users, fields["user"], "The developer"),
        "kind": kind,
        "status": status,
        "revision": 1,
        "submitted_at": times["created_at"],
        "message": values.text(fields.get("message"), "message", max_length=255),
        "reviewer_id": None,
        "reviewed_at": None if status == ReviewStatus.PENDING else times["updated_at"],
        **times,
    }


async def _add_claims(batch: Batch, rows: list[tuple[Row, dict[str, Any]]]) -> dict[Row, int | None]:
    """Add what is reviewed; the ids of the claims by their rows."""
    claims = [Row(row.number, "", {}) for row, _claim in rows]
    await ids.assign(batch.scope, _certifications, claims, floor=batch.floor)
    pairs = list(zip(claims, rows, strict=True))
    await batch.add(_certifications, [{"id": claim.new_id, **found} for claim, (_row, found) in pairs])
    return {row: claim.new_id for claim, (row, _found) in pairs}


REAL_NAMES = Kind(
    "real_names",
    _real_names,
    frozenset({"id", "user", "name", "certificate_type", "id_number", "picture"}),
    _TIMES | {"status", "message"},
    move_real_names,
    _OF_USER,
)
AWARDS = Kind(
    "awards",
    _awards,
    frozenset({"id", "user", "competition", "level"}),
    _TIMES | {"status", "message", "pictures"},
    move_awards,
    _OF_USER,
)
