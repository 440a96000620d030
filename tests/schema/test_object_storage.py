"""Uploads in an S3-compatible store, and files that no row names."""

import os
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from auth import object_storage
from auth.object_storage import ObjectStorage
from auth.storage import LocalFolder
from models.db import Database
from models.errors import Unavailable
from models.settings import Settings
from resolvers.orphans import MAX_SUSPECTS, remove_orphans
from resolvers.scope import Scope, Services
from server import create_app
from tests.support.clients import Clock, Person, Product, running
from tests.support.developers import developer, send_file
from tests.support.images import PREFLIGHT, decoded, encoded, multipart, stored, upload, uploaded_path
from tests.support.object_store import ObjectStore, object_store

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("objects")) as started:
        yield started


@pytest.fixture
def stored_away(settings: Settings, store: ObjectStore) -> Settings:
    secret = SecretStr(store.settings["aws_secret_access_key"])
    return settings.model_copy(update=store.settings | {"aws_secret_access_key": secret})


@pytest.fixture
async def product(stored_away: Settings, clock: Clock) -> AsyncIterator[Product]:
    """The application with its uploads in the store."""
    async with running(create_app(stored_away, clock), clock, stored_away.database_url) as started:
        yield started


@pytest.fixture
async def scope(product: Product, stored_away: Settings) -> AsyncIterator[Scope]:
    """Work on the product's storage: it is two days later by the product's clock, and so by the files'."""
    product.clock.advance(days=2)
    services = Services.from_settings(stored_away, product.clock)
    yield Scope(services, now=services.clock())
    await services.close()


async def status(product: Product, path: str, person: Person | None = None) -> int:
    return (await product.http.get(path, headers=person.bearer if person else {})).status_code


async def count(database: Database) -> int:
    counted: int = await database.fetch_value(text("SELECT count(*) FROM uploads"))
    return counted


def age(file: Path, clock: Clock, **ago: float) -> None:
    """Have a file be of a time before the product's present."""
    moment = (clock() - timedelta(**ago)).timestamp()
    os.utime(file, (moment, moment))


async def test_pictures_are_kept_in_the_store_and_served_to_whom_they_are_for(
    product: Product, settings: Settings, store: ObjectStore
) -> None:
    owner, other = await product.students(2)

    avatar = await uploaded_path(product, owner, "AVATAR")
    signed = await uploaded_path(product, owner, "LICENSED_PHOTO")

    private = signed.partition("?")[0]
    assert stored(settings) == []
    assert {path.replace("/storage", "careergraph") for path in (avatar, private)} <= set(store.objects())
    assert (await product.http.get(avatar)).headers["content-type"] == "image/jpeg"
    assert decoded((await product.http.get(avatar)).content).size == (40, 30)
    assert [await status(product, private, person) for person in (None, other, owner)] == [404, 404, 200]
    assert await status(product, signed) == 200
    store.objects()[avatar.replace("/storage", "careergraph")].unlink()
    assert await status(product, avatar) == 404


async def test_while_the_store_is_away_nothing_is_taken_and_each_api_says_so(
    product: Product, database: Database, store: ObjectStore
) -> None:
    person = await product.student()
    platform = await developer(product)
    avatar = await uploaded_path(product, person)
    before = await count(database)

    store.stop()
    try:
        graph = await product.http.post(
            "/graphql", headers=person.bearer | PREFLIGHT, **multipart("AVATAR", encoded(), "a.jpg")
        )
        rest = await send_file(product, "/api/user/authenticate/upload/licensed-photo", platform)
        shown = await product.http.get(avatar)
    finally:
        store.start()

    assert [reply.status_code for reply in (graph, rest, shown)] == [503, 503, 503]
    assert [reply.headers["retry-after"] for reply in (graph, rest, shown)] == ["5", "5", "5"]
    assert graph.json()["errors"][0]["extensions"] == {"code": "SERVICE_UNAVAILABLE", "retryAfter": 5}
    assert rest.json() == {"status_code": 503, "message": "服务暂时不可用，请稍后再试"}
    assert await count(database) == before
    assert await status(product, avatar) == 200
    await uploaded_path(product, person)


