"""Recruiters in the graph: the link, becoming one with an account that there is, companies and who speaks for them."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select

from models.db import Database
from models.identity import User
from models.settings import Settings
from models.signing.companies import Company
from models.statements import table_of
from models.talent.recruiters import CompanyProfile, Package, Recruiter, RecruiterRegistration
from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level
from tests.support.clients import Person, Product
from tests.support.outbox import Outbox
from tests.support.platform import audited
from tests.support.recruiters import (
    COMPANY,
    EMAIL,
    PASSWORD,
    a_minute_later,
    activated,
    mailed_link,
    signed_in,
    token_in,
    with_email,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

REGISTER = """mutation($input: RegisterRecruiterInput!) { registerRecruiter(input: $input) {
  email errors { code message path } } }"""
RESEND = """mutation($input: ResendActivationInput!) { resendActivation(input: $input) {
  accepted errors { code message path } } }"""
ACTIVATE = """mutation($input: ActivateRecruiterInput!) { activateRecruiter(input: $input) {
  recruiter { phone membership user { email } company { name } restFeeds } errors { code message path } } }"""
BECOME = """mutation($input: BecomeRecruiterInput!) { becomeRecruiter(input: $input) {
  recruiter { phone membership restContacts company { name } user { databaseId roles } }
  errors { code message path } } }"""
SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) { user { roles } errors { code message path } } }"""
RECRUITERS = """query($filter: RecruiterFilter) { recruiters(filter: $filter) {
  totalCount nodes { id membership phone user { email } company { id name } } } }"""
APPROVE = """mutation($input: ApproveCompanyMembershipInput!) { approveCompanyMembership(input: $input) {
  recruiter { membership } errors { code message path } } }"""
REJECT = """mutation($input: RejectCompanyMembershipInput!) { rejectCompanyMembership(input: $input) {
  recruiter { membership } errors { code message path } } }"""
PROFILE = """mutation($input: UpdateCompanyProfileInput!) { updateCompanyProfile(input: $input) {
  company { name profile { url productUrl stage keyPoints description domains { number name } company { name } } }
  errors { code message path } } }"""
LEAVE = "mutation { leaveCompany { recruiter { company { id } } errors { code message path } } }"
JOIN = """mutation($input: JoinCompanyInput!) { joinCompany(input: $input) {
  recruiter { membership company { name } restFeeds } errors { code message path } } }"""
SHOWN = """{ viewer { recruiter { id membership company { id profile { url stage domains { name } } } } } }"""
TOLD = "{ viewer { notifications { nodes { kind text subject { __typename id } } } } }"
NEWCOMER = {"email": EMAIL, "password": PASSWORD, "companyName": COMPANY, "phone": "023-60001234"}
SECOND = "second@qinghe.example"
TABLES = [table_of(model) for model in (User, Recruiter, RecruiterRegistration, Company, CompanyProfile, Package)]


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


@pytest.fixture
async def speaker(product: Product, outbox: Outbox) -> Person:
    """A recruiter who named a new company."""
    return await activated(product, outbox)


@pytest.fixture
async def joiner(product: Product, outbox: Outbox, speaker: Person) -> Person:
    """A recruiter who named the same company later."""
    assert speaker.id
    return await activated(product, outbox, user_email=SECOND)


def of(**values: Any) -> dict[str, Any]:
    return {"input": values}


async def counts(database: Database) -> list[int]:
    return [await database.fetch_value(select(func.count()).select_from(table)) for table in TABLES]


async def shown(product: Product, person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await product.data(SHOWN, person=person))["viewer"]["recruiter"]
    return found


async def test_registering_and_opening_the_link(product: Product, outbox: Outbox, database: Database) -> None:
    assert await done(product, REGISTER, of(**NEWCOMER)) == {"email": EMAIL}

    payload = await done(product, ACTIVATE, of(token=token_in(mailed_link(outbox, EMAIL))))

    assert payload["recruiter"] == {
        "phone": "023-60001234",
        "membership": "APPROVED",
        "user": {"email": EMAIL},
        "company": {"name": COMPANY},
        "restFeeds": 3,
    }
    credentials = of(kind="EMAIL", identifier=EMAIL, password=PASSWORD)
    assert (await done(product, SIGN_IN, credentials))["user"] == {"roles": ["RECRUITER"]}
    user = await database.fetch_value(select(table_of(Recruiter).c.user_id))
    assert [event[:2] for event in await audited(database, "Company")] == [("create_company", user)]
    assert [event[:2] for event in await audited(database, "Recruiter")] == [("activate_recruiter", user)]


