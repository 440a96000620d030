"""GET and PUT /api/user/base."""

from typing import Any

import pytest

from rest_compat.converters import Password
from rest_compat.developer_platform.endpoints import ENDPOINTS
from tests.support.clients import Product
from tests.support.developers import (
    FIELD_REQUIRED,
    NOT_FOUND,
    UNAUTHENTICATED,
    answer,
    developer,
    sent_path,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

BASE = "/api/user/base"
UPLOAD = "/api/user/base/upload/avatar"
PLACE = {"province": "广东省", "city": "深圳市", "county": "南山区"}
HOME: dict[str, Any] = {**PLACE, "is_overseas": 0, "research_direction_id": [1, 2]}


async def test_a_new_developer_has_no_details(product: Product) -> None:
    person = await developer(product)

    assert answer(await product.rest("GET", BASE, person=person)) == (
        200,
        {
            "status_code": 200,
            "message": "操作成功",
            "data": {
                "id": person.id,
                "username": "developer1",
                "avatar": "",
                "province": "",
                "city": "",
                "county": "",
                "is_overseas": 0,
                "research_direction_id": [],
                "mobile": "13800200001",
                "email": "",
                "created_at": "2026-03-02 10:00:00",
                "updated_at": "2026-03-02 10:00:00",
            },
        },
    )


async def test_details_are_saved_as_documented(product: Product) -> None:
    person = await developer(product)
    avatar = await sent_path(product, UPLOAD, person)
    product.clock.advance(minutes=5)

    saved = await product.rest("PUT", BASE, {"avatar": avatar, **HOME}, person=person)
    read = await product.rest("GET", BASE, person=person)
    me = await product.rest("GET", "/api/me", person=person)

    assert answer(saved) == (
        200,
        {
            "status_code": 200,
            "message": "操作成功",
            "data": {
                "id": person.id,
                "username": "developer1",
                "avatar": avatar,
                **PLACE,
                "is_overseas": 0,
                "research_direction_id": [1, 2],
                "mobile": "13800200001",
                "email": "",
                "created_at": "2026-03-02 10:00:00",
                "updated_at": "2026-03-02 10:05:00",
            },
        },
    )
    assert read.json() == saved.json()
    assert me.json()["data"]["avatar"] == avatar


async def test_numbers_may_be_texts_and_abroad_there_is_no_place(product: Product) -> None:
    person = await developer(product)
    avatar = await sent_path(product, UPLOAD, person)

    response = await product.rest(
        "PUT",
        BASE,
        {"avatar": avatar, "is_overseas": "1", "research_direction_id": ["3", "1"]},
        person=person,
    )

    data = response.json()["data"]
    assert (data["is_overseas"], data["research_direction_id"]) == (1, [3, 1])
    assert (data["province"], data["city"], data["county"]) == ("", "", "")


async def test_bad_input_is_refused_and_changes_nothing(product: Product) -> None:
    person, other = await developer(product, 1), await developer(product, 2)
    avatar, foreign = await sent_path(product, UPLOAD, person), await sent_path(product, UPLOAD, other)
    values = {"avatar": avatar, **HOME}
    before = (await product.rest("GET", BASE, person=person)).json()

    for name in ("avatar", "is_overseas", "research_direction_id"):
        missing = {key: value for key, value in values.items() if key != name}
        assert answer(await product.rest("PUT", BASE, missing, person=person)) == FIELD_REQUIRED, name
    for name in values:
        emptied = {**values, name: ""}
        assert answer(await product.rest("PUT", BASE, emptied, person=person)) == FIELD_REQUIRED, name
    for place in ({"province": None}, {"city": "", "is_overseas": "0"}, {"research_direction_id": [""]}):
        assert answer(await product.rest("PUT", BASE, {**values, **place}, person=person)) == FIELD_REQUIRED
    for path in (foreign, "/storage/avatar/test.jpg", avatar.replace("avatar", "award-picture")):
        assert answer(await product.rest("PUT", BASE, {**values, "avatar": path}, person=person)) == NOT_FOUND, path
    faults: list[dict[str, Any]] = [
        {"avatar": ""},
        {"avatar": 7},
        {"province": None},
        {"province": ""},
        {"city": ""},
        {"county": ""},
        {"county": "县" * 65},
        {"is_overseas": 2},
        {"is_overseas": "是"},
        {"research_direction_id": []},
        {"research_direction_id": [1, 1]},
        {"research_direction_id": ["1", 1]},
        {"research_direction_id": [1, 999]},
        {"research_direction_id": ["人脸"]},
        {"research_direction_id": [2**40]},
        {"research_direction_id": [None]},
        {"research_direction_id": "1"},
        {"research_direction_id": {"1": 1}},
    ]
    for fault in faults:
        status, body = answer(await product.rest("PUT", BASE, {**values, **fault}, person=person))
        assert (status, body["status_code"], set(body)) == (422, 422, {"status_code", "message"}), fault

    assert (await product.rest("GET", BASE, person=person)).json() == before


async def test_abroad_an_empty_place_is_none(product: Product) -> None:
    person = await developer(product)
    values = {**HOME, **dict.fromkeys(PLACE, ""), "is_overseas": 1, "avatar": await sent_path(product, UPLOAD, person)}

    assert (await product.rest("PUT", BASE, values, person=person)).status_code == 200


@pytest.mark.parametrize("empty", ["", None, " \u3000\u200b"])
async def test_an_empty_text_is_missing_wherever_a_value_is_required(product: Product, empty: str | None) -> None:
    person = await developer(product)
    checked = 0

    for endpoint in ENDPOINTS:
        required = {name: each.converter for name, each in endpoint.body.items() if each.required}
        # Space is a part of a password.
        body = {name: empty and "" if isinstance(each, Password) else empty for name, each in required.items()}
        if body:
            response = await product.rest(endpoint.method, endpoint.path, body, person=person)
            assert answer(response) == FIELD_REQUIRED, endpoint.path
            checked += 1

    assert checked == 14


async def test_the_details_need_a_token(product: Product) -> None:
    recorder = await product.student()

    assert answer(await product.rest("GET", BASE)) == UNAUTHENTICATED
    assert answer(await product.rest("PUT", BASE, HOME)) == UNAUTHENTICATED
    assert answer(await product.rest("GET", BASE, person=recorder)) == UNAUTHENTICATED
