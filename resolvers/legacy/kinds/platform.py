"""The developer platform: developers with their profiles, where they studied and where they work."""

from typing import Any

from models.identity import CredentialKind, User
from models.platform.certification import Education, Occupation, OccupationDomain
from models.platform.profile import DeveloperProfile, DeveloperResearchDirection
from models.reference import DictionaryKind
from models.statements import insert_new, table_of
from models.uploads import ImageFolder
from resolvers.identity.identifiers import checked_address, checked_username
from resolvers.identity.registration import NAME
from resolvers.legacy import choices, people, values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.kind import Kind
from resolvers.legacy.kinds import platform_claims, platform_work
from resolvers.legacy.people import Identifier, Person
from resolvers.legacy.values import Refused
from resolvers.platform.backgrounds import MAX_EXPERIENCE

_users, _educations, _occupations = table_of(User), table_of(Education), table_of(Occupation)
_ADD_PROFILE = insert_new(DeveloperProfile, unique=["user_id"])
_ADD_DIRECTION = insert_new(DeveloperResearchDirection, unique=["user_id", "entry_id"])
_ADD_DOMAIN = insert_new(OccupationDomain, unique=["user_id", "entry_id"])
_OF_USER = {"user": _users}
_TIMES = frozenset({"created_at", "updated_at"})
_PLACES = ("province", "city", "county")


async def move_developers(batch: Batch) -> None:
    """Developers, with their profiles and avatars."""
    directions = await choices.of(batch, DictionaryKind.RESEARCH_DIRECTION)
    rows = batch.converted(lambda row: _developer(batch, row))
    await people.move(batch, rows)
    there = [row for row, _person in rows if row.new_id is not None]
    profiles = [{**_profile(row), "avatar_path": await _avatar(batch, row), **batch.times(row)} for row in there]
    await batch.note(_ADD_PROFILE, profiles)
    chosen = _chosen(batch, there, "research_directions", "research directions", directions)
    await batch.note(_ADD_DIRECTION, chosen)


def _profile(row: Row) -> dict[str, Any]:
    is_overseas = values.truth(row.fields.get("is_overseas"))
    places = {field: values.text(row.fields.get(field), field, max_length=64) for field in _PLACES}
    return {
        "user_id": row.new_id,
        "is_overseas": is_overseas,
        **(dict.fromkeys(_PLACES, "") if is_overseas else places),
    }


async def _avatar(batch: Batch, row: Row) -> str:
    path = row.fields.get("avatar")
    if not path or row.new_id is None:
        return ""
    stored = await batch.picture(row, "avatar", ImageFolder.AVATAR, row.new_id, path)
    return "" if stored is None else stored[1]


def _chosen(
    batch: Batch, rows: list[Row], field: str, part: str, known: choices.Choices, owner: str | None = None
) -> list[dict[str, Any]]:
    """The entries of a list that rows name, by their users; names that are not in it are refused as a part."""
    found = []
    for row in rows:
        try:
            entries = known.some(row.fields.get(field), field)
        except Refused as refused:
            batch.refuse_part(row, part, str(refused))
            continue
        user_id = row.new_id if owner is None else batch.reference(_users, row.fields[owner], "The developer")
        found += [{"user_id": user_id, "entry_id": entry, **batch.times(row)} for entry in entries]
    return found


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
    for field in _PLACES:  # which the profile has
        values.text(fields.get(field), field, max_length=64)
    return Person(
        name=values.text(fields.get("name"), "name", max_length=64) or NAME,
        identifiers=identifiers,
        **people.password(fields.get("password"), None),
        **batch.times(row),
    )


async def move_educations(batch: Batch) -> None:
    """Where developers studied; one a developer."""
    levels = await choices.of(batch, DictionaryKind.EDUCATION)

    def education(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "user_id": _owner(batch, row),
            "institution": values.text(fields["institution"], "institution", max_length=255, required=True),
            "level_id": levels.one(fields.get("level"), "level").id,
            "project_experience": values.text(fields.get("experience"), "experience", max_length=MAX_EXPERIENCE),
            **batch.times(row),
        }

    await batch.move(_educations, education, otherwise="The developer has an education already.")


async def move_occupations(batch: Batch) -> None:
    """Where developers work, and in which domains; one a developer."""
    positions = await choices.of(batch, DictionaryKind.POSITION)
    domains = await choices.of(batch, DictionaryKind.DOMAIN)

    def occupation(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "user_id": _owner(batch, row),
            "organization": values.text(fields["organization"], "organization", max_length=255, required=True),
            "position_id": positions.one(fields.get("position"), "position").id,
            "project_experience": values.text(fields.get("experience"), "experience", max_length=MAX_EXPERIENCE),
            **batch.times(row),
        }

    await batch.move(_occupations, occupation, otherwise="The developer has an occupation already.")
    there = [row for row in batch.rows if row.new_id is not None]
    await batch.note(_ADD_DOMAIN, _chosen(batch, there, "domains", "domains", domains, "user"))


def _owner(batch: Batch, row: Row) -> int:
    return batch.reference(_users, row.fields["user"], "The developer")


KINDS = (
    Kind(
        "developers",
        _users,
        frozenset({"id"}),
        _TIMES
        | {"username", "mobile", "email", "password", "name", "avatar", "is_overseas", "research_directions", *_PLACES},
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
        _TIMES | {"experience", "domains"},
        move_occupations,
        _OF_USER,
    ),
    platform_claims.REAL_NAMES,
    platform_claims.AWARDS,
    platform_work.PROJECTS,
    platform_work.PARTICIPATIONS,
    platform_work.INSTANCES,
    platform_work.CREDITS,
)
