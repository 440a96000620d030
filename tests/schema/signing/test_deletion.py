"""Deleting a resume and what then is left of it; withdrawing applications."""

import asyncio

from sqlalchemy import select

from models.db import Database
from models.settings import Settings
from models.signing.applications import SignApplication
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.recommendations import MatchingTask
from models.uploads import ImageFolder, Upload
from resolvers.scope import Scope, Services
from resolvers.signing.purge import purge_deleted
from resolvers.talent.documents import resume_documents
from schema.engine.node_id import encode
from tests.support.clients import Product
from tests.support.feeds import candidate, named, new_feed, new_recruiter, recommended
from tests.support.feeds import told as hr_told
from tests.support.images import uploaded_path
from tests.support.platform import audited, counted_statements, done, payload, refused
from tests.support.signing import (
    ASSIGN,
    REJECT,
    SIGN,
    SUBMIT,
    UPDATE_RESUME,
    applied,
    call,
    form,
    moved,
    new_employer,
    resume,
    told,
    wechat_person,
)

DELETE = "mutation { deleteResume { deletedId deletedItem { id title } errors { code message path } } }"
RESTORE = """mutation($input: RestoreDeletedInput!) { restoreDeleted(input: $input) { restoredId errors { code } } }"""
WITHDRAW = """mutation($input: WithdrawSignApplicationInput!) { withdrawSignApplication(input: $input) {
  application { id status reason } errors { code path }
} }"""
OWN = "{ viewer { resume { id databaseId visibility } signApplications { nodes { id status resume { id } } } } }"
_HINTS = "viewerCanWithdraw viewerCanSign resume { viewerCanUpdate viewerCanDelete }"
HINTS = f"{{ viewer {{ signApplications {{ nodes {{ {_HINTS} }} }} }} }}"
LISTED = f"query($first: Int) {{ signApplications(first: $first) {{ nodes {{ {_HINTS} }} }} }}"
SEEN = """query($id: ID!, $candidate: ID!) {
  resume: node(id: $id) { id } candidate: node(id: $candidate) { id }
}"""
NOTIFIED = "{ viewer { notifications { nodes { kind text } } } }"
FEEDS = """{ viewer { feeds { nodes { recommendationCount recommendations { totalCount nodes { id } } } }
  watchedResumes { totalCount nodes { id } } } }"""
WATCH = "mutation($input: RecommendationInput!) { watchResume(input: $input) { errors { code } } }"
ACQUIRE = "mutation($input: RecommendationInput!) { acquireContact(input: $input) { errors { code } } }"


async def test_a_resume_that_an_application_needs_is_not_deleted(product: Product, database: Database) -> None:
    employer = await new_employer(product)
    people = await product.students(5)
    for person, status in zip(
        people, ("APPLIED", "AWAITING_SIGNATURE", "SIGNED", "REJECTED", "CANCELLED"), strict=True
    ):
        application = (await applied(product, person, employer))["id"]
        await moved(product, person, employer, application, status)
        (hints,) = (await product.data(HINTS, person=person))["viewer"]["signApplications"]["nodes"]
        assert hints == {
            "viewerCanWithdraw": status in {"APPLIED", "AWAITING_SIGNATURE", "REJECTED"},
            "viewerCanSign": status == "AWAITING_SIGNATURE",
            "resume": {
                "viewerCanUpdate": status in {"APPLIED", "REJECTED", "CANCELLED"},
                "viewerCanDelete": status in {"REJECTED", "CANCELLED"},
            },
        }

        reply = (await product.data(DELETE, person=person))["deleteResume"]

        own = (await product.data(OWN, person=person))["viewer"]
        if status in {"REJECTED", "CANCELLED"}:
            # What was rejected cannot be resubmitted any more, so that it ends; both stay, for whoever decided.
            assert (reply["errors"], own["resume"]) == ([], None)
            assert own["signApplications"]["nodes"] == [{"id": application, "status": "CANCELLED", "resume": None}]
            gone = (await product.data(DELETE, person=person))["deleteResume"]
            assert [error["code"] for error in gone["errors"]] == ["NOT_FOUND"]
            continue
        message = "An application is open or signed: withdraw it, or hide the resume instead."
        assert reply["deletedId"] is None
        assert reply["errors"] == [{"code": "RESUME_LOCKED", "message": message, "path": []}]
        assert own["signApplications"]["nodes"] == [
            {"id": application, "status": status, "resume": {"id": own["resume"]["id"]}}
        ]
    statements = []
    administrator = await product.administrator()
    for first in (1, 5):
        with counted_statements() as counted:
            nodes = (await product.data(LISTED, {"first": first}, person=administrator))["signApplications"]["nodes"]
        assert len(nodes) == first
        statements.append(len(counted))
    assert statements[0] == statements[1]
    deleted = [(action, actor) for action, actor, _ in await audited(database, "Resume")]
    assert deleted == [("delete_resume", people[3].id), ("delete_resume", people[4].id)]
    withdrawn = [event for event in await audited(database, "SignApplication") if event[0].startswith("withdraw")]
    details = {"status": "cancelled", "reason": "照片不清晰"}
    assert withdrawn == [("withdraw_sign_application", people[3].id, details)]