@pytest.mark.usefixtures("speaker")
async def test_each_fault_is_an_error(product: Product, database: Database) -> None:
    before = await counts(database)

    codes = await refused(product, REGISTER, of(email=EMAIL, password="short", companyName="", phone="x"))

    assert codes == [
        ("CREDENTIAL_TAKEN", ["input", "email"]),
        ("INVALID_INPUT", ["input", "password"]),
        ("INVALID_INPUT", ["input", "companyName"]),
        ("INVALID_INPUT", ["input", "phone"]),
    ]
    assert await counts(database) == before


async def test_before_the_activation_the_graph_says_what_is_missing(product: Product) -> None:
    await done(product, REGISTER, of(**NEWCOMER))

    right = await refused(product, SIGN_IN, of(kind="EMAIL", identifier=EMAIL, password=PASSWORD))
    wrong = await refused(product, SIGN_IN, of(kind="EMAIL", identifier=EMAIL, password="other123"))

    assert right == [("AWAITING_ACTIVATION", [])]
    assert wrong == [("WRONG_CREDENTIALS", [])]


async def test_of_many_activations_at_once_one_takes_effect(
    product: Product, outbox: Outbox, database: Database
) -> None:
    await done(product, REGISTER, of(**NEWCOMER))
    token = token_in(mailed_link(outbox, EMAIL))

    payloads = await asyncio.gather(*(product.data(ACTIVATE, of(token=token)) for _ in range(12)))

    codes = Counter(tuple(e["code"] for e in payload["activateRecruiter"]["errors"]) for payload in payloads)
    assert codes == {(): 1, ("WRONG_CODE",): 11}
    assert await counts(database) == [2, 1, 0, 1, 0, 1]


@pytest.mark.usefixtures("speaker")
async def test_the_answer_to_asking_for_the_link_again_tells_nothing(
    product: Product, outbox: Outbox, database: Database
) -> None:
    for address in ("nobody@qinghe.example", EMAIL):
        assert await done(product, RESEND, of(email=address)) == {"accepted": True}
        assert await refused(product, RESEND, of(email=address)) == [("TOO_MANY_REQUESTS", [])]
    assert await refused(product, RESEND, of(email="nobody")) == [("INVALID_INPUT", ["input", "email"])]
    assert outbox.take() == []
    assert (await counts(database))[2] == 0


async def test_the_link_that_was_asked_for_again(product: Product, outbox: Outbox, settings: Settings) -> None:
    await done(product, REGISTER, of(**NEWCOMER))
    first = token_in(mailed_link(outbox, EMAIL))
    product.clock.advance(hours=30)
    async with a_minute_later(settings, product.clock) as later:
        await done(later, RESEND, of(email=f" {EMAIL.upper()} "))
    second = token_in(mailed_link(outbox, EMAIL))
    product.clock.advance(hours=23)

    assert second == first
    assert (await done(product, ACTIVATE, of(token=second)))["recruiter"]["membership"] == "APPROVED"


async def test_somebody_with_an_account_becomes_a_recruiter(product: Product, outbox: Outbox) -> None:
    student = await with_email(product, outbox)

    payload = await done(product, BECOME, of(companyName=f" {COMPANY} ", phone="13800000000"), person=student)

    assert payload["recruiter"] == {
        "phone": "13800000000",
        "membership": "APPROVED",
        "restContacts": 20,
        "company": {"name": COMPANY},
        "user": {"databaseId": student.id, "roles": ["RECRUITER"]},
    }
    person = await signed_in(product, EMAIL, student.account[-6:])
    assert person.id == student.id


async def test_who_may_not_become_a_recruiter(product: Product, speaker: Person, database: Database) -> None:
    without_email = await product.student()
    before = await counts(database)
    wish = of(companyName="云杉数据", phone="13800000000")

    assert await refused(product, BECOME, wish, person=speaker) == [("ALREADY_RECRUITER", [])]
    assert await refused(product, BECOME, wish, person=without_email) == [("INVALID_INPUT", ["input"])]
    assert await refused(product, BECOME, of(companyName="", phone=""), person=speaker) == [
        ("INVALID_INPUT", ["input", "companyName"]),
        ("INVALID_INPUT", ["input", "phone"]),
    ]
    assert top_level(await product.graphql(BECOME, wish)) == [("UNAUTHENTICATED", ["becomeRecruiter"])]
    assert await counts(database) == before