@pytest.mark.parametrize(
    "changes",
    [
        {"aws_secret_access_key": SecretStr("wrong")},
        {"aws_access_key_id": "nobody"},
        {"storage_url": "s3://no-such-bucket/careergraph"},
    ],
    ids=["secret", "key", "bucket"],
)
async def test_what_the_store_refuses_is_an_outage_and_never_a_missing_file(
    stored_away: Settings, changes: dict[str, Any]
) -> None:
    refused = ObjectStorage(stored_away.model_copy(update=changes))

    for work in (
        refused.put("avatar", "a.jpg", b"x"),
        refused.get("avatar", "a.jpg"),
        refused.remove("avatar", "a.jpg"),
        refused.names("avatar"),
    ):
        with pytest.raises(Unavailable):
            await work


async def test_a_store_that_does_not_answer_is_waited_for_so_long_only(
    stored_away: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_storage, "TOTAL_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        storage = ObjectStorage(stored_away.model_copy(update={"s3_endpoint_url": endpoint}))

        with pytest.raises(Unavailable) as outage:
            await storage.put("avatar", "a.jpg", b"x")

    assert object_storage.reason_of(outage.value.__cause__ or outage.value) == "no answer within 0.2 seconds"


@pytest.mark.parametrize(
    ("changes", "endpoint"),
    [
        ({}, ("http://s3.test:9000", "false")),
        ({"s3_path_style": True}, ("http://s3.test:9000", "false")),
        ({"s3_path_style": False}, ("http://pictures.s3.test:9000", "true")),
        ({"s3_endpoint_url": ""}, (None, "true")),
        ({"s3_endpoint_url": "", "s3_path_style": True}, (None, "false")),
    ],
)
def test_the_bucket_stands_in_the_path_or_in_the_host(
    stored_away: Settings, changes: dict[str, Any], endpoint: tuple[str | None, str]
) -> None:
    settings = stored_away.model_copy(update={"s3_endpoint_url": "http://s3.test:9000/", **changes})

    config = ObjectStorage(settings)._store.config

    assert (config.get("endpoint"), str(config["virtual_hosted_style_request"])) == endpoint


async def test_files_without_a_row_are_removed_once_they_are_a_day_old(
    product: Product, scope: Scope, store: ObjectStore
) -> None:
    person = await product.student()
    sent = await upload(product, person, "AVATAR", encoded("JPEG", (300, 200)))
    kept = sent["image"]["path"].replace("/storage", "careergraph")
    copy = kept.replace(".jpg", "-64.webp")
    start = kept.rpartition("/")[2][:2]
    other_start = "00" if start != "00" else "11"
    names = {"old": start, "new": start, "elsewhere": other_start}
    lost = f"{start}{'0' * 30}-64.webp"  # a copy whose original is gone
    await scope.services.storage.put("avatar", lost, b"x")
    for name, digits in names.items():
        await scope.services.storage.put("avatar", f"{digits}{name}.jpg", b"x")
    paths = {name: f"careergraph/avatar/{digits}{name}.jpg" for name, digits in names.items()}
    for path, file in store.objects().items():
        age(file, product.clock, hours=23 if path == paths["new"] else 25)

    await remove_orphans(scope, start)

    left = set(store.objects())
    assert {kept, copy} <= left
    assert f"careergraph/avatar/{lost}" not in left
    assert {name for name, path in paths.items() if path in left} == {"new", "elsewhere"}


async def test_the_storage_of_another_database_is_left_alone(
    product: Product, scope: Scope, settings: Settings
) -> None:
    storage = LocalFolder(settings.data_dir / "storage")
    scope = replace(scope, services=replace(scope.services, storage=storage))
    for number in range(MAX_SUSPECTS + 1):
        await storage.put("avatar", f"ab{number:030}.jpg", b"x")
    files = list((settings.data_dir / "storage" / "avatar").iterdir())
    for file in files:
        age(file, product.clock, days=2)

    await remove_orphans(scope, "ab")
    assert len(stored(settings)) == MAX_SUSPECTS + 1

    files[0].rename(files[0].with_name(f".{files[0].name}.0f0f0f0f.tmp"))  # of a process that was killed
    files[1].unlink()
    await remove_orphans(scope, "ab")
    assert stored(settings) == []
