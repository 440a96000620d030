"""The platform's certification: what is submitted, shown and refused."""

from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from schema.engine.node_id import encode
from tests.support.certification import APPROVE, DOCUMENTED_NUMBER, REJECT
from tests.support.clients import Person, Product
from tests.support.developers import (
    FIELD_REQUIRED,
    NOT_FOUND,
    UNAUTHENTICATED,
    answer,
    developer,
    failure,
    sent_path,
)
from tests.support.platform import done

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

ALL = "/api/user/authenticate"
REAL_NAME = "/api/user/authenticate/real-name"
EDUCATION = "/api/user/authenticate/educational-info"
JOB = "/api/user/authenticate/job-info"
AWARD = "/api/user/authenticate/award-info"
UPLOAD_PHOTO = "/api/user/authenticate/upload/licensed-photo"
UPLOAD_AWARD = "/api/user/authenticate/upload/award-prove"
EDUCATION_VALUES = {"institution": "北京大学", "education_id": 1, "project_experience": "完成河流污染识别算法"}
JOB_VALUES = {
    "organization": "北京大学",
    "position_id": 1,
    "domain_id": [1, 2],
    "project_experience": "完成河流污染识别算法",
}
IN_REVIEW = {"authenticate_status": "待审核", "authenticate_message": ""}
METHODS = {REAL_NAME: "PUT", EDUCATION: "PUT", JOB: "PUT", AWARD: "POST"}
NOTHING = text(
    "SELECT (SELECT count(*) FROM certifications) + (SELECT count(*) FROM educations)"
    " + (SELECT count(*) FROM occupations) + (SELECT count(*) FROM occupation_domains)"
)


async def real_name_values(product: Product, person: Person) -> dict[str, Any]:
    return {
        "actual_name": "张三",
        "certificate_type_id": 1,
        "id_number": DOCUMENTED_NUMBER,
        "authenticate_picture": await sent_path(product, UPLOAD_PHOTO, person),
    }


async def award_values(product: Product, person: Person) -> dict[str, Any]:
    pictures = [await sent_path(product, UPLOAD_AWARD, person) for _ in range(2)]
    return {"competition": "CV101榜单活动", "award_level_id": 1, "award_picture": pictures}


async def sections(product: Product, person: Person) -> dict[str, Any]:
    status, body = answer(await product.rest("GET", ALL, person=person))
    assert (status, body["status_code"], body["message"]) == (200, 200, "操作成功")
    data: dict[str, Any] = body["data"]
    return data


