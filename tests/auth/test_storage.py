"""The local folder, and signed paths."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from auth.storage import LocalFolder, PathSigner
from models.errors import Unavailable

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PATH = "/storage/licensed-photo/0123456789abcdef0123456789abcdef.jpg"


def parts(signed: str) -> tuple[str, str, str]:
    url = urlsplit(signed)
    query = parse_qs(url.query)
    return url.path, query["expires"][0], query["signature"][0]


async def test_a_file_is_got_as_it_was_put(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "storage")

    await folder.put("avatar", "a.png", b"first")
    await folder.put("avatar", "a.png", b"second")

    assert await folder.get("avatar", "a.png") == b"second"
    assert [file.name for file in (tmp_path / "storage" / "avatar").iterdir()] == ["a.png"]


async def test_there_is_nothing_where_nothing_was_put(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "storage")
    await folder.put("avatar", "a.png", b"first")

    assert await folder.get("avatar", "b.png") is None
    assert await folder.get("licensed-photo", "a.png") is None


def test_a_signature_holds_for_an_hour() -> None:
    signer = PathSigner("secret")
    path, expires, signature = parts(signer.sign(PATH, now=NOW))

    def holds(**later: float) -> bool:
        return signer.verify(path, expires=expires, signature=signature, now=NOW + timedelta(**later))

    assert path == PATH
    assert holds()
    assert holds(minutes=59, seconds=59)
    assert not holds(minutes=60)


@pytest.mark.parametrize(
    "changed",
    [
        {"path": PATH.replace("0123", "0124")},
        {"path": PATH.replace("licensed-photo", "award-picture")},
        {"expires": "9999999999"},
        {"expires": ""},
        {"expires": "soon"},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "é\ud800"},
    ],
)
def test_a_signature_is_for_one_path_and_one_hour(changed: dict[str, str]) -> None:
    signer = PathSigner("secret")
    path, expires, signature = parts(signer.sign(PATH, now=NOW))
    asked = {"path": path, "expires": expires, "signature": signature} | changed

    assert signer.verify(path, expires=expires, signature=signature, now=NOW)
    assert not signer.verify(asked["path"], expires=asked["expires"], signature=asked["signature"], now=NOW)
    assert not PathSigner("other").verify(path, expires=expires, signature=signature, now=NOW)


async def test_files_are_listed_by_how_their_names_begin(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "storage")
    assert await folder.names("avatar") == []
    for name in ("ab1.png", "ab2.png", "cd.png"):
        await folder.put("avatar", name, b"four")
    (tmp_path / "storage" / "avatar" / ".ab3.png.0f0f0f0f.tmp").touch()

    found = await folder.names("avatar", "ab")

    assert sorted((file.name, file.size) for file in found) == [
        (".ab3.png.0f0f0f0f.tmp", 0),
        ("ab1.png", 4),
        ("ab2.png", 4),
    ]
    assert len(await folder.names("avatar")) == 4


async def test_a_folder_that_does_not_do_its_work_is_an_outage(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "storage")
    (tmp_path / "storage" / "avatar" / "a.png").mkdir(parents=True)
    (tmp_path / "storage" / "id-card").touch()

    for work in (
        folder.get("avatar", "a.png"),
        folder.put("avatar", "a.png", b"x"),
        folder.remove("avatar", "a.png"),
        folder.names("id-card"),
    ):
        with pytest.raises(Unavailable):
            await work
