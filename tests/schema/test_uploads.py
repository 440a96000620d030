"""Uploading images through the graph, and fetching them."""

import asyncio
import http.client
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import text

from models.db import Database
from models.settings import Settings
from tests.support.clients import Person, Product
from tests.support.images import PREFLIGHT, decoded, encoded, multipart, stored, upload, uploaded_path
from tests.support.processes import Server

HTML = b"<!doctype html><script>alert(1)</script>"
NOT_STORED = (
    "/storage/avatar/00000000000000000000000000000000.jpg",
    "/storage/avatar/test.jpg",
    "/storage/avatar/",
    "/storage/avatar",
    "/storage/secrets/00000000000000000000000000000000.jpg",
    "/storage/avatar/%2e%2e%2f%2e%2e%2fsecret_key",
    "/storage/%2e%2e/secret_key",
    "/storage/avatar/..%5c..%5csecret_key",
    "/storage/avatar/%00.jpg",
    "/storage/avatar/%ff%fe.jpg",
)
REFUSED = {
    "empty.png": b"",
    "page.png": HTML,
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "truncated.jpg": encoded("JPEG", (400, 300))[:-200],
    "large.jpg": encoded().ljust(5 * 1024 * 1024 + 1, b"\0"),
}
HARMLESS_NAMES = {
    "../../x.png": "x.png",
    "..\\..\\x.png": "x.png",
    "/etc/passwd": "passwd",
    "a\u202ebc.png": "abc.png",
    "n" * 300 + ".png": "n" * 251 + ".png",
}


async def status(product: Product, path: str, person: Person | None = None) -> int:
    response = await product.http.get(path, headers=person.bearer if person else {})
    return response.status_code


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("filename*=UTF-8''%E5%9B%BE%20%22a%22.jpg", '图 "a".jpg'),
        ("filename*=utf-8'zh'%e5%9b%be.jpg", "图.jpg"),
        ("filename*=\"UTF-8''%E5%9B%BE.jpg\"", "图.jpg"),
        ("filename*=GB18030''%CD%BC.jpg", "图.jpg"),
        ("filename*0*=UTF-8''%E5%9B%BE; filename*1=\".jpg\"", "图.jpg"),
        ("filename*=UTF-8''b.jpg; filename=\"a.jpg\"", "a.jpg"),
    ],
)
async def test_a_part_with_an_encoded_file_name_is_a_file(product: Product, disposition: str, name: str) -> None:
    """RFC 5987, as some HTTP clients send names that are not ASCII."""
    person = await product.student()
    request = multipart("AVATAR", b"", "")["data"]
    fields = [f'name="{field}"\r\n\r\n{value}\r\n'.encode() for field, value in request.items()]
    file = f'name="file"; {disposition}\r\n\r\n'.encode() + encoded() + b"\r\n"
    body = b"".join(b"--x\r\nContent-Disposition: form-data; " + part for part in (*fields, file)) + b"--x--\r\n"
    headers = {**person.bearer, **PREFLIGHT, "Content-Type": "multipart/form-data; boundary=x"}

    reply = (await product.http.post("/graphql", content=body, headers=headers)).json()

    assert reply["data"]["uploadImage"]["errors"] == []
    assert reply["data"]["uploadImage"]["image"]["originalName"] == name


async def test_an_avatar_is_stored_anew_and_shown_to_everybody(product: Product, settings: Settings) -> None:
    person = await product.student()
    sent = encoded("PNG", (400, 300))

    payload = await upload(product, person, "AVATAR", sent, "我的头像.png")

    image = payload["image"]
    path = image.pop("path")
    name = path.removeprefix("/storage/avatar/")
    assert payload == {
        "image": {
            "folder": "AVATAR",
            "originalName": "我的头像.png",
            "kilobytes": 2,
            "client": "127.0.0.1",
            "createdAt": "2026-03-02T02:00:00+00:00",
        },
        "errors": [],
    }
    assert len(name.removesuffix(".png")) == 32
    copies = [f"avatar/{name.removesuffix('.png')}-{side}.webp" for side in (64, 256)]
    assert sorted(stored(settings)) == sorted([f"avatar/{name}", *copies])
    response = await product.http.get(path)
    assert response.status_code == 200
    assert 1024 < len(response.content) <= 2048
    assert decoded(response.content).size == (400, 300)
    assert dict(response.headers) == {
        "content-length": str(len(response.content)),
        "content-type": "image/png",
        "cache-control": "public, max-age=31536000, immutable",
        "content-disposition": "inline",
        "content-security-policy": "default-src 'none'; sandbox",
        "vary": response.headers["vary"],
        "x-content-type-options": "nosniff",
        "x-request-id": response.headers["x-request-id"],
    }


