"""What developers take back or change: claims, awards, education, occupation and mirrors; and a level too many."""

import asyncio

from sqlalchemy import func, select

from models.db import Database
from models.platform.certification import AwardPicture, Certification, RealName
from models.statements import table_of
from schema.engine.node_id import encode
from tests.support.certification import (
    APPROVE,
    DOCUMENTED_NUMBER,
    REJECT,
    SUBMIT_AWARD,
    own_claims,
    submitted_award,
    submitted_real_name,
)
from tests.support.clients import Product
from tests.support.developers import developer
from tests.support.platform import GRANT_EXPERIENCE, audited, credits_of, done, payload, refused

WITHDRAW = """mutation($input: WithdrawCertificationInput!) { withdrawCertification(input: $input) {
  deletedId errors { code message path }
} }"""
DELETE_AWARD = "mutation($input: DeleteAwardInput!) { deleteAward(input: $input) { deletedId errors { code path } } }"
RESTORE = """mutation($input: RestoreDeletedInput!) { restoreDeleted(input: $input) {
  restoredId node { ... on Certification { status award { id } } } errors { code }
} }"""
DELETED = "{ viewer { deletedItems { nodes { id kind title } } } }"
BACKGROUNDS = """mutation {
  saveEducation(input: {institution: "重庆大学", level: 3, projectExperience: "识别"}) { errors { code } }
  saveOccupation(input: {organization: "青禾", position: 1, domains: [2], projectExperience: "识别"}) {
    errors { code }
  }
}"""
DELETE_BACKGROUNDS = """mutation {
  deleteEducation { deleted errors { code } } deleteOccupation { deleted errors { code } }
}"""
CREATE_MIRROR = """mutation($input: CreateMirrorInput!) { createMirror(input: $input) {
  mirror { id } errors { code }
} }"""
UPDATE_MIRROR = """mutation($input: UpdateMirrorInput!) { updateMirror(input: $input) {
  mirror { id name tag remark size } errors { code path }
} }"""
DELETE_LEVEL = """mutation($input: DeleteLevelInput!) { deleteLevel(input: $input) {
  deletedNumber errors { code path }
} }"""
REVOKE = """mutation($input: RevokeGrantInput!) { revokeGrant(input: $input) {
  user { developer { standing { experience } } } errors { code path }
} }"""
GRANTS = "{ viewer { developer { standing { grants { nodes { id amount } } } } } }"
SET_LEVEL = "mutation($input: SetLevelInput!) { setLevel(input: $input) { level { number } errors { code } } }"
NEW_LEVEL = {"experience": 30_000, "businessAlgorithms": 6, "algorithmTypes": 4, "projects": 13}
EMPTY = {
    "real_name": {
        "actual_name": "",
        "certificate_type_id": 0,
        "id_number": "",
        "authenticate_picture": "",
        "authenticate_status": "",
        "authenticate_message": "",
    },
    "educational_info": {"institution": "", "education_id": 0, "project_experience": ""},
    "job_info": {"organization": "", "position_id": 0, "domain_id": [], "project_experience": ""},
    "award_info": [],
}
"""What the old API shows of somebody who stated nothing."""


