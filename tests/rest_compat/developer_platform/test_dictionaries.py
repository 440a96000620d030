"""The platform's six reference lists."""

import pytest

from tests.support.clients import Product
from tests.support.developers import UNAUTHENTICATED, answer, developer
from tests.support.platform import done

LISTS = {
    "/api/user/authenticate/certificate-type": ("CERTIFICATE_TYPE", "身份证"),
    "/api/user/authenticate/domain": ("DOMAIN", "安防"),
    "/api/user/authenticate/education": ("EDUCATION", "博士"),
    "/api/user/authenticate/position": ("POSITION", "算法工程师"),
    "/api/user/authenticate/award-level": ("AWARD_LEVEL", "国际级"),
    "/api/user/base/research-direction": ("RESEARCH_DIRECTION", "人脸"),
}
SAVE = "mutation($input: SaveDictionaryEntryInput!) { saveDictionaryEntry(input: $input) { errors { code } } }"


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_shows_what_is_offered(product: Product, path: str) -> None:
    kind, first = LISTS[path]
    person = await developer(product)
    admin = await product.administrator()
    published = (await product.rest("GET", path, person=person)).json()["data"]

    await done(product, SAVE, admin, kind=kind, number=1, name="改名")
    await done(product, SAVE, admin, kind=kind, number=2, enabled=False)
    await done(product, SAVE, admin, kind=kind, name="新增")
    response = await product.rest("GET", f"{path}?kind=POSITION", person=person)

    status, body = answer(response)
    assert published[0]["name"] == first
    assert [row["id"] for row in published] == list(range(1, len(published) + 1))
    assert (status, body["status_code"], body["message"]) == (200, 200, "操作成功")
    assert body["data"][0] == {
        "id": 1,
        "name": "改名",
        "created_at": published[0]["created_at"],
        "updated_at": "2026-03-02 10:00:00",
    }
    assert [row["id"] for row in body["data"]] == [row["id"] for row in published if row["id"] != 2] + [1001]
    assert body["data"][-1]["name"] == "新增"
    assert body["data"][-1]["created_at"] == "2026-03-02 10:00:00"


async def test_a_list_needs_a_token_of_the_platform(product: Product) -> None:
    recorder = await product.student()

    for path in LISTS:
        assert answer(await product.rest("GET", path)) == UNAUTHENTICATED
        assert answer(await product.rest("GET", path, person=recorder)) == UNAUTHENTICATED