async def test_nobody_sees_a_deleted_resume_and_old_clients_go_on(
    product: Product, database: Database, settings: Settings
) -> None:
    employer = await new_employer(product)
    recruiter = await new_recruiter(product, settings)
    feed = await new_feed(product, recruiter)
    person, number = await candidate(product, companyId=employer.company)
    await recommended(database, product.clock, feed, number)
    for mutation in (WATCH, ACQUIRE):
        await done(product, mutation, recruiter, **named(feed, number))
    application = (await product.data(OWN, person=person))["viewer"]["signApplications"]["nodes"][0]["id"]
    administrator = await product.administrator()
    await done(product, ASSIGN, administrator, applicationId=application, handlerId=employer.handler)
    await done(product, REJECT, employer.person, applicationId=application, reason="照片不清晰")
    tasks = table_of(MatchingTask)
    version = select(tasks.c.version).where(tasks.c.kind == "resume", tasks.c.subject_id == number)
    before = await database.fetch_value(version)

    reply = (await product.data(DELETE, person=person))["deleteResume"]

    assert (reply["deletedId"], reply["errors"]) == (encode("Resume", number), [])
    assert reply["deletedItem"]["title"] == "赵一鸣"
    ids = {"id": encode("Resume", number), "candidate": encode("CandidateResume", number)}
    for reader in (person, recruiter, employer.person, administrator):
        assert await product.data(SEEN, ids, person=reader) == {"resume": None, "candidate": None}
    assert (await product.data(FEEDS, person=recruiter))["viewer"] == {
        "feeds": {"nodes": [{"recommendationCount": 0, "recommendations": {"totalCount": 0, "nodes": []}}]},
        "watchedResumes": {"totalCount": 0, "nodes": []},
    }
    assert (await hr_told(product, recruiter, "/resume/follow/list/"))["data"] == []
    assert await database.fetch_value(version) == before + 1
    services = Services.from_settings(settings, product.clock)
    assert await resume_documents(Scope(services, now=product.clock()), [number]) == {}
    await services.close()
    assert await refused(product, ASSIGN, administrator, applicationId=application, handlerId=employer.handler) == [
        "MOVE_NOT_ALLOWED"
    ]
    assert await refused(product, UPDATE_RESUME, person, resume=resume()) == ["NOT_FOUND"]
    # Restored, it is what it was, for everybody who saw it.
    restore = {"id": reply["deletedItem"]["id"]}
    assert await refused(product, RESTORE, recruiter, **restore) == ["NOT_FOUND"]
    assert await done(product, RESTORE, person, **restore) == {"restoredId": ids["id"]}
    assert (await product.data(SEEN, ids, person=person))["resume"] == {"id": ids["id"]}
    assert (await product.data(FEEDS, person=recruiter))["viewer"]["watchedResumes"]["totalCount"] == 1
    assert (await product.data(OWN, person=person))["viewer"]["resume"]["visibility"] == "PUBLIC"
    again = (await product.data(DELETE, person=person))["deleteResume"]["deletedItem"]
    # A new one is another resume: what recruiters noted about the first is not about it.
    await done(product, SUBMIT, person, resume=resume(employer, visibility="PUBLIC"))
    fresh = (await product.data(OWN, person=person))["viewer"]["resume"]
    assert fresh["databaseId"] != number
    rows = await database.fetch(select(table_of(Resume).c.id).where(table_of(Resume).c.user_id == person.id))
    assert [row.id for row in rows] == [fresh["databaseId"]]
    assert (await product.data(FEEDS, person=recruiter))["viewer"]["watchedResumes"]["totalCount"] == 0
    assert await refused(product, RESTORE, person, id=again["id"]) == ["NOT_RESTORABLE"]


