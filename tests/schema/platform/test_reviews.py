"""The reviewers' queue, and their decisions."""

import asyncio
from typing import Any

import pytest

from models.db import Database
from schema.engine.node_id import encode
from tests.support.certification import (
    APPROVE,
    DOCUMENTED_NUMBER,
    REJECT,
    own_claims,
    submitted_award,
    submitted_real_name,
)
from tests.support.clients import Person, Product
from tests.support.platform import audited, counted_statements, done, payload, refused

QUEUE = """query($filter: CertificationFilter, $first: Int! = 20, $after: String) {
  certificationReviews(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id kind status revision message user { id } reviewer { id }
      realName { actualName idNumber picture hasRightCheckDigit } award { competition pictures } }
  }
}"""
OWN = "{ viewer { developer { certifications { totalCount nodes { kind status } } } } }"


async def queue(product: Product, reviewer: Person, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await product.data(QUEUE, variables, person=reviewer))["certificationReviews"]
    return found


async def test_the_queue_shows_the_oldest_first_and_what_is_claimed(product: Product) -> None:
    first, second = await product.students(2)
    admin = await product.administrator()
    await submitted_award(product, first, competition="甲")
    real_name = await submitted_real_name(product, second)
    await submitted_award(product, second, competition="乙")
    await done(product, APPROVE, admin, certificationId=real_name["certification"]["id"], revision=1)

    everything = await queue(product, admin)
    pending = await queue(product, admin, filter={"status": "PENDING"})
    approved = await queue(product, admin, filter={"status": "APPROVED", "kind": "REAL_NAME"})
    none = await queue(product, admin, filter={"status": "REJECTED"})
    page = await queue(product, admin, first=2)
    rest = await queue(product, admin, first=2, after=page["pageInfo"]["endCursor"])

    assert [node["kind"] for node in everything["nodes"]] == ["AWARD", "REAL_NAME", "AWARD"]
    assert [node["award"]["competition"] for node in pending["nodes"]] == ["甲", "乙"]
    (node,) = approved["nodes"]
    assert node["user"] == {"id": encode("User", second.id)}
    assert node["reviewer"] == {"id": encode("User", admin.id)}
    assert (node["award"], node["realName"]["actualName"]) == (None, "张三")
    assert DOCUMENTED_NUMBER not in str(everything)
    assert (none["totalCount"], none["nodes"]) == (0, [])
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert page["nodes"] + rest["nodes"] == everything["nodes"]


