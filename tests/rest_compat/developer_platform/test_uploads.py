"""The platform's three uploads."""

import httpx2
import pytest
from sqlalchemy import text

from models.db import Database
from models.settings import Settings
from tests.support.clients import Product
from tests.support.developers import FIELD_REQUIRED, UNAUTHENTICATED, answer, developer, send_file
from tests.support.images import decoded, encoded, stored

PHOTO = "/api/user/authenticate/upload/licensed-photo"
AWARD = "/api/user/authenticate/upload/award-prove"
AVATAR = "/api/user/base/upload/avatar"
FOLDERS = {PHOTO: "licensed-photo", AWARD: "award-picture", AVATAR: "avatar"}
COUNT = text("SELECT count(*) FROM uploads")


@pytest.mark.parametrize("path", FOLDERS)
async def test_an_upload_answers_as_documented(product: Product, path: str) -> None:
    person, folder = await developer(product), FOLDERS[path]

    response = await send_file(product, path, person, encoded("JPEG", (300, 200)))

    status, body = answer(response)
    shown = body["data"].pop("path")
    assert (status, body) == (
        200,
        {
            "status_code": 200,
            "message": "操作成功",
            "data": {
                "name": "test.jpg",
                "type": folder,
                "size": 2,
                "request_ip": "127.0.0.1",
                "created_at": "2026-03-02 10:00:00",
                "updated_at": "2026-03-02 10:00:00",
            },
        },
    )
    assert shown.startswith(f"/storage/{folder}/")
    assert (path == AVATAR) is ("?" not in shown)
    picture = await product.http.get(shown)
    assert decoded(picture.content).size == (300, 200)
    assert 1024 < len(picture.content) <= 2048
    assert picture.headers["x-content-type-options"] == "nosniff"


async def test_an_upload_needs_a_token(product: Product, database: Database) -> None:
    for path in FOLDERS:
        assert answer(await send_file(product, path, None)) == UNAUTHENTICATED

    assert await database.fetch_value(COUNT) == 0


async def test_what_is_refused_leaves_nothing_behind(product: Product, database: Database, settings: Settings) -> None:
    person = await developer(product)
    files = {
        "empty.png": b"",
        "page.png": b"<!doctype html><script>alert(1)</script>",
        "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "truncated.jpg": encoded("JPEG", (400, 300))[:-200],
        "animation.gif": encoded("GIF", mode="P"),
        "large.jpg": encoded().ljust(5 * 1024 * 1024 + 1, b"\0"),
    }

    for path in FOLDERS:
        for name, content in files.items():
            status, body = answer(await send_file(product, path, person, content, name))
            assert (status, body["status_code"], set(body)) == (422, 422, {"status_code", "message"}), name
            assert body["message"].startswith("file"), name

    assert await database.fetch_value(COUNT) == 0
    assert stored(settings) == []


async def test_a_file_must_be_sent(product: Product) -> None:
    person = await developer(product)

    async def post(**arguments: object) -> httpx2.Response:
        return await product.http.post(AVATAR, headers=person.bearer, **arguments)  # type: ignore[arg-type]

    assert answer(await post()) == FIELD_REQUIRED
    assert answer(await post(json={})) == FIELD_REQUIRED
    assert answer(await post(files={"other": ("a.jpg", encoded())})) == FIELD_REQUIRED
    assert (await post(data={"file": "a.jpg"})).status_code == 422
    assert (await post(json={"file": "a.jpg"})).status_code == 422
    two = [("file", ("a.jpg", encoded())), ("file", ("b.jpg", encoded()))]
    assert (await post(files=two)).status_code == 422


async def test_a_body_over_the_limit_is_413(product: Product, database: Database) -> None:
    response = await send_file(product, AVATAR, await developer(product), bytes(7 * 1024 * 1024))

    assert answer(response) == (413, {"status_code": 413, "message": "请求体过大"})
    assert await database.fetch_value(COUNT) == 0


async def test_a_name_that_points_elsewhere_is_harmless(product: Product, settings: Settings) -> None:
    person = await developer(product)

    data = (await send_file(product, AVATAR, person, encoded("PNG"), "../../x.png")).json()["data"]

    assert data["name"] == "x.png"
    assert [data["path"]] == [f"/storage/{file}" for file in stored(settings)]


async def test_the_token_of_the_platform_opens_a_private_image(product: Product) -> None:
    person, other = await developer(product, 1), await developer(product, 2)
    path = (await send_file(product, PHOTO, person)).json()["data"]["path"].partition("?")[0]

    statuses = [
        (await product.http.get(path, headers=headers)).status_code for headers in (person.bearer, other.bearer, {})
    ]

    assert statuses == [200, 404, 404]
