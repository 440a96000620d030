"""Signing: companies with contracts, two handlers, and applications in every status.

The applications are made by the same functions as those of people, so that they leave the same traces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import insert

from auth.principal import Principal
from auth.wechat import DEVELOPMENT_APP_ID
from models.identity import Credential, CredentialKind, Role, User, UserRole
from models.signing.companies import Company, Contract, Handler
from models.signing.resumes import Gender, HouseholdType, MaritalStatus, PoliticalStatus
from models.statements import table_of
from resolvers.demonstration.employers import COMPANIES, JOBS
from resolvers.demonstration.story import Story, returning_ids
from resolvers.scope import Scope
from resolvers.signing import applications
from resolvers.signing.drafts import Address, Division, EmergencyContact, ResumeDraft
from resolvers.signing.entries import EducationDraft, WorkExperienceDraft

HANDLERS = {"dev-tang": "汤若水", "dev-lu": "卢知行"}
APPLICANTS = {"dev-mei": "梅映川", "dev-bo": "柏青松", "dev-qiu": "邱晓山"}
WECHAT_PEOPLE = {**HANDLERS, **APPLICANTS}
"""Who signs in with WeChat, by the code that they sign in with."""
EMPLOYERS = COMPANIES[:5]
"""The companies that take applications, and one more that does not any more."""

_PROVINCE = Division(500000, "重庆市")
_COUNTIES = (Division(500106, "沙坪坝区"), Division(500112, "渝北区"), Division(500108, "南岸区"))

_ADD_USERS = returning_ids(table_of(User))
_ADD_CREDENTIALS = insert(table_of(Credential))
_ADD_ROLES = insert(table_of(UserRole))
_ADD_COMPANIES = returning_ids(table_of(Company))
_ADD_CONTRACTS = returning_ids(table_of(Contract))
_ADD_HANDLERS = returning_ids(table_of(Handler))


@dataclass(frozen=True, slots=True)
class _Applicant:
    id: int
    name: str


@dataclass(slots=True)
class _Case:
    """An application: to which company, with which handler if any, and what happens on which day."""

    applicant: _Applicant
    company: int
    handler: int | None
    steps: Mapping[int, str]
    application_id: int = field(default=0)


@dataclass(frozen=True, slots=True)
class _Cast:
    """The ids of who and what takes part."""

    companies: Sequence[int]
    contracts: Sequence[int]
    handlers: Sequence[int]
    handler_users: Sequence[int]


async def load(story: Story) -> None:
    """Every status is there; the first student has a cancelled application and one to sign."""
    people = await _people(story)
    cast = await _cast(story, people[: len(HANDLERS)])
    first = story.students[0]
    hunters = [student for student in story.students[1:] if student.pursues_employment]
    one, two, three, four = (_Applicant(student.id, student.name) for student in hunters[:4])
    mei, bo, qiu = (
        _Applicant(user_id, name) for user_id, name in zip(people[len(HANDLERS) :], APPLICANTS.values(), strict=True)
    )
    me = _Applicant(first.id, first.name)
    cases = (
        _Case(me, 0, 0, {18: "submit", 20: "cancel"}),
        _Case(me, 1, 0, {30: "submit", 36: "approve"}),
        _Case(one, 2, 1, {16: "submit", 19: "reject", 21: "resubmit", 24: "approve", 26: "sign"}),
        _Case(two, 0, 0, {22: "submit", 25: "approve", 28: "sign"}),
        _Case(three, 3, 1, {27: "submit", 31: "reject"}),
        _Case(four, 4, 0, {38: "submit"}),
        _Case(mei, 2, 1, {29: "submit", 34: "approve"}),
        _Case(bo, 1, None, {39: "submit"}),
        _Case(qiu, 4, 1, {23: "submit", 32: "cancel"}),
    )
    steps = sorted((day, number) for number, case in enumerate(cases) for day in case.steps)
    for day, number in steps:
        await _step(story, cast, cases[number], day)


async def _people(story: Story) -> list[int]:
    """The ids of the handlers and the applicants, in this order."""
    created = {"created_at": story.at(story.days[3], 9)}
    ids = await story.add_returning(
        _ADD_USERS, [{"name": name, "password_hash": None, **created} for name in WECHAT_PEOPLE.values()]
    )
    await story.add(
        _ADD_CREDENTIALS,
        [
            {
                "user_id": user_id,
                "kind": CredentialKind.WECHAT,
                "identifier": f"{DEVELOPMENT_APP_ID}:{openid}",
                **created,
            }
            for user_id, openid in zip(ids, WECHAT_PEOPLE, strict=True)
        ],
    )
    return ids


async def _cast(story: Story, handler_users: Sequence[int]) -> _Cast:
    created = {"created_at": story.at(story.days[4], 9)}
    names = [*EMPLOYERS, COMPANIES[len(EMPLOYERS)]]
    companies = await story.add_returning(
        _ADD_COMPANIES, [{"name": name, "enabled": name in EMPLOYERS, **created} for name in names]
    )
    terms = [
        {
            "company_id": company_id,
            "name": f"劳动合同（{years}年期）",
            "body": f"{name}有限公司",
            "years": years,
            "file_url": f"https://files.example.com/contracts/{company_id}-{years}.pdf",
            "enabled": years > 1,
            **created,
        }
        for years in (3, 1)
        for company_id, name in zip(companies, EMPLOYERS, strict=False)
    ]
    await story.add(_ADD_ROLES, [{"user_id": user_id, "role": Role.HANDLER, **created} for user_id in handler_users])
    handlers = [
        {"user_id": user_id, "name": name, "phone": f"1390001000{number}", "email": "", "enabled": True, **created}
        for number, (user_id, name) in enumerate(zip(handler_users, HANDLERS.values(), strict=True))
    ]
    return _Cast(
        companies,
        await story.add_returning(_ADD_CONTRACTS, terms),
        await story.add_returning(_ADD_HANDLERS, handlers),
        handler_users,
    )


async def _step(story: Story, cast: _Cast, case: _Case, day: int) -> None:
    """What happens to an application on a day."""
    action = case.steps[day]
    chance = story.chance(f"signing {case.applicant.name} {day}")
    by_handler = action in {"approve", "reject"} and case.handler is not None
    actor = cast.handler_users[case.handler or 0] if by_handler else case.applicant.id
    scope = Scope(
        story.services,
        Principal(actor, roles=frozenset({Role.HANDLER} if by_handler else ())),
        now=story.at(story.days[day], chance.randint(9, 17), chance.randint(0, 59)),
        client="127.0.0.1",
        current_transaction=story.transaction,
    )
    if action == "submit":
        handler_id = None if case.handler is None else cast.handlers[case.handler]
        draft = _draft(case.applicant, cast.companies[case.company], chance)
        case.application_id = (await applications.submit(scope, draft, handler_id=handler_id)).id
    elif action == "resubmit":
        draft = _draft(case.applicant, cast.companies[case.company], chance)
        await applications.update_resume(scope, draft, handler_id=None)
    elif action == "reject":
        reason = "身份证照片不清晰，请重新上传。"
        await applications.reject(scope, application_id=case.application_id, reason=reason)
    elif action == "approve":
        await applications.approve(
            scope,
            application_id=case.application_id,
            contract_id=cast.contracts[case.company],
            entry_date=_entry_date(story.today),
            salary=Decimal(chance.randint(8, 18) * 1000) + Decimal("0.50"),
        )
    elif action == "sign":
        await applications.sign(scope, application_id=case.application_id)
    else:
        await applications.cancel(scope, application_id=case.application_id)


def _draft(applicant: _Applicant, company_id: int, chance: Random) -> ResumeDraft:
    born = date(2001, 1, 1) + timedelta(days=chance.randint(0, 900))
    county = chance.choice(_COUNTIES)
    address = Address(_PROVINCE, Division(500100, "市辖区"), county, f"大学城路 {chance.randint(1, 99)} 号")
    return ResumeDraft(
        name=applicant.name,
        phone=f"1380002{applicant.id % 10000:04}",
        id_number=f"500106{born:%Y%m%d}{chance.randint(0, 999):03}X",
        age=23,
        gender=chance.choice((Gender.MALE, Gender.FEMALE)),
        ethnicity="汉族",
        marital_status=MaritalStatus.SINGLE,
        political_status=chance.choice((PoliticalStatus.LEAGUE_MEMBER, PoliticalStatus.MASSES)),
        household_type=chance.choice((HouseholdType.RURAL, HouseholdType.URBAN)),
        registered_address=address,
        current_address=address,
        emergency_contact=EmergencyContact("家人", "02360000000", "父母"),
        company_id=company_id,
        position=chance.choice(JOBS).title,
        work_experiences=(WorkExperienceDraft("校园创新工作室", position="实习生", start_time="2025-03"),),
        educations=(
            EducationDraft("云山大学", degree="bachelor", major="软件工程", start_time="2022-09", end_time="2026-06"),
        ),
    )


def _entry_date(today: date) -> date:
    """The first of the month after next."""
    return date(today.year + (today.month + 1) // 12, (today.month + 1) % 12 + 1, 1)
