"""A backup under write load, a kill, and a restore elsewhere: what was acknowledged before the backup is in it."""

import asyncio
import itertools
import os
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from models.db import Database
from tests.cli.conftest import FIXED, in_process
from tests.models.test_settings import configured
from tests.support.databases import create_database
from tests.support.images import PREFLIGHT, encoded, multipart
from tests.support.over_http import client_of, graphql, import_students, recorder_login
from tests.support.processes import ROOT, Server, running_server

POST = "mutation($input: CreatePostInput!) { createPost(input: $input) { post { id } errors { code } } }"
WRITERS = 3


class Load:
    """People who write and upload all the time, and what of it the server acknowledged."""

    def __init__(self, server: Server, tokens: list[str]) -> None:
        self._server, self._tokens = server, tokens
        self.posts: list[str] = []
        self.images: list[str] = []
        self.enough = threading.Event()
        self.posts_before: list[str] = []
        self.images_before: list[str] = []

    def run(self) -> None:
        """Write until the server is gone."""
        try:
            with ThreadPoolExecutor(len(self._tokens)) as pool:
                list(pool.map(self._write, range(len(self._tokens))))
        finally:
            self.enough.set()

    def remember(self) -> None:
        """What is acknowledged by now has to be in a backup that begins after this."""
        self.posts_before, self.images_before = list(self.posts), list(self.images)

    def _write(self, number: int) -> None:
        with client_of(self._server, self._tokens[number]) as client:
            try:
                for count in itertools.count():
                    content = f"{number}-{count}"
                    assert (
                        graphql(client, POST, input={"title": "负载", "content": content})["createPost"]["errors"] == []
                    )
                    self.posts.append(content)
                    sent = client.post("/graphql", headers=PREFLIGHT, **multipart("AVATAR", encoded(), "a.jpg")).json()
                    if (image := sent["data"]["uploadImage"]["image"]) is not None:  # not one too many for a user
                        self.images.append(image["path"].rpartition("/")[2])
                    if len(self.posts) >= 5 * WRITERS:
                        self.enough.set()
            except httpx2.TransportError:
                return  # it was killed


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_acknowledged_before_the_backup_is_restored(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    settings = {"SECRET_KEY": "the key that is kept beside the backup"}
    restored = {**settings, "DATA_DIR": str(tmp_path / "restored")}
    if kind == "postgresql":
        cluster = request.getfixturevalue("cluster")
        settings["DATABASE_URL"] = cluster.url(asyncio.run(create_database(cluster)))
        restored["DATABASE_URL"] = cluster.url(asyncio.run(create_database(cluster)))
    file = tmp_path / "backup.zip"

    load, made = backed_up_under_load(tmp_path / "data", file, settings)

    assert (made.returncode, made.stderr) == (0, "")
    assert "Keep SECRET_KEY apart from it" in made.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.zip", "data"]
    assert shared_files(tmp_path / "data") == []
    cli = in_process(restored)
    verified, done = cli("verify-backup", file), cli("restore", file)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert (done.returncode, done.stderr) == (0, "")
    again = cli("restore", "--replace", file)
    assert (again.returncode, again.stderr) == (0, "")
    audit = cli("verify-audit", "--expect", done.stdout.partition("up to ")[2].partition(": ")[0])
    assert (audit.returncode, audit.stderr) == (0, "")
    posts, uploads = asyncio.run(contents(restored))
    assert set(load.posts_before) - posts == set()
    assert set(load.images_before) - uploads == set()
    assert len(load.posts) > len(load.posts_before)
    assert {path.name for path in (tmp_path / "restored" / "storage" / "avatar").iterdir()} == uploads
    assert shared_files(tmp_path / "restored") == []


async def contents(environment: dict[str, str]) -> tuple[set[str], set[str]]:
    """The texts of the posts and the names of the uploads in a database."""
    settings = configured(data_dir=environment["DATA_DIR"], database_url=environment.get("DATABASE_URL", ""))
    database = Database(settings.effective_database_url)
    posts = {row.content for row in await database.fetch(text("SELECT content FROM posts"))}
    uploads = {row.name for row in await database.fetch(text("SELECT name FROM uploads"))}
    await database.close()
    return posts, uploads


def shared_files(folder: Path) -> list[str]:
    """What of the product's others may open; the log is the test's."""
    paths = [path for path in [folder, *folder.rglob("*")] if path.name != "server.log"]
    return [str(path) for path in paths if path.lstat().st_mode & 0o077]


def backed_up_under_load(
    data_dir: Path, file: Path, settings: dict[str, str]
) -> "tuple[Load, subprocess.CompletedProcess[str]]":
    with running_server(data_dir, MATCHING="0", **settings) as server:
        with client_of(server) as client:
            accounts = import_students(client, server, WRITERS)
            tokens = [recorder_login(client, account, account[-6:]) for account in accounts]
        load = Load(server, tokens)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(load.run)
            assert load.enough.wait(60)
            load.remember()
            made = subprocess.run(
                [sys.executable, "-m", "cli", "backup", str(file)],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir)} | FIXED | settings,
                capture_output=True,
                encoding="utf-8",
            )
            os.kill(server.pid, signal.SIGKILL)
            running.result()
    return load, made