async def test_claims_that_are_not_certified_are_withdrawn(product: Product, database: Database) -> None:
    person, other = await developer(product, 1), await developer(product, 2)
    reviewer = await product.administrator()
    claims = {
        "PENDING": (await submitted_award(product, person))["certification"]["id"],
        "REJECTED": (await submitted_real_name(product, person))["certification"]["id"],
    }
    await done(product, REJECT, reviewer, certificationId=claims["REJECTED"], revision=1, message="不清楚")

    for claim in claims.values():
        assert await refused(product, WITHDRAW, other, certificationId=claim) == ["NOT_FOUND"]
        assert await done(product, WITHDRAW, person, certificationId=claim) == {"deletedId": claim}
        assert await refused(product, WITHDRAW, person, certificationId=claim) == ["NOT_FOUND"]
        for decision in (APPROVE, REJECT):
            more = {"message": "不"} if decision == REJECT else {}
            decided = {"certificationId": claim, "revision": 1, **more}
            assert await refused(product, decision, reviewer, **decided) == ["NOT_FOUND"]

    assert await own_claims(product, person) == {"realName": None, "awards": []}
    shown = (await product.rest("GET", "/api/user/authenticate", person=person)).json()["data"]
    assert {name: shown[name] for name in EMPTY} == EMPTY
    # The number is free again, and certified, nobody takes it back: it would earn credits a second time.
    mine = await submitted_real_name(product, other, DOCUMENTED_NUMBER)
    await done(product, APPROVE, reviewer, certificationId=mine["certification"]["id"], revision=1)
    reply = await payload(product, WITHDRAW, other, certificationId=mine["certification"]["id"])
    assert [(error["code"], error["message"]) for error in reply["errors"]] == [
        ("MOVE_NOT_ALLOWED", "It was approved before.")
    ]
    assert (await credits_of(product, other))["balance"] == 150
    assert [event for event in await audited(database, "Certification") if event[0].startswith("withdraw")] == [
        ("withdraw_certification", person.id, {"kind": "award", "revision": "1"}),
        ("withdraw_certification", person.id, {"kind": "real_name", "revision": "1"}),
    ]


async def test_a_withdrawal_and_a_decision_at_once(product: Product, database: Database) -> None:
    """One of them wins: a certified name is there with its review, or nothing is."""
    people = await product.students(4)
    reviewer = await product.administrator()
    for person in people:
        claim = (await submitted_real_name(product, person))["certification"]["id"]

        withdrawn, approved = await asyncio.gather(
            payload(product, WITHDRAW, person, certificationId=claim),
            payload(product, APPROVE, reviewer, certificationId=claim, revision=1),
        )

        outcome = ([error["code"] for error in withdrawn["errors"]], [error["code"] for error in approved["errors"]])
        assert outcome in (([], ["NOT_FOUND"]), (["MOVE_NOT_ALLOWED"], []))
        names, reviews = table_of(RealName), table_of(Certification)
        counted = [await database.fetch_value(select(func.count()).select_from(table)) for table in (names, reviews)]
        if outcome[1]:
            assert counted == [0, 0]
            continue
        assert counted == [1, 1]
        return


async def test_an_award_is_deleted_wherever_it_stands(product: Product, database: Database) -> None:
    person, other = await product.students(2)
    reviewer = await product.administrator()
    pending, certified, kept = [await submitted_award(product, person) for _ in range(3)]
    claim = certified["certification"]["id"]
    await done(product, APPROVE, reviewer, certificationId=claim, revision=1)

    for award in (pending, certified):
        assert await refused(product, DELETE_AWARD, other, awardId=award["id"]) == ["NOT_FOUND"]
        assert await done(product, DELETE_AWARD, person, awardId=award["id"]) == {"deletedId": award["id"]}
        assert await refused(product, DELETE_AWARD, person, awardId=award["id"]) == ["NOT_FOUND"]

    assert [award["id"] for award in (await own_claims(product, person))["awards"]] == [kept["id"]]
    pictures = table_of(AwardPicture)
    assert await database.fetch_value(select(func.count()).select_from(pictures)) == 1
    again = {"awardId": pending["id"], "competition": "x", "level": 1, "pictures": pending["pictures"]}
    assert await refused(product, SUBMIT_AWARD, person, **again) == ["NOT_FOUND"]
    # Restored, it is certified as before, with its pictures; a second time there is nothing to restore.
    items = (await product.data(DELETED, person=person))["viewer"]["deletedItems"]["nodes"]
    assert [(item["kind"], item["title"]) for item in items] == [("CERTIFICATION", "CV101榜单活动")] * 2
    restored = await done(product, RESTORE, person, id=items[0]["id"])
    assert restored == {"restoredId": claim, "node": {"status": "APPROVED", "award": {"id": certified["id"]}}}
    assert await refused(product, RESTORE, person, id=items[0]["id"]) == ["NOT_FOUND"]
    assert await database.fetch_value(select(func.count()).select_from(pictures)) == 2
    events = [event for event in await audited(database, "Certification") if event[0] == "delete_award"]
    assert events == [("delete_award", person.id, {"kind": "award", "revision": "1"})] * 2