async def test_becoming_one_twice_at_once(product: Product, outbox: Outbox, database: Database) -> None:
    student = await with_email(product, outbox)
    wishes = [of(companyName=f"公司{number}", phone="13800000000") for number in range(6)]

    payloads = await asyncio.gather(*(product.data(BECOME, wish, person=student) for wish in wishes))

    codes = Counter(tuple(e["code"] for e in payload["becomeRecruiter"]["errors"]) for payload in payloads)
    assert codes == {(): 1, ("ALREADY_RECRUITER",): 5}
    assert (await counts(database))[1:] == [1, 0, 1, 0, 1]


@pytest.mark.usefixtures("joiner")
async def test_administrators_see_who_waits(product: Product, speaker: Person) -> None:
    administrator = await product.administrator()

    pending = (await product.data(RECRUITERS, {"filter": {"membership": "PENDING"}}, person=administrator))[
        "recruiters"
    ]

    assert pending["totalCount"] == 1
    (node,) = pending["nodes"]
    assert node["user"] == {"email": SECOND}
    company = {"companyId": node["company"]["id"]}
    assert (await product.data(RECRUITERS, {"filter": company}, person=administrator))["recruiters"]["totalCount"] == 2
    assert top_level(await product.graphql(RECRUITERS, person=speaker)) == [("FORBIDDEN", ["recruiters"])]


async def test_an_administrator_approves_a_membership(product: Product, joiner: Person, database: Database) -> None:
    administrator, recruiter = await product.administrator(), await shown(product, joiner)
    profile = of(companyId=recruiter["company"]["id"], url="https://qinghe.example")
    forbidden = top_level(await product.graphql(PROFILE, profile, person=joiner))

    payload = await done(product, APPROVE, of(recruiterId=recruiter["id"]), person=administrator)

    assert forbidden == [("FORBIDDEN", ["updateCompanyProfile"])]
    assert payload["recruiter"] == {"membership": "APPROVED"}
    assert (await done(product, PROFILE, profile, person=joiner))["company"]["profile"]["url"] == (
        "https://qinghe.example"
    )
    assert (await audited(database, "Recruiter"))[-1][:2] == ("approve_company_membership", administrator.id)
    told = (await product.data(TOLD, person=joiner))["viewer"]["notifications"]["nodes"]
    assert [(entry["kind"], entry["subject"]["id"]) for entry in told] == [
        ("COMPANY_MEMBERSHIP_APPROVED", recruiter["id"])
    ]
    again = await refused(product, APPROVE, of(recruiterId=recruiter["id"]), person=administrator)
    assert again == [("MOVE_NOT_ALLOWED", ["input", "recruiterId"])]


async def test_a_membership_that_is_rejected(product: Product, speaker: Person) -> None:
    administrator, recruiter = await product.administrator(), await shown(product, speaker)
    wish = of(recruiterId=recruiter["id"], reason=" 不是本公司的人 ")

    assert (await done(product, REJECT, wish, person=administrator))["recruiter"] == {"membership": "REJECTED"}

    profile = of(companyId=recruiter["company"]["id"], stage="A轮")
    reply = await product.graphql(PROFILE, profile, person=speaker)
    assert top_level(reply) == [("FORBIDDEN", ["updateCompanyProfile"])]
    (told,) = (await product.data(TOLD, person=speaker))["viewer"]["notifications"]["nodes"]
    assert (told["kind"], told["text"]) == ("COMPANY_MEMBERSHIP_REJECTED", "不是本公司的人")
    approved = await done(product, APPROVE, of(recruiterId=recruiter["id"]), person=administrator)
    assert approved["recruiter"] == {"membership": "APPROVED"}


