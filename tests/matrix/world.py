"""The people and what they own, in a new database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, update

from models.db import Database
from models.identity import Api, ApplicationStatus, Role, Session, StaffApplication, UserRole
from models.notifications import Notification
from models.settings import Settings
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recruiters import Recruiter
from schema.engine.node_id import decode_as, encode
from tests.matrix import people
from tests.matrix.lives import Author, Offices, old_client_uploads
from tests.matrix.operations import do
from tests.matrix.people import Caller, session, signed_in, user_id
from tests.support.clients import Person, Product
from tests.support.developers import developer
from tests.support.feeds import recommended
from tests.support.signing import resume

REASONS = [
    {"component": "degree", "points": 4, "max": 4, "missing": False}
    | {name: ["硕士"] for name in ("evidence", "asked", "held", "met", "unmet")}
]
HINTS = [{"component": "skills", "keyword": "Kafka", "would_fit": 3}]
ALONE = ("anonymous", "expired", "revoked")
"""The callers without a live session."""


@dataclass(frozen=True)
class World:
    """What the matrix is tried on: the callers, and the ids of what they own by name."""

    product: Product
    settings: Settings
    database: Database
    callers: Mapping[str, Caller]
    ids: Mapping[str, Any]


async def new_world(product: Product, settings: Settings, database: Database) -> World:
    """A world with two owners of everything, `ada` a student and `dora` a developer, and others around them."""
    expired, revoked = await people.gone(product, product.clock)
    ada, ben, hugo, hanna, rita, rob, theo = await product.students(7)
    ben = await session(product, settings, ben, Api.GRAPH)  # the others have sessions of the old APIs
    dora, dan = await developer(product, 1), await developer(product, 2)
    mei = await people.wechat(product, "mei")
    administrator = await product.administrator()
    staff = await people.staff(product)
    ids: dict[str, Any] = {}
    offices = [
        await _office(product, administrator, number, handler, ids) for number, handler in enumerate((hugo, hanna))
    ]
    await _mistaken(product, administrator, ids)
    for number, (name, owner, office) in enumerate((("ada", ada, offices[0]), ("dora", dora, offices[1]))):
        author = Author(product, administrator, name, owner, ids, number)
        await author.studies()
        await author.develops()
        await author.is_certified()
        await author.applies(office)
        await old_client_uploads(product, await session(product, settings, owner, Api.SIGN_CLOUD))
    for owner, name, teacher in ((ada, "甲班", dan), (dora, "乙班", theo)):
        await do(product, owner, "updateProfile", className=name, major="软工")
        await do(product, administrator, "assignTeacher", userId=user_id(teacher), className=name)
    for owner in (ada, dora):
        await do(product, owner, "setResumeVisibility", visibility="PUBLIC")
    secret = resume(phone="13912349999", visibility="SECRET")
    await do(product, mei, "submitResume", resume=secret)
    hidden = (await product.data("{ viewer { resume { databaseId } } }", person=mei))["viewer"]["resume"]["databaseId"]
    for number, (name, recruiter) in enumerate((("rita", rita), ("rob", rob))):
        author = Author(product, administrator, name, recruiter, ids, 10 + number)
        await author.becomes_recruiter()
        await author.recruits(database, ids["resume_number_of_ada" if name == "rita" else "resume_number_of_dora"])
        await author.do("acquireContact", **ids[f"named_of_{name}"])
    for sought in (ids["resume_number_of_ada"], hidden):  # neither sold nor watched
        feed = decode_as("Feed", ids["feed_of_rob"], field="feed_id")
        await recommended(database, product.clock, feed, sought, reasons=REASONS)
    async with database.transaction() as transaction:  # what matching writes for feeds that hardly anybody fits
        await transaction.execute(update(table_of(Feed)).values(loosening_hints=HINTS))
    await _pending(product, database, "matrixdecided")
    waiting = "{ attendanceApplications(filter: {status: PENDING}) { nodes { id } } }"
    nodes = (await product.data(waiting, person=administrator))["attendanceApplications"]["nodes"]
    await do(product, administrator, "approveAttendanceStaff", applicationId=nodes[0]["id"])
    pending = await _pending(product, database, "matrixpending")
    nodes = (await product.data(waiting, person=administrator))["attendanceApplications"]["nodes"]
    ids["staff_application"] = nodes[0]["id"]
    callers = [
        Caller("anonymous", None, None),
        Caller("expired", expired, None),
        Caller("revoked", revoked, None),
        *(signed_in(name, person) for name, person in (("ada", ada), ("ben", ben), ("dora", dora))),
        signed_in("mei", mei),
        signed_in("hugo", hugo, "handlers"),
        signed_in("hanna", hanna, "handlers"),
        signed_in("rita", rita, "recruiters"),
        signed_in("rob", rob, "recruiters"),
        signed_in("dan", dan, "teachers"),
        signed_in("theo", theo, "teachers"),
        signed_in("staff", staff),
        pending,
        signed_in("administrator", await product.administrator(), "administrators"),
    ]
    for name, kind in (("hugo", "Notification"), ("rita", "Recruiter")):
        table = table_of(Notification if kind == "Notification" else Recruiter)
        rows = await database.fetch(table.select().where(table.c.user_id == (hugo if name == "hugo" else rita).id))
        ids[f"{kind.lower()}_of_{name}"] = encode(kind, rows[0].id)
    sessions = table_of(Session)
    (held,) = await database.fetch(
        sessions.select().where(sessions.c.user_id == dan.id, sessions.c.revoked_at.is_(None))
    )
    ids["session_of_dan"] = encode("Session", held.id)
    ids |= {f"user_{caller.name}": user_id(caller.person) for caller in callers if caller.person is not None}
    return World(product, settings, database, {caller.name: caller for caller in callers}, ids)


async def _office(
    product: Product, administrator: Person, number: int, handler: Person, ids: dict[str, Any]
) -> Offices:
    company = (await do(product, administrator, "createCompany", name=f"青禾{number}"))["company"]["id"]
    profile = {"url": "https://qinghe.example", "stage": "A", "description": "软件", "domains": [7]}
    await do(product, administrator, "updateCompanyProfile", companyId=company, **profile)
    terms = {"name": "劳动合同", "body": "青禾", "years": 3, "fileUrl": "https://files.example/c.pdf"}
    contract = (await do(product, administrator, "createContract", companyId=company, **terms))["contract"]["id"]
    person = {"userId": user_id(handler), "name": "钱人事", "phone": "13900000009", "email": "hr@matrix.example"}
    handler_id = (await do(product, administrator, "createHandler", **person))["handler"]["id"]
    ids.update({f"company_{number}": company, f"contract_{number}": contract, f"handler_{number}": handler_id})
    return Offices(company, contract, handler, handler_id)


async def _mistaken(product: Product, administrator: Person, ids: dict[str, Any]) -> None:
    """A company and a contract that nothing refers to."""
    ids["company_unused"] = (await do(product, administrator, "createCompany", name="写错了"))["company"]["id"]
    terms = {"name": "写错了", "body": "青禾", "years": 3, "fileUrl": "https://files.example/c.pdf"}
    created = await do(product, administrator, "createContract", companyId=ids["company_0"], **terms)
    ids["contract_unused"] = created["contract"]["id"]


async def _pending(product: Product, database: Database, name: str) -> Caller:
    """Somebody of the attendance staff who waits for a decision, as production leaves them: without any session."""
    registration = {"username": name, "password": "123456", "confirmPassword": "123456"}
    await do(product, None, "registerAttendanceStaff", **registration)
    applications, roles = table_of(StaffApplication), table_of(UserRole)
    newest = await database.fetch_one(applications.select().order_by(applications.c.id.desc()).limit(1))
    assert newest is not None
    async with database.transaction() as transaction:
        await transaction.execute(
            update(applications).where(applications.c.id == newest.id).values(status=ApplicationStatus.PENDING)
        )
        await transaction.execute(
            delete(roles).where(roles.c.user_id == newest.user_id, roles.c.role == Role.ATTENDANCE_STAFF)
        )
    query = """mutation($name: String!) {
      signIn(input: {identifier: $name, password: "123456", kind: USERNAME}) { token errors { code } }
    }"""
    payload = (await product.data(query, {"name": name}))["signIn"]
    assert payload == {"token": None, "errors": [{"code": "AWAITING_APPROVAL"}]}
    return Caller("pending", None, None)
