"""Real-name certification in the graph: what is accepted, who sees what, and whose a number is."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from schema.engine.node_id import encode
from tests.support.certification import (
    APPROVE,
    DOCUMENTED_NUMBER,
    REJECT,
    REVEAL,
    SUBMIT_REAL_NAME,
    identity,
    own_claims,
    submitted_real_name,
)
from tests.support.clients import Person, Product
from tests.support.images import uploaded_path
from tests.support.platform import audited, done, payload, refused

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

RIGHT_NUMBER = "11010519491231002X"
OTHER_NUMBER = "412536198010250139"
MASKED = "412***********0120"
OF_USER = """query($id: ID!) { node(id: $id) { ... on User { developer { realName {
  actualName idNumber hasRightCheckDigit picture
} } } } }"""
COUNT = text("SELECT (SELECT count(*) FROM real_names) + (SELECT count(*) FROM certifications)")


async def seen_by(product: Product, viewer: Person, owner: Person) -> dict[str, Any]:
    return await product.graphql(OF_USER, {"id": encode("User", owner.id)}, person=viewer)


async def test_a_submission_is_in_review(product: Product) -> None:
    person = await product.student()
    values = await identity(product, person)

    found = await done(product, SUBMIT_REAL_NAME, person, **values)

    real_name = found["realName"]
    assert real_name.pop("picture").partition("?")[0] == values["picture"].partition("?")[0]
    assert real_name["certification"].pop("id")
    assert real_name == {
        "actualName": "张三",
        "certificateType": {"number": 1, "name": "身份证"},
        "idNumber": DOCUMENTED_NUMBER,
        "certification": {
            "status": "PENDING",
            "message": "",
            "revision": 1,
            "submittedAt": "2026-03-02T02:00:00+00:00",
            "reviewedAt": None,
        },
    }
    assert (await own_claims(product, person))["realName"]["idNumber"] == DOCUMENTED_NUMBER


async def test_the_number_is_stored_encrypted(product: Product, database: Database) -> None:
    await submitted_real_name(product, await product.student())

    row = await database.fetch_one(text("SELECT * FROM real_names"))

    assert row is not None
    assert row.encrypted_number[0] == 2
    assert len(row.encrypted_number) == 1 + 4 + 12 + len(DOCUMENTED_NUMBER) + 16
    assert DOCUMENTED_NUMBER not in str([bytes(value) if isinstance(value, memoryview) else value for value in row])


async def test_who_sees_the_number(product: Product, database: Database) -> None:
    owner, other = await product.students(2)
    admin = await product.administrator()
    await submitted_real_name(product, owner)

    reviewer = (await seen_by(product, admin, owner))["data"]["node"]["developer"]["realName"]
    stranger = await seen_by(product, other, owner)
    own = await seen_by(product, owner, owner)

    assert (reviewer["actualName"], reviewer["idNumber"]) == ("张三", MASKED)
    assert reviewer["hasRightCheckDigit"] is False
    assert (await product.http.get(reviewer["picture"])).status_code == 200
    assert stranger["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "张三" not in str(stranger)
    assert own["errors"][0]["path"][-1] == "hasRightCheckDigit"
    assert own["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await audited(database, "User") == []


async def test_a_reviewer_reveals_a_number_and_that_is_audited(product: Product, database: Database) -> None:
    owner, other = await product.students(2)
    admin = await product.administrator()
    await submitted_real_name(product, owner)

    revealed = await done(product, REVEAL, admin, userId=encode("User", owner.id))
    denied = await product.graphql(REVEAL, {"input": {"userId": encode("User", owner.id)}}, person=other)
    nobody = await payload(product, REVEAL, admin, userId=encode("User", other.id))

    assert revealed == {"idNumber": DOCUMENTED_NUMBER}
    assert denied["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert nobody == {"idNumber": None, "errors": [{"code": "NOT_FOUND", "path": ["input", "userId"]}]}
    assert await audited(database, "User") == [("reveal_id_number", admin.id, {})]
    subject = await database.fetch_value(text("SELECT subject_id FROM audit_events WHERE action = 'reveal_id_number'"))
    assert subject == owner.id


async def test_a_right_check_digit_is_shown_to_the_reviewer(product: Product) -> None:
    owner = await product.student()
    admin = await product.administrator()
    await submitted_real_name(product, owner, RIGHT_NUMBER.lower())

    assert (await seen_by(product, admin, owner))["data"]["node"]["developer"]["realName"]["hasRightCheckDigit"] is True
    assert (await own_claims(product, owner))["realName"]["idNumber"] == RIGHT_NUMBER


async def test_what_cannot_be_accepted_changes_nothing(product: Product, database: Database) -> None:
    person, other = await product.students(2)
    foreign = await uploaded_path(product, other, "LICENSED_PHOTO")
    avatar = await uploaded_path(product, person, "AVATAR")
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"actualName": " "}, "INVALID_INPUT", "actualName"),
        ({"actualName": "名" * 65}, "INVALID_INPUT", "actualName"),
        ({"idNumber": DOCUMENTED_NUMBER[:-1]}, "INVALID_INPUT", "idNumber"),
        ({"idNumber": "412536198013250120"}, "INVALID_INPUT", "idNumber"),
        ({"certificateType": 999}, "INVALID_INPUT", "certificateType"),
        ({"certificateType": 0}, "INVALID_INPUT", "certificateType"),
        ({"certificateType": 2, "idNumber": "E1"}, "INVALID_INPUT", "idNumber"),
        ({"picture": foreign}, "NOT_FOUND", "picture"),
        ({"picture": avatar}, "NOT_FOUND", "picture"),
        ({"picture": avatar.replace("avatar", "licensed-photo")}, "NOT_FOUND", "picture"),
        ({"picture": "/storage/licensed-photo/test.jpg"}, "NOT_FOUND", "picture"),
        ({"picture": "/storage/licensed-photo/../../secret_key"}, "NOT_FOUND", "picture"),
        ({"picture": ""}, "NOT_FOUND", "picture"),
    ]

    for fault, code, field in faults:
        values = await identity(product, person, **fault)
        found = await payload(product, SUBMIT_REAL_NAME, person, **values)
        assert found == {"realName": None, "errors": [{"code": code, "path": ["input", field]}]}, fault

    assert await database.fetch_value(COUNT) == 0


async def test_a_path_is_taken_without_its_signature_too(product: Product) -> None:
    person = await product.student()
    signed = await uploaded_path(product, person, "LICENSED_PHOTO")

    for path in (signed, signed.partition("?")[0]):
        found = await done(product, SUBMIT_REAL_NAME, person, **await identity(product, person, picture=path))
        assert found["realName"]["picture"].partition("?")[0] == signed.partition("?")[0]


async def test_a_new_submission_returns_to_review(product: Product) -> None:
    person = await product.student()
    admin = await product.administrator()
    first = (await submitted_real_name(product, person))["certification"]
    await done(product, REJECT, admin, certificationId=first["id"], revision=1, message="照片不清晰")
    rejected = (await own_claims(product, person))["realName"]["certification"]

    second = (await submitted_real_name(product, person))["certification"]
    await done(product, APPROVE, admin, certificationId=first["id"], revision=2)
    approved = (await own_claims(product, person))["realName"]["certification"]
    third = (await submitted_real_name(product, person, RIGHT_NUMBER))["certification"]

    assert (rejected["status"], rejected["message"]) == ("REJECTED", "照片不清晰")
    assert (second["id"], second["status"], second["message"], second["revision"]) == (first["id"], "PENDING", "", 2)
    assert second["reviewedAt"] is None
    assert (approved["status"], approved["message"]) == ("APPROVED", "")
    assert (third["status"], third["revision"]) == ("PENDING", 3)


async def test_a_number_is_one_persons_until_they_are_rejected(product: Product) -> None:
    first, second = await product.students(2)
    admin = await product.administrator()
    claim = (await submitted_real_name(product, first))["certification"]
    values = await identity(product, second)

    in_review = await payload(product, SUBMIT_REAL_NAME, second, **values)
    await done(product, APPROVE, admin, certificationId=claim["id"], revision=1)
    approved = await refused(product, SUBMIT_REAL_NAME, second, **values)
    again = await submitted_real_name(product, first)
    await done(product, REJECT, admin, certificationId=claim["id"], revision=2, message="号码有误")
    freed = await done(product, SUBMIT_REAL_NAME, second, **values)
    too_late = await refused(product, SUBMIT_REAL_NAME, first, **await identity(product, first))

    assert in_review == {"realName": None, "errors": [{"code": "ID_NUMBER_TAKEN", "path": ["input", "idNumber"]}]}
    assert approved == ["ID_NUMBER_TAKEN"]
    assert again["certification"]["status"] == "PENDING"
    assert freed["realName"]["idNumber"] == DOCUMENTED_NUMBER
    assert too_late == ["ID_NUMBER_TAKEN"]
    assert (await own_claims(product, first))["realName"]["certification"]["status"] == "REJECTED"


async def test_who_changes_their_number_gives_the_old_one_back(product: Product) -> None:
    first, second = await product.students(2)
    await submitted_real_name(product, first)

    await submitted_real_name(product, first, OTHER_NUMBER)

    assert (await submitted_real_name(product, second))["idNumber"] == DOCUMENTED_NUMBER


async def test_a_number_means_nothing_without_its_kind_of_document(product: Product) -> None:
    first, second = await product.students(2)
    passport = await identity(product, first, "12345678", certificateType=2)
    officer = await identity(product, second, "12345678", certificateType=5)

    await done(product, SUBMIT_REAL_NAME, first, **passport)
    await done(product, SUBMIT_REAL_NAME, second, **officer)


async def test_of_many_who_claim_a_number_at_once_one_gets_it(product: Product, database: Database) -> None:
    people = await product.students(8)
    claims = [await identity(product, person) for person in people]

    results = await asyncio.gather(
        *(payload(product, SUBMIT_REAL_NAME, person, **claim) for person, claim in zip(people, claims, strict=True))
    )

    errors = [error["code"] for result in results for error in result["errors"]]
    assert errors == ["ID_NUMBER_TAKEN"] * 7
    assert await database.fetch_value(COUNT) == 2


async def test_a_person_who_submits_many_times_at_once_has_one_claim(product: Product, database: Database) -> None:
    person = await product.student()
    values = await identity(product, person)

    await asyncio.gather(*(done(product, SUBMIT_REAL_NAME, person, **values) for _ in range(8)))

    assert await database.fetch_value(COUNT) == 2
    assert (await own_claims(product, person))["realName"]["certification"]["revision"] == 8


@pytest.mark.parametrize("enabled", [True, False])
async def test_a_disabled_certificate_type_stays_where_it_was_chosen(product: Product, enabled: bool) -> None:
    first, second = await product.students(2)
    admin = await product.administrator()
    await submitted_real_name(product, first)
    save = """mutation($input: SaveDictionaryEntryInput!) { saveDictionaryEntry(input: $input) { errors { code } } }"""
    await done(product, save, admin, kind="CERTIFICATE_TYPE", number=1, enabled=enabled)

    newcomer = await payload(product, SUBMIT_REAL_NAME, second, **await identity(product, second, OTHER_NUMBER))

    refusals = [] if enabled else [{"code": "INVALID_INPUT", "path": ["input", "certificateType"]}]
    assert newcomer["errors"] == refusals
    assert (await submitted_real_name(product, first))["certificateType"] == {"number": 1, "name": "身份证"}