async def test_backgrounds_are_deleted_and_mirrors_and_levels_corrected(product: Product, database: Database) -> None:
    person, administrator = await developer(product), await product.administrator()
    await product.data(BACKGROUNDS, person=person)

    first = await product.data(DELETE_BACKGROUNDS, person=person)
    second = await product.data(DELETE_BACKGROUNDS, person=person)

    assert list(first.values()) == [{"deleted": True, "errors": []}] * 2
    assert list(second.values()) == [{"deleted": None, "errors": [{"code": "NOT_FOUND"}]}] * 2
    shown = (await product.rest("GET", "/api/user/authenticate", person=person)).json()["data"]
    assert {name: shown[name] for name in EMPTY} == EMPTY

    made = await done(product, CREATE_MIRROR, person, name="pytorch", tag="2.1", size="1.5", remark="自用")
    mirror = {"mirrorId": made["mirror"]["id"]}
    changed = await done(product, UPDATE_MIRROR, person, **mirror, tag=" 2.2 ", remark="")
    assert changed["mirror"] == {**made["mirror"], "name": "pytorch", "tag": "2.2", "remark": "", "size": "1.5"}
    assert await refused(product, UPDATE_MIRROR, administrator, **mirror, tag="x") == ["NOT_FOUND"]
    assert await refused(product, UPDATE_MIRROR, person, **mirror, name=" ") == ["INVALID_INPUT"]
    assert await refused(product, UPDATE_MIRROR, person, mirrorId=encode("Mirror", 99), name="x") == ["NOT_FOUND"]

    who = {"userId": encode("User", person.id), "kind": "EXPERIENCE", "message": "奖励"}
    for amount in (1000, 200):
        await done(product, GRANT_EXPERIENCE, administrator, **who, amount=amount)
    grants = (await product.data(GRANTS, person=person))["viewer"]["developer"]["standing"]["grants"]["nodes"]
    assert [grant["amount"] for grant in grants] == [200, 1000]
    revoked = await done(product, REVOKE, administrator, grantId=grants[0]["id"])
    assert revoked["user"] == {"developer": {"standing": {"experience": 1000}}}
    assert await refused(product, REVOKE, administrator, grantId=grants[0]["id"]) == ["NOT_FOUND"]

    assert await refused(product, DELETE_LEVEL, administrator, number=4) == ["IN_USE"]
    assert await refused(product, DELETE_LEVEL, administrator, number=6) == ["NOT_FOUND"]
    for number in (6, 5, 4, 3, 2):
        if number == 6:
            await done(product, SET_LEVEL, administrator, number=number, **NEW_LEVEL)
        assert await done(product, DELETE_LEVEL, administrator, number=number) == {"deletedNumber": number}
    assert await refused(product, DELETE_LEVEL, administrator, number=1) == ["IN_USE"]
    # Level 2 is added above the first one or, where the first call to delete it comes later, goes again: never a gap.
    two = {"number": 2, "experience": 1, "businessAlgorithms": 0, "algorithmTypes": 0, "projects": 0}
    await done(product, SET_LEVEL, administrator, **two)
    await asyncio.gather(
        *(payload(product, DELETE_LEVEL, administrator, number=2) for _ in range(3)),
        *(payload(product, SET_LEVEL, administrator, **{**two, "number": 3}) for _ in range(3)),
    )
    numbers = [level["number"] for level in (await product.data("{ levels { number } }", person=person))["levels"]]
    assert numbers in ([1], [1, 2, 3])
    deleted = [details["number"] for action, _, details in await audited(database, "Level") if action == "delete_level"]
    assert deleted[:5] == ["6", "5", "4", "3", "2"]