async def test_what_decides_no_membership(
    product: Product, speaker: Person, joiner: Person, database: Database
) -> None:
    administrator, recruiter = await product.administrator(), (await shown(product, joiner))["id"]
    before = await audited(database, "Recruiter")

    for mutation, more in ((APPROVE, {}), (REJECT, {"reason": "不"})):
        field = "approveCompanyMembership" if mutation == APPROVE else "rejectCompanyMembership"
        forbidden = await product.graphql(mutation, of(recruiterId=recruiter, **more), person=speaker)
        assert top_level(forbidden) == [("FORBIDDEN", [field])]
        unknown = encode("Recruiter", 2**53 - 1)
        assert await refused(product, mutation, of(recruiterId=unknown, **more), person=administrator) == [
            ("NOT_FOUND", ["input", "recruiterId"])
        ]
        for bad in ("", "x", encode("User", joiner.id), encode("Recruiter", 2**96)):
            assert await refused(product, mutation, of(recruiterId=bad, **more), person=administrator) == [
                ("INVALID_INPUT", ["input", "recruiterId"])
            ]
    for reason in ("", "x" * 256, "a\0b"):
        assert await refused(product, REJECT, of(recruiterId=recruiter, reason=reason), person=administrator) == [
            ("INVALID_INPUT", ["input", "reason"])
        ]
    assert (await shown(product, joiner))["membership"] == "PENDING"
    assert await audited(database, "Recruiter") == before


async def test_of_many_decisions_at_once_each_is_made_once(
    product: Product, joiner: Person, database: Database
) -> None:
    administrator, recruiter = await product.administrator(), (await shown(product, joiner))["id"]
    before = len(await audited(database, "Recruiter"))

    payloads = await asyncio.gather(
        *(product.data(APPROVE, of(recruiterId=recruiter), person=administrator) for _ in range(10))
    )

    codes = Counter(tuple(e["code"] for e in payload["approveCompanyMembership"]["errors"]) for payload in payloads)
    assert codes == {(): 1, ("MOVE_NOT_ALLOWED",): 9}
    assert len(await audited(database, "Recruiter")) == before + 1


async def test_a_company_tells_what_it_likes(product: Product, speaker: Person, database: Database) -> None:
    company = (await shown(product, speaker))["company"]
    assert company["profile"] is None
    whole = {
        "url": "https://qinghe.example",
        "productUrl": "http://qinghe.example/产品",
        "stage": "A轮",
        "keyPoints": "不加班",
        "description": "做软件",
        "domains": [14, 7, 14],
    }

    first = await done(product, PROFILE, of(companyId=company["id"], **whole), person=speaker)
    second = await done(product, PROFILE, of(companyId=company["id"], stage="", domains=[7]), person=speaker)

    domains = [{"number": 14, "name": "移动互联网"}, {"number": 7, "name": "O2O"}]
    told = {**whole, "domains": domains, "company": {"name": COMPANY}}
    assert first["company"] == {"name": COMPANY, "profile": told}
    assert second["company"]["profile"] == {**told, "stage": "", "domains": domains[1:]}
    changes = [event for event in await audited(database, "Company") if event[0] == "update_company_profile"]
    assert [event[1] for event in changes] == [speaker.id] * 2
    student = await product.student()
    query = f'{{ node(id: "{company["id"]}") {{ ... on Company {{ profile {{ keyPoints }} }} }} }}'
    assert (await product.data(query, person=student))["node"] == {"profile": {"keyPoints": "不加班"}}


async def test_the_domains_are_the_recruiter_s_industry(product: Product, speaker: Person) -> None:
    company = (await shown(product, speaker))["company"]["id"]
    await done(product, PROFILE, of(companyId=company, domains=[7, 14]), person=speaker)

    response = await product.http.post("/hr/login/", data={"username": EMAIL, "password": PASSWORD})

    assert response.json()["user_industry"] == "O2O,移动互联网"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("url", value)
            for value in ("javascript:alert(1)", "qinghe", "ftp://x", "https://a b", "http://" + "a" * 250)
        ),
        *(("productUrl", value) for value in ('https://a"b', "https://a<b", "https://a\0b")),
        ("stage", "x" * 33),
        ("keyPoints", "x" * 1001),
        ("description", "x" * 5001),
        ("description", "a\0b"),
        ("domains", [2**31 - 1]),
        ("domains", [7, -1]),
        ("domains", list(range(1, 60))),
    ],
)
async def test_what_no_company_tells(
    product: Product, speaker: Person, database: Database, field: str, value: Any
) -> None:
    company = (await shown(product, speaker))["company"]["id"]
    before = await counts(database)

    assert await refused(product, PROFILE, of(companyId=company, **{field: value}), person=speaker) == [
        ("INVALID_INPUT", ["input", field])
    ]
    assert await counts(database) == before