@pytest.mark.parametrize(
    ("folder", "prefix"), [("LICENSED_PHOTO", "licensed-photo"), ("AWARD_PICTURE", "award-picture")]
)
async def test_a_private_image_opens_for_owner_reviewer_and_signature(
    product: Product, folder: str, prefix: str
) -> None:
    owner, other = await product.students(2)
    admin = await product.administrator()

    signed = await uploaded_path(product, owner, folder)
    path, _, query = signed.partition("?")

    assert path.startswith(f"/storage/{prefix}/")
    assert await status(product, path) == 404
    assert await status(product, path, other) == 404
    assert await status(product, path, owner) == 200
    assert await status(product, path, admin) == 200
    response = await product.http.get(signed)
    assert (response.status_code, response.headers["content-type"]) == (200, "image/jpeg")
    assert response.headers["cache-control"] == "no-store"
    assert await status(product, f"{path}?{query}0") == 404
    assert await status(product, f"{path}?{query.split('&')[0]}") == 404
    stranger = (await uploaded_path(product, other, folder)).partition("?")[0]
    assert await status(product, f"{stranger}?{query}") == 404
    product.clock.advance(minutes=59)
    assert await status(product, signed) == 200
    product.clock.advance(minutes=1)
    assert await status(product, signed) == 404
    assert await status(product, path, owner) == 200


async def test_there_is_nothing_else_in_the_storage(product: Product) -> None:
    admin = await product.administrator()

    for path in NOT_STORED:
        response = await product.http.get(path, headers=admin.bearer)
        assert (path, response.status_code, response.json()) == (path, 404, {"message": "Not Found"})


async def test_an_image_is_not_found_in_another_folder(product: Product) -> None:
    person = await product.student()

    path = await uploaded_path(product, person, "AVATAR")

    assert await status(product, path) == 200
    assert await status(product, path.replace("avatar", "award-picture"), person) == 404


async def test_what_is_refused_leaves_nothing_behind(product: Product, database: Database, settings: Settings) -> None:
    person = await product.student()

    for name, content in REFUSED.items():
        payload = await upload(product, person, "AVATAR", content, name)
        assert payload == {"image": None, "errors": [{"code": "INVALID_INPUT", "path": ["input", "file"]}]}, name

    assert await database.fetch_value(text("SELECT count(*) FROM uploads")) == 0
    assert stored(settings) == []


async def test_a_file_name_is_harmless(product: Product, settings: Settings) -> None:
    person = await product.student()

    images = [(await upload(product, person, name=name))["image"] for name in HARMLESS_NAMES]

    assert [image["originalName"] for image in images] == list(HARMLESS_NAMES.values())
    assert {image["path"] for image in images} == {f"/storage/{file}" for file in stored(settings)}


async def test_a_file_without_a_usable_name_gets_the_stored_one(product: Product) -> None:
    image = (await upload(product, await product.student(), name="..."))["image"]

    assert image["path"] == f"/storage/avatar/{image['originalName']}"


async def test_only_the_signed_in_upload(product: Product, settings: Settings) -> None:
    response = await product.http.post("/graphql", headers=PREFLIGHT, **multipart("AVATAR", encoded(), "a.jpg"))

    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert stored(settings) == []


async def test_a_form_of_another_site_uploads_nothing(product: Product, settings: Settings) -> None:
    """A browser sends a plain multipart form across origins without asking first."""
    person = await product.student()

    response = await product.http.post("/graphql", headers=person.bearer, **multipart("AVATAR", encoded(), "a.jpg"))

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert stored(settings) == []


async def test_many_uploads_at_once(product: Product, settings: Settings) -> None:
    people = await product.students(3)

    paths = await asyncio.gather(*(uploaded_path(product, person) for person in people for _ in range(4)))

    assert len(set(paths)) == 12
    assert {f"/storage/{file}" for file in stored(settings)} == set(paths)


def test_over_a_real_connection(server: Server) -> None:
    """A raw client may send paths that a polite one would tidy up first."""
    with httpx2.Client(base_url=server.url) as client:
        account, password = server.administrator
        login = client.post("/api/v1/user/login", json={"account": account, "password": password})
        bearer = {"Authorization": f"Bearer {login.json()['data']['token']}"}
        reply = client.post("/graphql", headers=bearer | PREFLIGHT, **multipart("LICENSED_PHOTO", encoded(), "a.jpg"))
        signed = reply.json()["data"]["uploadImage"]["image"]["path"]
        assert decoded(client.get(signed).content).size == (40, 30)
        assert client.head(signed).status_code == 200
        assert client.get(signed.partition("?")[0]).status_code == 404
    address = urlsplit(server.url)
    for path in (
        "/storage/../secret_key",
        "/storage/avatar/../../secret_key",
        "/storage/licensed-photo/..%2f..%2fsecret_key",
    ):
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
        connection.request("GET", path)
        assert connection.getresponse().status == 404
        connection.close()
