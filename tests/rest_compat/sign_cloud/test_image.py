"""`/image`: whoever uploads, what becomes of it, and what is refused."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import func, select

from models.db import Database
from models.settings import Settings
from models.statements import table_of
from models.uploads import Upload
from resolvers.scope import Services
from resolvers.sweeps import sweep
from server import create_app
from tests.support.clients import Clock, Product, running
from tests.support.images import decoded, encoded

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

UPLOADS = table_of(Upload)
COUNT = select(func.count()).select_from(UPLOADS)


def refused(code: int, message: str) -> dict[str, Any]:
    return {"error_code": code, "msg": message, "data": {}}


async def upload(product: Product, content: bytes | None = None, **headers: str) -> httpx2.Response:
    file = ("front.jpg", encoded() if content is None else content, "image/jpeg")
    return await product.http.post("/image", files={"file": file}, headers=headers)


async def uploaded(product: Product, **headers: str) -> str:
    """The path and the signature of a new image."""
    reply = (await upload(product, None, **headers)).json()
    parts = urlsplit(reply["data"]["url"])
    return f"{parts.path}?{parts.query}"


async def token_of(product: Product, name: str) -> str:
    response = await product.http.post("/weixin/login", data={"code": f"dev-{name}"})
    token: str = response.json()["data"]["session_token"]
    return token


def stored(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "storage").rglob("*") if path.is_file()]


async def swept(settings: Settings, clock: Clock) -> None:
    services = Services.from_settings(settings, clock)
    await sweep(services)
    await services.close()


async def test_a_part_with_an_encoded_file_name_is_a_file(product: Product) -> None:
    part = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''%E5%9B%BE.jpg\r\n\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    reply = await product.http.post("/image", content=part + encoded() + b"\r\n--x--\r\n", headers=headers)

    assert (reply.status_code, reply.json()["error_code"]) == (200, 0)


async def test_a_private_picture_opens_for_the_token_of_its_owner(product: Product) -> None:
    owner, other = await token_of(product, "a"), await token_of(product, "b")
    path = (await uploaded(product, **{"X-auth-token": owner})).partition("?")[0]

    async def status(**headers: str) -> int:
        return (await product.http.get(path, headers=headers)).status_code

    assert await status(**{"X-auth-token": owner}) == 200
    assert await status(Authorization=f"Bearer {owner}") == 200
    assert await status(**{"X-auth-token": other}) == 404
    assert await status(**{"X-auth-token": "dead"}) == 404
    assert await status() == 404
    shown = await product.http.get(path, headers={"X-auth-token": owner})
    assert {"Authorization", "X-auth-token"} <= set(shown.headers["vary"].split(", "))
    assert shown.headers["cache-control"] == "no-store"


async def test_anybody_uploads_and_gets_the_whole_address(product: Product, database: Database) -> None:
    response = await upload(product)

    reply = response.json()
    assert (response.status_code, reply) == (200, {"error_code": 0, "data": {"url": reply["data"]["url"]}})
    address = urlsplit(reply["data"]["url"])
    assert (address.scheme, address.netloc) == ("http", "careergraph.test")
    assert address.path.startswith("/storage/id-card/")
    image = await product.http.get(reply["data"]["url"])
    assert decoded(image.content).size == (40, 30)
    (row,) = await database.fetch(select(UPLOADS))
    assert (row.user_id, row.original_name, row.folder) == (None, "front.jpg", "id-card")


async def test_the_address_is_the_public_one_where_that_is_configured(settings: Settings, clock: Clock) -> None:
    configured = settings.model_copy(update={"public_url": "https://careers.example.com/"})
    async with running(create_app(configured, clock), clock, settings.database_url) as product:
        url = (await upload(product)).json()["data"]["url"]

    assert url.startswith("https://careers.example.com/storage/id-card/")


async def test_the_address_alone_opens_it_for_an_hour(product: Product) -> None:
    path = await uploaded(product)
    unsigned = path.partition("?")[0]

    assert (await product.http.get(unsigned)).status_code == 404
    product.clock.advance(minutes=59)
    assert (await product.http.get(path)).status_code == 200
    product.clock.advance(minutes=1)
    assert (await product.http.get(path)).status_code == 404


async def test_with_a_token_it_is_the_callers(product: Product) -> None:
    owner, other = await token_of(product, "owner"), await token_of(product, "other")

    path = (await uploaded(product, **{"X-auth-token": owner})).partition("?")[0]

    for token, status in ((owner, 200), (other, 404)):
        response = await product.http.get(path, headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == status


async def test_a_dead_token_is_401(product: Product, database: Database, settings: Settings) -> None:
    response = await upload(product, None, **{"X-auth-token": "dead"})

    assert (response.status_code, response.json()) == (401, refused(401, "请先登录"))
    assert await database.fetch_value(COUNT) == 0
    assert stored(settings) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"<svg/>", "file: 文件不是 PNG、JPEG 或 WEBP 图片", id="no image"),
        pytest.param(b"", "file: 文件不是 PNG、JPEG 或 WEBP 图片", id="empty"),
        pytest.param(b"x" * (5 * 1024 * 1024 + 1), "file: 文件超过 5 MB", id="large"),
    ],
)
async def test_what_is_no_image_is_refused_and_not_kept(
    product: Product, database: Database, settings: Settings, content: bytes, message: str
) -> None:
    response = await upload(product, content)

    assert (response.status_code, response.json()) == (200, refused(400, message))
    assert await database.fetch_value(COUNT) == 0
    assert stored(settings) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "file 不能为空"),
        ({"data": {"file": "text"}}, "file 必须是文件"),
        ({"files": {"other": ("a.jpg", b"x")}}, "file 不能为空"),
        ({"json": {"file": "text"}}, "file 必须是文件"),
        ({"files": [("file", ("a.jpg", b"x")), ("more", ("b.jpg", b"y"))]}, "请求体不是合法的表单"),
    ],
)
async def test_a_request_without_the_file_is_told_so(product: Product, arguments: dict[str, Any], message: str) -> None:
    response = await product.http.post("/image", **arguments)

    assert (response.status_code, response.json()) == (200, refused(400, message))


async def test_a_body_over_the_limit_is_413(product: Product) -> None:
    response = await upload(product, b"x" * (7 * 1024 * 1024))

    assert (response.status_code, response.json()) == (413, refused(413, "请求体过大"))


async def test_twenty_an_hour_without_a_token_and_a_hundred_a_day_with_one(
    product: Product, database: Database
) -> None:
    replies = await asyncio.gather(*(upload(product) for _ in range(25)))

    assert Counter(reply.json()["error_code"] for reply in replies) == {0: 20, 429: 5}
    (refusal, *_) = [reply for reply in replies if reply.json()["error_code"]]
    assert refusal.json() == refused(429, "请求过于频繁，请稍后再试")
    assert 0 < int(refusal.headers["retry-after"]) <= 3600
    assert await database.fetch_value(COUNT) == 20
    token = {"X-auth-token": await token_of(product, "owner")}
    replies = await asyncio.gather(*(upload(product, None, **token) for _ in range(102)))
    assert Counter(reply.json()["error_code"] for reply in replies) == {0: 100, 429: 2}
    other = {"X-auth-token": await token_of(product, "other")}
    assert (await upload(product, None, **other)).json()["error_code"] == 0


async def test_what_nobody_claims_is_removed_after_a_day(
    product: Product, settings: Settings, clock: Clock, database: Database
) -> None:
    token = await token_of(product, "owner")
    kept = await uploaded(product, **{"X-auth-token": token})
    await uploaded(product)
    clock.advance(hours=1)
    await uploaded(product)

    clock.advance(hours=23)
    await swept(settings, clock)
    assert len(stored(settings)) == 3  # a day has not quite passed
    clock.advance(seconds=1)
    await swept(settings, clock)

    assert {path.name for path in stored(settings)} >= {Path(urlsplit(kept).path).name}
    assert len(stored(settings)) == await database.fetch_value(COUNT) == 2
    clock.advance(hours=24)
    await swept(settings, clock)
    assert [path.name for path in stored(settings)] == [Path(urlsplit(kept).path).name]


@pytest.mark.usefixtures("product")
async def test_sweeping_copes_with_many_and_with_files_that_are_gone(
    settings: Settings, clock: Clock, database: Database
) -> None:
    values = {
        "user_id": None,
        "folder": "id-card",
        "original_name": "a.jpg",
        "media_type": "image/jpeg",
        "kilobytes": 1,
        "client": "",
        "created_at": clock.now - timedelta(days=2),
        "updated_at": clock.now,
    }
    async with database.transaction() as transaction:
        rows = [{**values, "name": f"{number:032x}.jpg"} for number in range(250)]
        await transaction.execute_many(UPLOADS.insert(), rows)

    await asyncio.gather(swept(settings, clock), swept(settings, clock))

    assert await database.fetch_value(COUNT) == 0