async def test_a_deleted_resume_goes_for_good_with_its_pictures(
    product: Product, database: Database, settings: Settings
) -> None:
    employer = await new_employer(product)
    person = await product.student()
    pictures = {side: await uploaded_path(product, person, "ID_CARD") for side in ("idCardFront", "idCardBack")}
    application = (await applied(product, person, employer, **pictures))["id"]
    await moved(product, person, employer, application, "CANCELLED")
    item = (await product.data(DELETE, person=person))["deleteResume"]["deletedItem"]
    resumes, uploads = table_of(Resume), table_of(Upload)
    product.clock.advance(days=settings.retention_deleted_days, seconds=-1)
    services = Services.from_settings(settings, product.clock)

    kept = []
    for _ in range(2):
        await purge_deleted(services)
        rows = [len(await database.fetch(select(table.c.id))) for table in (resumes, uploads)]
        kept.append((*rows, len(await services.storage.names(ImageFolder.ID_CARD, ""))))
        product.clock.advance(seconds=2)

    await services.close()
    assert kept == [(1, 2, 2), (0, 0, 0)]
    applications = table_of(SignApplication)
    (row,) = await database.fetch(select(applications))
    assert (row.resume_id, row.status, row.position) == (None, "cancelled", "后端开发工程师")
    person = await product.login(person.account, person.account[-6:])
    assert await refused(product, RESTORE, person, id=item["id"]) == ["NOT_FOUND"]
    assert await refused(product, WITHDRAW, person, applicationId=application) == ["MOVE_NOT_ALLOWED"]


async def test_the_mini_program_after_a_deletion(product: Product) -> None:
    employer = await new_employer(product)
    person = await wechat_person(product, "meimei")
    application = (await applied(product, person, employer))["id"]
    await moved(product, person, employer, application, "REJECTED")

    await product.data(DELETE, person=person)

    status = await told(product, person, "GET", "/em_status")
    assert (status["status"], status["company_name"]) == (5, "青禾软件")
    for method in ("GET", "PUT"):
        response = await call(product, person, method, "/employee", form(employer) if method == "PUT" else None)
        assert response.json() == {"status": 404, "msg": "尚未提交简历", "data": None}
    login = await product.http.post("/weixin/login", data={"code": "dev-meimei"})
    assert login.json()["data"]["em_id"] == 0


async def test_applications_are_withdrawn(product: Product) -> None:
    employer = await new_employer(product)
    person, other = await product.students(2)
    allowed = {"APPLIED": "CANCELLED", "AWAITING_SIGNATURE": "CANCELLED", "REJECTED": "CANCELLED"}
    for status in ("CANCELLED", "REJECTED", "AWAITING_SIGNATURE", "APPLIED", "SIGNED"):
        application = (await applied(product, person, employer))["id"]
        await moved(product, person, employer, application, status)
        for stranger in (other, employer.person):
            codes = await refused(product, WITHDRAW, stranger, applicationId=application)
            assert codes == (["NOT_FOUND"] if stranger is other else codes)
            assert codes in (["NOT_FOUND"], ["MOVE_NOT_ALLOWED"])

        reply = await payload(product, WITHDRAW, person, applicationId=application)

        if status not in allowed:
            assert [error["code"] for error in reply["errors"]] == ["MOVE_NOT_ALLOWED"]
            continue
        assert reply["application"]["status"] == "CANCELLED"
    found = (await product.data(NOTIFIED, person=employer.person))["viewer"]["notifications"]["nodes"]
    text = "赵一鸣 withdrew the sign application to 青禾软件."
    assert [node["text"] for node in found if node["kind"] == "SIGN_APPLICATION_CANCELLED"][:3] == [text] * 3


async def test_signatures_submissions_deletions_and_withdrawals_at_once(product: Product) -> None:
    """A signed application always has its resume, and a deleted resume never an open application."""
    employer = await new_employer(product)
    for person in await product.students(3):
        application = (await applied(product, person, employer))["id"]
        await moved(product, person, employer, application, "AWAITING_SIGNATURE")

        await asyncio.gather(
            payload(product, SIGN, person, applicationId=application),
            payload(product, WITHDRAW, person, applicationId=application),
            *(product.data(DELETE, person=person) for _ in range(3)),
            payload(product, SUBMIT, person, resume=resume(employer)),
        )

        own = (await product.data(OWN, person=person))["viewer"]
        needing = [node for node in own["signApplications"]["nodes"] if node["status"] != "CANCELLED"]
        assert all(node["resume"] == {"id": own["resume"]["id"]} for node in needing)
        assert needing or own["resume"] is None
