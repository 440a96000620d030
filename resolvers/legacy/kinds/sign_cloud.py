"""The sign cloud: people of its mini-program, companies, handlers, contracts, resumes and sign applications."""

from typing import Any

from sqlalchemy import bindparam, delete, select

from models.identity import CredentialKind, Role, User
from models.signing.companies import (
    COMPANY_NAME,
    CONTRACT_NAME,
    FILE_URL,
    HANDLER_EMAIL,
    HANDLER_NAME,
    HANDLER_PHONE,
    Company,
    Contract,
    Handler,
)
from models.signing.resumes import Gender, HouseholdType, MaritalStatus, PoliticalStatus
from models.statements import table_of
from models.uploads import ImageFolder, Upload
from resolvers.identity.identifiers import checked_username
from resolvers.identity.registration import NAME
from resolvers.legacy import people, resumes, values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.kind import Kind
from resolvers.legacy.kinds.sign_cloud_applications import APPLICATIONS, NOBODY
from resolvers.legacy.people import Identifier, Person
from resolvers.legacy.resumes import choice
from resolvers.signing.companies import MAX_YEARS
from resolvers.signing.drafts import EmergencyContact, ResumeDraft, checked_id_number

_users, _companies, _handlers = table_of(User), table_of(Company), table_of(Handler)
_contracts = table_of(Contract)
_NAMED = select(_companies.c.id, _companies.c.name).where(_companies.c.name.in_(bindparam("keys", expanding=True)))
_FORGET = delete(table_of(Upload)).where(table_of(Upload).c.id.in_(bindparam("keys", expanding=True)))
_TIMES = frozenset({"created_at", "updated_at"})


async def move_users(batch: Batch) -> None:
    """People of the mini-program, who sign in with WeChat."""

    def person(row: Row) -> Person:
        fields = row.fields
        app_id = values.text(fields["app_id"], "app_id", max_length=64, required=True)
        openid = values.text(fields["openid"], "openid", max_length=128, required=True)
        unionid = values.text(fields.get("unionid"), "unionid", max_length=128)
        union: list[Identifier] = [(CredentialKind.WECHAT_UNION, unionid)] if unionid else []
        name = values.text(fields.get("name"), "name", max_length=64) or NAME
        identifiers = [*union, (CredentialKind.WECHAT, f"{app_id}:{openid}")]
        return Person(name=name, identifiers=identifiers, **batch.times(row))

    await people.move(batch, batch.converted(person))


async def move_companies(batch: Batch) -> None:
    """Companies; one that is here already by its name is that one."""

    def company(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "name": values.text(fields["name"], "name", max_length=COMPANY_NAME, required=True),
            "enabled": fields.get("enabled") is None or values.truth(fields["enabled"]),
            **batch.times(row),
        }

    rows = batch.converted(company)
    names = [found["name"] for _row, found in rows]
    here = {each.name: each.id for each in await batch.scope.transaction.fetch(_NAMED, {"keys": names})} if rows else {}
    first: dict[str, Row] = {}
    for row, found in rows:
        if found["name"] not in here:
            first.setdefault(found["name"], row)
    new = [(row, found) for row, found in rows if first.get(found["name"]) is row]
    await batch.assign([row for row, _found in new], _companies)
    await batch.add(_companies, [{"id": row.new_id, **found} for row, found in new])
    for row, found in rows:
        if row.new_id is None:
            held = first.get(found["name"])
            row.new_id = here[found["name"]] if held is None else held.new_id
            batch.counts["joined"] += 1


async def move_handlers(batch: Batch) -> None:
    """Handlers, who sign in with their user names."""

    def handler(row: Row) -> Person:
        fields = row.fields
        name = values.text(fields["name"], "name", max_length=HANDLER_NAME, required=True)
        username = checked_username(values.text(fields["username"], "username", max_length=255, required=True))
        for field, longest in (("phone", HANDLER_PHONE), ("email", HANDLER_EMAIL)):
            values.text(fields.get(field), field, max_length=longest)
        return Person(
            name=name,
            identifiers=[(CredentialKind.USERNAME, username)],
            **people.password(fields.get("password"), None),
            **batch.times(row),
        )

    found = await people.behind(batch, batch.converted(handler))
    await batch.assign([row for row, _user_id in found], _handlers)
    rows = [(row, _handler(batch, row, user_id)) for row, user_id in found]
    await batch.add_new(_handlers, rows, otherwise="The user is a handler already.")
    await people.grant(batch, Role.HANDLER, [user_id for row, user_id in found if row.new_id is not None])


def _handler(batch: Batch, row: Row, user_id: int) -> dict[str, Any]:
    fields = row.fields
    return {
        "user_id": user_id,
        "name": values.text(fields["name"], "name", max_length=HANDLER_NAME),
        "phone": values.text(fields.get("phone"), "phone", max_length=HANDLER_PHONE),
        "email": values.text(fields.get("email"), "email", max_length=HANDLER_EMAIL),
        "enabled": fields.get("enabled") is None or values.truth(fields["enabled"]),
        **batch.times(row),
    }