async def test_a_page_of_the_queue_takes_no_more_statements_than_one_row(product: Product) -> None:
    person = await product.student()
    admin = await product.administrator()
    pictures = (await submitted_award(product, person))["pictures"]
    await submitted_real_name(product, person)
    with counted_statements() as one:
        await queue(product, admin)
    for _ in range(5):
        await submitted_award(product, person, pictures=pictures)

    with counted_statements() as many:
        found = await queue(product, admin)

    assert len(found["nodes"]) == 7
    assert len(many) == len(one)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_only_reviewers_see_the_queue_and_decide(product: Product) -> None:
    person = await product.student()
    certification = (await submitted_award(product, person))["certification"]["id"]

    answers = [
        await product.graphql(QUEUE, person=person),
        await product.graphql(APPROVE, {"input": {"certificationId": certification, "revision": 1}}, person=person),
        await product.graphql(QUEUE),
    ]

    assert [answer["errors"][0]["extensions"]["code"] for answer in answers] == [
        "FORBIDDEN",
        "FORBIDDEN",
        "UNAUTHENTICATED",
    ]
    (award,) = (await own_claims(product, person))["awards"]
    assert award["certification"]["status"] == "PENDING"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_the_owner_sees_the_decision(product: Product, database: Database) -> None:
    person = await product.student()
    admin = await product.administrator()
    certification = (await submitted_award(product, person))["certification"]["id"]
    product.clock.advance(hours=3)

    decided = await done(product, REJECT, admin, certificationId=certification, revision=1, message=" 看不清 ")

    expected = {
        "id": certification,
        "status": "REJECTED",
        "message": "看不清",
        "revision": 1,
        "submittedAt": "2026-03-02T02:00:00+00:00",
        "reviewedAt": "2026-03-02T05:00:00+00:00",
    }
    assert decided == {"certification": expected}
    assert (await own_claims(product, person))["awards"][0]["certification"] == expected
    own = (await product.data(OWN, person=person))["viewer"]["developer"]["certifications"]
    assert own == {"totalCount": 1, "nodes": [{"kind": "AWARD", "status": "REJECTED"}]}
    assert await audited(database, "Certification") == [
        ("reject_certification", admin.id, {"revision": "1", "message": "看不清"})
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_the_moves_that_are_not_allowed(product: Product, database: Database) -> None:
    person = await product.student()
    admin = await product.administrator()
    award = await submitted_award(product, person)
    certification = award["certification"]["id"]
    decision = {"certificationId": certification, "revision": 1}

    wordless = await payload(product, REJECT, admin, **decision, message=" ")
    unseen = await payload(product, APPROVE, admin, certificationId=certification, revision=2)
    unknown = await payload(product, APPROVE, admin, certificationId=encode("Certification", 99), revision=1)
    await done(product, APPROVE, admin, **decision)
    twice = await payload(product, APPROVE, admin, **decision)
    reversed_ = await refused(product, REJECT, admin, **decision, message="改了主意")
    await submitted_award(product, person, awardId=award["id"])
    outdated = await payload(product, REJECT, admin, **decision, message="看不清")

    assert wordless["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "message"]}]
    assert unseen["errors"] == [{"code": "MOVE_NOT_ALLOWED", "path": ["input", "revision"]}]
    assert unknown["errors"] == [{"code": "NOT_FOUND", "path": ["input", "certificationId"]}]
    assert twice["errors"] == [{"code": "MOVE_NOT_ALLOWED", "path": ["input", "certificationId"]}]
    assert reversed_ == ["MOVE_NOT_ALLOWED"]
    assert outdated["errors"] == [{"code": "MOVE_NOT_ALLOWED", "path": ["input", "revision"]}]
    (kept,) = (await own_claims(product, person))["awards"]
    assert (kept["certification"]["status"], kept["certification"]["revision"]) == ("PENDING", 2)
    assert [action for action, *_ in await audited(database, "Certification")] == ["approve_certification"]


async def test_of_forty_decisions_at_once_one_counts(product: Product, database: Database) -> None:
    person = await product.student()
    admin = await product.administrator()
    certification = (await submitted_real_name(product, person))["certification"]["id"]
    decision = {"certificationId": certification, "revision": 1}

    results = await asyncio.gather(
        *(payload(product, APPROVE, admin, **decision) for _ in range(20)),
        *(payload(product, REJECT, admin, **decision, message="不符") for _ in range(20)),
    )

    won = [result["certification"]["status"] for result in results if not result["errors"]]
    lost = [error for result in results for error in result["errors"]]
    assert len(won) == 1
    assert lost == [{"code": "MOVE_NOT_ALLOWED", "path": ["input", "certificationId"]}] * 39
    assert (await own_claims(product, person))["realName"]["certification"]["status"] == won[0]
    assert len(await audited(database, "Certification")) == 1


async def test_nobody_else_reads_a_claim_by_its_id(product: Product) -> None:
    person, other = await product.students(2)
    award = await submitted_award(product, person)
    real_name = await submitted_real_name(product, person)
    ids = [award["id"], award["certification"]["id"], real_name["certification"]["id"]]
    query = """query($id: ID!) { node(id: $id) {
      ... on Award { competition pictures } ... on Certification { status realName { actualName } }
    } }"""

    for id_ in ids:
        reply = await product.graphql(query, {"id": id_}, person=other)
        assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}
        assert reply["data"] == {"node": None}
        assert "errors" not in await product.graphql(query, {"id": id_}, person=person)