async def test_who_may_not_speak_for_a_company(product: Product, outbox: Outbox, speaker: Person) -> None:
    other = await activated(product, outbox, user_email="hr@yunshan.example", company_name="云杉数据")
    company = (await shown(product, speaker))["company"]["id"]
    student, administrator = await product.student(), await product.administrator()
    wish = of(companyId=company, stage="B轮")

    for person in (other, student):
        reply = await product.graphql(PROFILE, wish, person=person)
        assert top_level(reply) == [("FORBIDDEN", ["updateCompanyProfile"])]
    assert top_level(await product.graphql(PROFILE, wish)) == [("UNAUTHENTICATED", ["updateCompanyProfile"])]
    assert (await shown(product, speaker))["company"]["profile"] is None
    unknown = of(companyId=encode("Company", 2**53 - 1), stage="B轮")
    assert await refused(product, PROFILE, unknown, person=administrator) == [("NOT_FOUND", ["input", "companyId"])]
    assert (await done(product, PROFILE, wish, person=administrator))["company"]["profile"]["stage"] == "B轮"


async def test_changes_of_a_profile_at_once_are_all_kept(product: Product, speaker: Person) -> None:
    company = (await shown(product, speaker))["company"]["id"]
    changes: list[dict[str, Any]] = [{"url": "https://a.example"}, {"stage": "A轮"}, {"domains": [7]}]

    await asyncio.gather(
        *(done(product, PROFILE, of(companyId=company, **change), person=speaker) for change in changes)
    )

    assert (await shown(product, speaker))["company"]["profile"] == {
        "url": "https://a.example",
        "stage": "A轮",
        "domains": [{"name": "O2O"}],
    }


async def test_others_do_not_see_a_recruiter(product: Product, speaker: Person, joiner: Person) -> None:
    recruiter = (await shown(product, speaker))["id"]
    query = f'{{ node(id: "{recruiter}") {{ ... on Recruiter {{ phone }} }} }}'

    assert top_level(await product.graphql(query, person=joiner)) == [("FORBIDDEN", ["node", "phone"])]
    found = await product.data(query, person=await product.administrator())
    assert found["node"] == {"phone": "023-60001234"}


async def test_leaving_a_company_and_joining_another(
    product: Product, speaker: Person, joiner: Person, database: Database
) -> None:
    administrator = await product.administrator()
    assert await refused(product, JOIN, of(companyName="云杉数据"), person=speaker) == [("MOVE_NOT_ALLOWED", [])]
    company = (await shown(product, speaker))["company"]["id"]
    profile = of(companyId=company, url="https://qinghe.example")

    both = await asyncio.gather(*(product.data(LEAVE, person=speaker) for _ in range(2)))

    codes = sorted(tuple(error["code"] for error in reply["leaveCompany"]["errors"]) for reply in both)
    assert codes == [(), ("MOVE_NOT_ALLOWED",)]
    assert (await shown(product, speaker))["company"] is None
    assert top_level(await product.graphql(PROFILE, profile, person=speaker)) == [
        ("FORBIDDEN", ["updateCompanyProfile"])
    ]
    recruiter = (await shown(product, speaker))["id"]
    decided = await refused(product, APPROVE, of(recruiterId=recruiter), person=administrator)
    assert decided == [("MOVE_NOT_ALLOWED", ["input", "recruiterId"])]

    for name, seen in (
        ("云杉数据", {"membership": "APPROVED", "company": {"name": "云杉数据"}, "restFeeds": 3}),
        (COMPANY, {"membership": "PENDING", "company": {"name": COMPANY}, "restFeeds": 3}),
    ):
        assert (await done(product, JOIN, of(companyName=f" {name} "), person=speaker))["recruiter"] == seen
        await done(product, LEAVE, person=speaker)
    acts = ["leave_company", "join_company", "leave_company", "join_company", "leave_company"]
    assert [event[:2] for event in await audited(database, "Recruiter")][2:] == [(act, speaker.id) for act in acts]
    for _ in range(3):
        await done(product, JOIN, of(companyName=COMPANY), person=speaker)
        await done(product, LEAVE, person=speaker)
    assert await refused(product, JOIN, of(companyName=COMPANY), person=speaker) == [("TOO_MANY_REQUESTS", [])]
    assert (await shown(product, joiner))["company"]["id"] == company