async def test_every_section_is_there_before_anything_is_submitted(product: Product) -> None:
    assert await sections(product, await developer(product)) == {
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


async def test_each_section_answers_what_was_submitted(product: Product) -> None:
    person = await developer(product)
    real_name, award = await real_name_values(product, person), await award_values(product, person)

    replies = [
        await product.rest("PUT", REAL_NAME, real_name, person=person),
        await product.rest("PUT", EDUCATION, EDUCATION_VALUES, person=person),
        await product.rest("PUT", JOB, {**JOB_VALUES, "domain_id": ["1", "2"]}, person=person),
        await product.rest("POST", AWARD, award, person=person),
    ]

    expected = [{**real_name, **IN_REVIEW}, EDUCATION_VALUES, JOB_VALUES, {**award, **IN_REVIEW}]
    assert [answer(reply) for reply in replies] == [
        (200, {"status_code": 200, "message": "操作成功", "data": data}) for data in expected
    ]
    assert await sections(product, person) == {
        "real_name": expected[0],
        "educational_info": expected[1],
        "job_info": expected[2],
        "award_info": [expected[3]],
    }


async def test_images_open_by_the_path_that_is_shown(product: Product) -> None:
    person = await developer(product)
    real_name, award = await real_name_values(product, person), await award_values(product, person)
    await product.rest("PUT", REAL_NAME, real_name, person=person)
    await product.rest("POST", AWARD, award, person=person)
    product.clock.advance(hours=1, minutes=30)

    shown = await sections(product, person)

    paths = [shown["real_name"]["authenticate_picture"], *shown["award_info"][0]["award_picture"]]
    old = [real_name["authenticate_picture"], *award["award_picture"]]
    assert [(await product.http.get(path)).status_code for path in paths] == [200, 200, 200]
    assert [(await product.http.get(path)).status_code for path in old] == [404, 404, 404]
    unsigned = {**real_name, "authenticate_picture": paths[0].partition("?")[0]}
    again = await product.rest("PUT", REAL_NAME, unsigned, person=person)
    assert again.json()["data"]["authenticate_picture"] == paths[0]


async def test_the_decision_is_shown_and_a_new_submission_returns_to_review(product: Product) -> None:
    person = await developer(product)
    admin = await product.administrator()
    values = await real_name_values(product, person)
    await product.rest("PUT", REAL_NAME, values, person=person)
    await product.rest("POST", AWARD, await award_values(product, person), person=person)
    queue = "{ certificationReviews { nodes { id kind } } }"
    nodes = (await product.data(queue, person=admin))["certificationReviews"]["nodes"]
    ids = {node["kind"]: node["id"] for node in nodes}

    await done(product, REJECT, admin, certificationId=ids["REAL_NAME"], revision=1, message="照片不清晰")
    await done(product, APPROVE, admin, certificationId=ids["AWARD"], revision=1)
    decided = await sections(product, person)
    again = await product.rest("PUT", REAL_NAME, values, person=person)

    assert decided["real_name"]["authenticate_status"] == "未通过"
    assert decided["real_name"]["authenticate_message"] == "照片不清晰"
    assert decided["award_info"][0]["authenticate_status"] == "已通过"
    assert decided["award_info"][0]["authenticate_message"] == ""
    assert again.json()["data"]["authenticate_status"] == "待审核"
    assert again.json()["data"]["authenticate_message"] == ""


async def test_two_people_cannot_hold_one_number(product: Product) -> None:
    first, second = await developer(product, 1), await developer(product, 2)
    await product.rest("PUT", REAL_NAME, await real_name_values(product, first), person=first)

    refusal = await product.rest("PUT", REAL_NAME, await real_name_values(product, second), person=second)

    assert answer(refusal) == failure(422, "证件号码已被使用")
    assert (await sections(product, second))["real_name"]["id_number"] == ""


async def test_bad_input_is_refused_and_writes_nothing(product: Product, database: Database) -> None:
    person, other = await developer(product, 1), await developer(product, 2)
    bodies: dict[str, dict[str, Any]] = {
        REAL_NAME: await real_name_values(product, person),
        EDUCATION: EDUCATION_VALUES,
        JOB: JOB_VALUES,
        AWARD: await award_values(product, person),
    }
    faults: dict[str, list[dict[str, Any]]] = {
        REAL_NAME: [
            {"actual_name": ""},
            {"actual_name": ["张三"]},
            {"certificate_type_id": 99},
            {"certificate_type_id": "一"},
            {"certificate_type_id": 2**64},
            {"certificate_type_id": True},
            {"id_number": "123"},
            {"id_number": "412536198013250120"},
            {"id_number": 412536198010250120},
            {"authenticate_picture": 1},
        ],
        EDUCATION: [{"institution": " "}, {"education_id": 99}, {"education_id": -1}, {"project_experience": ""}],
        JOB: [
            {"organization": ""},
            {"position_id": 0},
            {"domain_id": []},
            {"domain_id": [1, "1"]},
            {"domain_id": [1, 99]},
            {"domain_id": "1,2"},
            {"domain_id": [[1]]},
            {"domain_id": [1.5]},
            {"project_experience": "\0"},
        ],
        AWARD: [
            {"competition": "赛" * 256},
            {"award_level_id": 99},
            {"award_picture": []},
            {"award_picture": "x"},
            {"award_picture": [1]},
            {"award_picture": bodies[AWARD]["award_picture"][:1] * 2},
        ],
    }

    for path, values in bodies.items():
        for name in values:
            missing = {key: value for key, value in values.items() if key != name}
            assert answer(await product.rest(METHODS[path], path, missing, person=person)) == FIELD_REQUIRED, name
        for fault in faults[path]:
            response = await product.rest(METHODS[path], path, {**values, **fault}, person=person)
            status, body = answer(response)
            assert (status, body["status_code"], set(body)) == (422, 422, {"status_code", "message"}), fault
    unknown: list[tuple[str, dict[str, Any]]] = [
        (REAL_NAME, {"authenticate_picture": await sent_path(product, UPLOAD_PHOTO, other)}),
        (REAL_NAME, {"authenticate_picture": "/storage/licensed-photo/test.jpg"}),
        (REAL_NAME, {"authenticate_picture": bodies[AWARD]["award_picture"][0]}),
        (AWARD, {"award_picture": ["/storage/award-picture/test.jpg", "/storage/award-picture/test2.jpg"]}),
        (AWARD, {"award_picture": [bodies[REAL_NAME]["authenticate_picture"]]}),
    ]
    for path, fault in unknown:
        response = await product.rest(METHODS[path], path, {**bodies[path], **fault}, person=person)
        assert answer(response) == NOT_FOUND, fault

    assert await database.fetch_value(NOTHING) == 0


async def test_certification_needs_a_token_of_the_platform(product: Product, database: Database) -> None:
    recorder = await product.student()

    for person in (None, recorder):
        assert answer(await product.rest("GET", ALL, person=person)) == UNAUTHENTICATED
        for path, method in METHODS.items():
            assert answer(await product.rest(method, path, EDUCATION_VALUES, person=person)) == UNAUTHENTICATED
    assert await database.fetch_value(NOTHING) == 0


async def test_a_reviewer_sees_the_submission_in_the_graph(product: Product) -> None:
    person = await developer(product)
    admin = await product.administrator()
    await product.rest("PUT", REAL_NAME, await real_name_values(product, person), person=person)
    await product.rest("PUT", JOB, JOB_VALUES, person=person)

    query = """query($id: ID!) { node(id: $id) { ... on User { username developer {
      realName { idNumber certification { status } } occupation { domains { name } }
    } } } }"""
    data = await product.data(query, {"id": encode("User", person.id)}, person=admin)

    assert data["node"] == {
        "username": "developer1",
        "developer": {
            "realName": {"idNumber": "412***********0120", "certification": {"status": "PENDING"}},
            "occupation": {"domains": [{"name": "安防"}, {"name": "工地"}]},
        },
    }
