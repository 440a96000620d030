"""Files in one shape: pictures with their measures, smaller copies of avatars, and what is made for a reply."""

import asyncio
import base64
import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from models.db import Database
from models.settings import Settings
from resolvers import files
from resolvers.scope import Services
from tests.schema.platform.test_profile import UPDATE
from tests.support.certification import submitted_award, submitted_real_name
from tests.support.clients import Clock, Person, Product
from tests.support.images import decoded, encoded, stored, upload
from tests.support.platform import counted_statements, done

FILE = "id name url mediaType width height bytes createdAt"
AVATARS = f"""{{ viewer {{ developer {{ avatar avatarFile {{ {FILE} }} small: avatarFile(size: SMALL) {{ {FILE} }}
  medium: avatarFile(size: MEDIUM) {{ {FILE} }} large: avatarFile(size: LARGE) {{ {FILE} }} }} }} }}"""
CLAIMS = f"""{{ viewer {{ developer {{ realName {{ picture pictureFile {{ {FILE} }} }}
  awards {{ pictures pictureFiles {{ {FILE} }} }} }} }} }}"""
OF_ALL = f"""{{ users(first: 100) {{ nodes {{ developer {{ avatarFile(size: SMALL) {{ {FILE} }}
  realName {{ pictureFile {{ url }} }} awards {{ pictureFiles {{ url }} }} }} }} }} }}"""
EXPORT = f"{{ userExport {{ {FILE} contentBase64 }} }}"
NOON = "2026-03-02T02:00:00+00:00"


def halves(size: tuple[int, int]) -> bytes:
    """A PNG that is red on the left and blue on the right."""
    picture = Image.new("RGB", size, (0, 0, 255))
    picture.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


async def has_avatar(product: Product, person: Person, content: bytes) -> str:
    """Give somebody an avatar; its path."""
    path: str = (await upload(product, person, "AVATAR", content, "我.png"))["image"]["path"]
    await done(
        product, UPDATE, person, avatar=path, isOverseas=True, province="", city="", county="", researchDirections=[1]
    )
    return path


async def shown(product: Product, person: Person, query: str = AVATARS) -> dict[str, Any]:
    found: dict[str, Any] = (await product.data(query, person=person))["viewer"]["developer"]
    return found