async def move_contracts(batch: Batch) -> None:
    """Contracts of companies."""

    def contract(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "company_id": batch.reference(_companies, fields["company"], "The company"),
            "name": values.text(fields["name"], "name", max_length=CONTRACT_NAME, required=True),
            "body": values.text(fields["body"], "body", max_length=CONTRACT_NAME, required=True),
            "years": values.whole(fields["years"], "years", minimum=1, maximum=MAX_YEARS),
            "file_url": values.text(fields.get("file_url"), "file_url", max_length=FILE_URL),
            "enabled": fields.get("enabled") is None or values.truth(fields["enabled"]),
            **batch.times(row),
        }

    rows = batch.converted(contract)
    await batch.assign([row for row, _found in rows], _contracts)
    await batch.add(_contracts, [{"id": row.new_id, **found} for row, found in rows])


async def move_resumes(batch: Batch) -> None:
    """Resumes; one a user. Employers see them, and recruiters not until the person says so."""

    def resume(row: Row) -> tuple[dict[str, Any], ResumeDraft]:
        fields = row.fields
        owner_id = batch.reference(_users, fields["user"], "The user")
        draft = ResumeDraft(
            name=values.text(fields["name"], "name", max_length=16, required=True),
            phone=resumes.phone(fields["phone"]),
            id_number=checked_id_number(values.text(fields["id_number"], "id_number", max_length=64, required=True)),
            marital_status=choice(fields["marital_status"], MaritalStatus, "marital_status"),
            political_status=choice(fields["political_status"], PoliticalStatus, "political_status"),
            household_type=choice(fields["household_type"], HouseholdType, "household_type"),
            work_experiences=resumes.jobs(batch.entries(row, "work_experiences", "work experiences")),
            educations=resumes.studies(batch.entries(row, "educations", "educations")),
            age=values.whole(fields.get("age") or 0, "age"),
            gender=choice(fields.get("gender") or Gender.UNKNOWN, Gender, "gender"),
            ethnicity=values.text(fields.get("ethnicity"), "ethnicity", max_length=12),
            registered_address=resumes.address(fields, "registered"),
            current_address=resumes.address(fields, "current"),
            emergency_contact=EmergencyContact(
                values.text(fields.get("emergency_name"), "emergency_name", max_length=16),
                values.text(fields.get("emergency_phone"), "emergency_phone", max_length=32),
                values.text(fields.get("emergency_relationship"), "emergency_relationship", max_length=32),
            ),
            position=values.text(fields.get("position"), "position", max_length=16),
        )
        resumes.check_parts(draft)
        company = fields.get("company")
        company_id = None if company in NOBODY else batch.reference(_companies, company, "The company")
        found = resumes.columns(batch, row, draft, owner_id=owner_id, id_number=draft.id_number, company_id=company_id)
        return found, draft

    rows = batch.converted(resume)
    kept = [(row, await _id_cards(batch, row, found)) for row, (found, _draft) in rows]
    await resumes.add(batch, [(row, *found) for row, found in rows])
    unused = [each for row, uploads in kept if row.new_id is None for each in uploads]
    if unused:
        await batch.scope.transaction.execute(_FORGET, {"keys": unused})


async def _id_cards(batch: Batch, row: Row, resume: dict[str, Any]) -> list[int]:
    """Keep the pictures of a resume, which names them from now on."""
    found = []
    for field in ("id_card_front", "id_card_back"):
        if path := row.fields.get(field):
            stored = await batch.picture(row, "id cards", ImageFolder.ID_CARD, resume["user_id"], path)
            if stored is not None:
                resume[f"{field}_id"] = stored[0]
                found.append(stored[0])
    return found


_PLACES = frozenset(
    f"{kind}_{part}"
    for kind in ("registered", "current")
    for part in ("province", "province_id", "city", "city_id", "county", "county_id", "detail")
)
KINDS = (
    Kind("users", _users, frozenset({"id", "openid", "app_id"}), _TIMES | {"unionid", "name"}, move_users),
    Kind("companies", _companies, frozenset({"id", "name"}), _TIMES | {"enabled"}, move_companies),
    Kind(
        "handlers",
        _handlers,
        frozenset({"id", "username", "name"}),
        _TIMES | {"password", "phone", "email", "enabled"},
        move_handlers,
    ),
    Kind(
        "contracts",
        _contracts,
        frozenset({"id", "company", "name", "body", "years"}),
        _TIMES | {"file_url", "enabled"},
        move_contracts,
        {"company": _companies},
    ),
    Kind(
        "resumes",
        resumes.resumes,
        frozenset({"id", "user", "name", "phone", "id_number", "marital_status", "political_status", "household_type"}),
        _TIMES
        | _PLACES
        | {"age", "gender", "ethnicity", "company", "position", "work_experiences", "educations"}
        | {"emergency_name", "emergency_phone", "emergency_relationship", "id_card_front", "id_card_back"},
        move_resumes,
        {"user": _users, "company": _companies},
    ),
    APPLICATIONS,
)
