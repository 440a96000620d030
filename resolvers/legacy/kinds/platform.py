"""The developer platform: developers, their education, occupation and awards, and the ledger of credits.

Real names are not moved in: their pictures are in no dump, and a name without its proof is none.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from models.identity import CredentialKind, User
from models.platform.certification import (
    Award,
    Certification,
    CertificationKind,
    Education,
    Occupation,
    ReviewStatus,
)
from models.platform.credits import CreditAccount, CreditBalance, CreditEntry
from models.platform.profile import DeveloperProfile
from models.reference import DictionaryEntry, DictionaryKind
from models.statements import insert_new, table_of, upsert
from resolvers.identity.identifiers import checked_address, checked_username
from resolvers.identity.registration import NAME
from resolvers.legacy import ids, people, values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.kind import Kind
from resolvers.legacy.people import Identifier, Person
from resolvers.legacy.values import Refused
from resolvers.platform.backgrounds import MAX_EXPERIENCE
from resolvers.platform.credits import MAX_BALANCE, MAX_CHANGE

_users, _entries, _awards = table_of(User), table_of(CreditEntry), table_of(Award)
_certifications, _balances = table_of(Certification), table_of(CreditBalance)
_educations, _occupations = table_of(Education), table_of(Occupation)
_dictionary = table_of(DictionaryEntry)
_ADD_PROFILE = insert_new(DeveloperProfile, unique=["user_id"])
_CHOICES = select(_dictionary.c.id, _dictionary.c.number, _dictionary.c.name).where(
    _dictionary.c.kind == bindparam("of_kind")
)
_BALANCES = (
    select(_balances.c.user_id, _balances.c.account, _balances.c.balance)
    .where(_balances.c.user_id.in_(bindparam("keys", expanding=True)))
    .with_for_update()
)
_SET_BALANCE = upsert(CreditBalance, unique=["user_id", "account"])
_OF_USER = {"user": _users}
_TIMES = frozenset({"created_at", "updated_at"})


async def move_developers(batch: Batch) -> None:
    """Developers, with their profiles."""
    rows = batch.converted(lambda row: _developer(batch, row))
    await people.move(batch, rows)
    profiles = [
        {
            "user_id": row.new_id,
            "avatar_path": "",
            "province": values.text(row.fields.get("province"), "province", max_length=64),
            "city": values.text(row.fields.get("city"), "city", max_length=64),
            "county": "",
            "is_overseas": False,
            **batch.times(row),
        }
        for row, _person in rows
        if row.new_id is not None
    ]
    if profiles:
        await batch.scope.transaction.execute_many(_ADD_PROFILE, profiles)


def _developer(batch: Batch, row: Row) -> Person:
    fields = row.fields
    identifiers: list[Identifier] = []
    if fields.get("username"):
        username = checked_username(values.text(fields["username"], "username", max_length=255))
        identifiers.append((CredentialKind.USERNAME, username))
    for field, kind in (("mobile", CredentialKind.MOBILE), ("email", CredentialKind.EMAIL)):
        if fields.get(field):
            address = values.text(fields[field], field, max_length=255)
            identifiers.append((kind, checked_address(kind, address, field=field)))
    if not identifiers:
        raise Refused("The developer has neither a user name nor a mobile number nor an e-mail address.")
    for field in ("province", "city"):  # which the profile has
        values.text(fields.get(field), field, max_length=64)
    return Person(
        name=values.text(fields.get("name"), "name", max_length=64) or NAME,
        identifiers=identifiers,
        **people.password(fields.get("password"), None),
        **batch.times(row),
    )


async def move_educations(batch: Batch) -> None:
    """Where developers studied; one a developer."""
    choices = await _choices(batch, DictionaryKind.EDUCATION)

    def education(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "user_id": _owner(batch, row),
            "institution": values.text(fields["institution"], "institution", max_length=255, required=True),
            "level_id": _choice(choices, fields.get("level"), "level"),
            "project_experience": values.text(fields.get("experience"), "experience", max_length=MAX_EXPERIENCE),
            **batch.times(row),
        }

    await batch.move(_educations, education, otherwise="The developer has an education already.")


async def move_occupations(batch: Batch) -> None:
    """Where developers work; one a developer."""
    choices = await _choices(batch, DictionaryKind.POSITION)

    def occupation(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "user_id": _owner(batch, row),
            "organization": values.text(fields["organization"], "organization", max_length=255, required=True),
            "position_id": _choice(choices, fields.get("position"), "position"),
            "project_experience": values.text(fields.get("experience"), "experience", max_length=MAX_EXPERIENCE),
            **batch.times(row),
        }

    await batch.move(_occupations, occupation, otherwise="The developer has an occupation already.")


async def move_awards(batch: Batch) -> None:
    """Awards with where their review stands; their pictures are in no dump."""
    choices = await _choices(batch, DictionaryKind.AWARD_LEVEL)

    def award(row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
        fields, times = row.fields, batch.times(row)
        status = fields.get("status") or ReviewStatus.PENDING
        if status not in tuple(ReviewStatus):
            raise Refused(f"status {status} is unknown.")
        owner = _owner(batch, row)
        claim = {
            "user_id": owner,
            "kind": CertificationKind.AWARD,
            "status": status,
            "revision": 1,
            "submitted_at": times["created_at"],
            "message": values.text(fields.get("message"), "message", max_length=255),
            "reviewer_id": None,
            "reviewed_at": None if status == ReviewStatus.PENDING else times["updated_at"],
            **times,
        }
        competition = values.text(fields["competition"], "competition", max_length=255, required=True)
        level_id = _choice(choices, fields.get("level"), "level")
        return claim, {"user_id": owner, "competition": competition, "level_id": level_id, **times}

    rows = batch.converted(award)
    claims = [Row(row.number, "", {}) for row, _values in rows]
    await ids.assign(batch.scope, _certifications, claims, floor=batch.floor)
    await batch.assign([row for row, _values in rows], _awards)
    pairs = list(zip(claims, rows, strict=True))
    await batch.add(_certifications, [{"id": claim.new_id, **found[0]} for claim, (_row, found) in pairs])
    await batch.add(
        _awards, [{"id": row.new_id, "certification_id": claim.new_id, **found[1]} for claim, (row, found) in pairs]
    )


async def move_credits(batch: Batch) -> None:
    """Changes of credits, in their order: they make the balances."""
    rows = batch.converted(lambda row: _change(batch, row))
    held: dict[tuple[int, str], int] = {}
    owners = list({change["user_id"] for _row, change in rows})
    for start in range(0, len(owners), ids.AT_ONCE):
        part = {"keys": owners[start : start + ids.AT_ONCE]}
        for each in await batch.scope.transaction.fetch(_BALANCES, part):
            held[each.user_id, each.account] = each.balance
    changed: dict[tuple[int, str], int] = {}
    accepted: list[tuple[Row, dict[str, Any]]] = []
    for row, change in rows:
        account = change["user_id"], change["account"]
        balance = changed.get(account, held.get(account, 0)) + change["change"]
        if not 0 <= balance <= MAX_BALANCE:
            batch.refuse(row, f"The balance would be {balance}.")
            continue
        changed[account] = change["balance_after"] = balance
        accepted.append((row, change))
    await batch.assign([row for row, _change in accepted], _entries)
    await batch.add(_entries, [{"id": row.new_id, **change} for row, change in accepted])
    if changed:
        times = {"created_at": batch.now, "updated_at": batch.now}
        await batch.scope.transaction.execute_many(
            _SET_BALANCE,
            [
                {"user_id": user, "account": name, "balance": balance, **times}
                for (user, name), balance in sorted(changed.items())
            ],
        )


def _change(batch: Batch, row: Row) -> dict[str, Any]:
    fields = row.fields
    account = fields.get("account") or CreditAccount.GENERAL
    if account not in tuple(CreditAccount):
        raise Refused(f"account {account} is unknown.")
    amount = values.whole(fields["change"], "change", minimum=-MAX_CHANGE, maximum=MAX_CHANGE)
    if amount == 0:
        raise Refused("change is 0.")
    return {
        "user_id": _owner(batch, row),
        "account": account,
        "change": amount if _is_gain(fields) else -abs(amount),
        "balance_after": 0,
        "message": values.text(fields.get("message"), "message", max_length=255),
        "rule": None,
        "key": f"{batch.source}:{row.old_id}",
        **batch.times(row),
    }


def _is_gain(fields: Mapping[str, Any]) -> bool:
    """Whether credits were gained, where a flag says so; else the sign does."""
    return fields.get("is_gain") is None or values.truth(fields["is_gain"])


def _signed(fields: Mapping[str, Any]) -> float:
    amount = values.amount(fields.get("change"))
    return amount if _is_gain(fields) else -abs(amount)


def _owner(batch: Batch, row: Row) -> int:
    return batch.reference(_users, row.fields["user"], "The developer")


async def _choices(batch: Batch, kind: DictionaryKind) -> Mapping[str, int]:
    """The entries of a list, by their numbers and by their names."""
    rows = await batch.scope.fetch(_CHOICES, {"of_kind": kind})
    return {**{row.name: row.id for row in rows}, **{str(row.number): row.id for row in rows}}


def _choice(choices: Mapping[str, int], value: Any, field: str) -> int:
    found = choices.get(str(value).strip())
    if found is None:
        raise Refused(f"{field}: {str(value)[:40]} is not in the list.")
    return found


KINDS = (
    Kind(
        "developers",
        _users,
        frozenset({"id"}),
        _TIMES | {"username", "mobile", "email", "password", "name", "province", "city"},
        move_developers,
    ),
    Kind(
        "educations",
        _educations,
        frozenset({"id", "user", "institution", "level"}),
        _TIMES | {"experience"},
        move_educations,
        _OF_USER,
    ),
    Kind(
        "occupations",
        _occupations,
        frozenset({"id", "user", "organization", "position"}),
        _TIMES | {"experience"},
        move_occupations,
        _OF_USER,
    ),
    Kind(
        "awards",
        _awards,
        frozenset({"id", "user", "competition", "level"}),
        _TIMES | {"status", "message"},
        move_awards,
        _OF_USER,
    ),
    Kind(
        "credits",
        _entries,
        frozenset({"id", "user", "change"}),
        _TIMES | {"is_gain", "account", "message"},
        move_credits,
        _OF_USER,
        (_signed, "change"),
    ),
)