async def fetched(product: Product, file: dict[str, Any]) -> bytes:
    """The content of a file at its URL, without a token."""
    assert file["url"].startswith("http://")
    response = await product.http.get(file["url"])
    assert (response.status_code, response.headers["content-type"]) == (200, file["mediaType"])
    return response.content


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_avatar_has_copies_in_three_sizes(product: Product, settings: Settings) -> None:
    person = await product.student()
    path = await has_avatar(product, person, halves((600, 301)))

    found = await shown(product, person)

    assert found["avatar"] == path
    stem = path.removeprefix("/storage/avatar/").removesuffix(".png")
    expected = {
        "avatarFile": (f"{stem}.png", "我.png", "image/png", 600, 301),
        "large": (f"{stem}-512.webp", "我-512.webp", "image/webp", 512, 257),
        "medium": (f"{stem}-256.webp", "我-256.webp", "image/webp", 256, 128),
        "small": (f"{stem}-64.webp", "我-64.webp", "image/webp", 64, 32),
    }
    assert sorted(stored(settings)) == sorted(f"avatar/{name}" for name, *_ in expected.values())
    assert len({found[key]["id"] for key in expected}) == 4
    for key, (stored_name, name, media_type, width, height) in expected.items():
        file = found[key]
        content = await fetched(product, file)
        assert {**file, "id": ""} == {
            "id": "",
            "name": name,
            "url": f"http://careergraph.test/storage/avatar/{stored_name}",
            "mediaType": media_type,
            "width": width,
            "height": height,
            "bytes": len(content),
            "createdAt": NOON,
        }
        picture = decoded(content)
        assert picture.size == (width, height)
        for x, colour in ((width // 8, [255, 0, 0]), (width - width // 8, [0, 0, 255])):
            sides = picture.convert("RGB").crop((x, height // 2, x + 1, height // 2 + 1)).tobytes()
            assert [round(channel / 255) * 255 for channel in sides] == colour, key
    response = await product.http.get(found["small"]["url"])
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    for wrong in ("-65.webp", "-64.png", "-064.webp", "-64-64.webp"):
        assert (await product.http.get(f"/storage/avatar/{stem}{wrong}")).status_code == 404
    assert (await product.http.get(f"/storage/avatar/{'0' * 32}-64.webp")).status_code == 404
    assert (await product.http.get(f"/storage/id-card/{stem}-64.webp")).status_code == 404

    await has_avatar(product, person, encoded("JPEG", (64, 40)))
    again = await shown(product, person)
    assert again["small"] == again["medium"] == again["large"] == again["avatarFile"]
    assert (again["small"]["width"], again["small"]["height"], again["small"]["mediaType"]) == (64, 40, "image/jpeg")


async def test_an_older_avatar_gets_its_copies_when_they_are_fetched(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person, other = await product.students(2)
    path = await has_avatar(product, person, halves((300, 200)))
    before = await shown(product, person)
    photo = await has_avatar(product, other, encoded("JPEG", (1201, 601)))
    async with database.transaction() as transaction:
        await transaction.execute(text("DELETE FROM upload_variants"))
        await transaction.execute(text("UPDATE uploads SET bytes = NULL, width = NULL, height = NULL"))
    for name in stored(settings):
        if name.endswith(".webp"):
            (settings.data_dir / "storage" / name).unlink()
    unmeasured = (await shown(product, person))["small"]
    assert {**unmeasured, "width": 64, "height": 43, "bytes": before["small"]["bytes"]} == before["small"]
    assert (unmeasured["width"], unmeasured["height"], unmeasured["bytes"]) == (None, None, None)

    copies = await asyncio.gather(*(fetched(product, unmeasured) for _ in range(5)))
    services = Services.from_settings(settings, clock)
    after = await files.measure_old(services, 0)
    await services.close()

    copy = await product.http.get(photo.replace(".jpg", "-64.webp"))
    assert decoded(copy.content).size == (64, 32)
    assert len(set(copies)) == 1
    assert decoded(copies[0]).size == (64, 43)
    assert len(stored(settings)) == 4
    assert after == 0
    measured = await shown(product, person)
    assert (measured["avatarFile"], measured["small"]) == (before["avatarFile"], before["small"])
    (settings.data_dir / path.removeprefix("/")).unlink()
    assert (await product.http.get(before["medium"]["url"])).status_code == 404


async def test_private_pictures_and_exports_have_the_same_shape(product: Product) -> None:
    people = await product.students(3)
    for number, person in enumerate(people):
        await has_avatar(product, person, halves((100, 80)))
        await submitted_real_name(product, person, f"41253619801025{1000 + number}")
        await submitted_award(product, person)
        if number == 0:
            administrator = await product.administrator()
            with counted_statements() as few:
                await product.data(OF_ALL, person=administrator)
    administrator = await product.administrator()
    with counted_statements() as many:
        await product.data(OF_ALL, person=administrator)

    claims = await shown(product, people[0], CLAIMS)
    for path, file in (
        (claims["realName"]["picture"], claims["realName"]["pictureFile"]),
        (claims["awards"][0]["pictures"][0], claims["awards"][0]["pictureFiles"][0]),
    ):
        assert file["url"] == f"http://careergraph.test{path}"
        assert {key: file[key] for key in ("name", "mediaType", "width", "height")} == {
            "name": "test.jpg",
            "mediaType": "image/jpeg",
            "width": 40,
            "height": 30,
        }
        assert len(await fetched(product, file)) == file["bytes"]
        assert (await product.http.get(path.partition("?")[0])).status_code == 404
    export = (await product.data(EXPORT, person=administrator))["userExport"]
    content = base64.b64decode(export["contentBase64"])
    assert export["url"] == f"data:{export['mediaType']};base64,{export['contentBase64']}"
    assert (export["name"], export["bytes"], export["width"], export["height"]) == (
        "users.xlsx",
        len(content),
        None,
        None,
    )
    # The caller, the page, the developers, avatars and their copies, real names and their pictures, awards and theirs.
    assert (len(few), len(many)) == (9, 9)
