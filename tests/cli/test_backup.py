"""`backup`, `verify-backup` and `restore`: what they refuse, and what they leave."""

import json
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from auth.encryption import key_id
from models.migrate import newest
from tests.cli.conftest import Cli, in_process

KEY, OTHER = "the key that is kept beside the backup", "another key that is as long as the first"
NAME = "0123456789abcdef0123456789abcdef.jpg"
ADMIN = ("create-admin", "--name", "王老师", "--account")


@pytest.fixture
def source(tmp_path: Path) -> Cli:
    """Commands on a database with an administrator."""
    cli = in_process({"DATA_DIR": str(tmp_path / "source"), "SECRET_KEY": KEY})
    cli(*ADMIN, "9000000001", ADMIN_PASSWORD="long enough")
    return cli


@pytest.fixture
def target(tmp_path: Path) -> Cli:
    """Commands on a data directory that is not there."""
    return in_process({"DATA_DIR": str(tmp_path / "target"), "SECRET_KEY": KEY})


def rewritten(file: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """A copy of an archive with changed entries."""
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    changed = file.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return changed


def with_manifest(file: Path, **changes: Any) -> Path:
    """A copy of an archive with a changed manifest; what begins with `database_` is a fact of the database."""

    def change(entries: dict[str, bytes]) -> None:
        manifest = json.loads(entries["manifest.json"])
        for name, value in changes.items():
            part, _, of = name.partition("database_")
            (manifest["database"] if of else manifest)[of or part] = value
        entries["manifest.json"] = json.dumps(manifest).encode()

    return rewritten(file, change)


def test_a_backup_says_what_it_holds_and_overwrites_nothing(source: Cli, target: Cli, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"

    nothing = target("backup", file)
    left = [path.name for path in tmp_path.iterdir() if path.name != "source"]
    made, again = source("backup", file), source("backup", file)

    assert (nothing.returncode, "is empty: there is nothing to back up." in nothing.stderr) == (1, True)
    assert left == []
    assert made.returncode == 0, made.stderr
    assert f": sqlite, migration {newest()}, " in made.stdout
    assert f"key {key_id(KEY)}\n" in made.stdout
    assert made.stdout.endswith(
        "Keep SECRET_KEY apart from it: no key is in the backup, and without it id numbers cannot be read.\n"
    )
    assert (again.returncode, again.stderr) == (1, f"Error: {file} is there already: name a new file.\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.zip", "source"]
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert KEY.encode() not in b"".join(map(archive.read, archive.namelist()))
    assert archive.namelist() == ["database.sqlite", "manifest.json"]
    assert manifest["files"]["database.sqlite"]["size"] == archive.getinfo("database.sqlite").file_size
    assert (manifest["database"]["rows"]["users"], manifest["database"]["rows"]["sessions"]) == (1, 0)


def test_who_was_deleted_since_and_is_here_again_is_named(source: Cli, target: Cli, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    source("backup", file)
    with closing(sqlite3.connect(tmp_path / "source" / "careergraph.db")) as connection, connection:
        ((user,),) = connection.execute("SELECT id FROM users").fetchall()
        connection.execute("UPDATE audit_events SET action = 'delete_user', subject_id = ?", [user])
        connection.execute("DELETE FROM users")

    restored = source("restore", file, "--replace", "--json")
    elsewhere = target("restore", file, "--json")

    assert (restored.returncode, json.loads(restored.stdout)["deletedUsers"]) == (0, [user])
    assert restored.stderr.startswith(
        f"They had deleted their accounts, or were deleted, and are here again: the users {user}. Delete them again"
    )
    assert (json.loads(elsewhere.stdout)["deletedUsers"], elsewhere.stderr) == ([], "")


def test_no_program_of_postgresql_is_sent_to_a_pooler(tmp_path: Path) -> None:
    # Nobody listens at port 1: it is refused before anything is asked.
    cli = in_process({"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql://u@127.0.0.1:1/db?pgbouncer=true"})

    refused = cli("backup", tmp_path / "backup.zip")

    assert refused.returncode == 1
    assert "leads through a pooler (pgbouncer=true), which backup and restore cannot use" in refused.stderr


def test_what_is_damaged_is_named(source: Cli, target: Cli, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    source("backup", file)
    text = tmp_path / "text.zip"
    text.write_text("no archive")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(file.read_bytes()[:-100])

    def flip(entries: dict[str, bytes]) -> None:
        content = bytearray(entries["database.sqlite"])
        content[5000] ^= 1
        entries["database.sqlite"] = bytes(content)

    cases: Mapping[str, tuple[Callable[[], Path], str]] = {
        "not an archive": (lambda: text, "is not a backup that this version can read: File is not a zip file."),
        "cut off": (lambda: cut, "is not a backup that this version can read: File is not a zip file."),
        "another format": (lambda: with_manifest(file, format=2), "its manifest is missing or damaged."),
        "no manifest": (lambda: rewritten(file, lambda entries: entries.pop("manifest.json")), "its manifest"),
        "no database": (lambda: with_manifest(file, files={}), "its manifest is missing or damaged."),
        "a path out of the storage": (
            lambda: with_manifest(file, files={"uploads/../../x": {"size": 0, "sha256": ""}}),
            "its manifest is missing or damaged.",
        ),
        "another byte": (lambda: rewritten(file, flip), "database.sqlite is damaged: its size or checksum differs."),
        "more": (lambda: rewritten(file, lambda entries: entries.update(x=b"")), "x is not in the manifest."),
        "less": (lambda: rewritten(file, lambda entries: entries.pop("database.sqlite")), "is missing."),
        "other rows": (
            lambda: with_manifest(file, database_rows={}),
            "The database is damaged: its rows are not those of the manifest.",
        ),
    }
    for what, (changed, message) in cases.items():
        path = changed()
        verified, restored = target("verify-backup", path), target("restore", path)
        assert (what, verified.returncode, message in verified.stderr) == (what, 1, True), verified.stderr
        assert (what, restored.returncode, message in restored.stderr) == (what, 1, True), restored.stderr
    assert not (tmp_path / "target" / "careergraph.db").exists()
    assert target("verify-backup", file).returncode == 0


def test_a_restore_needs_the_right_place(source: Cli, target: Cli, tmp_path: Path) -> None:
    file, stray = tmp_path / "backup.zip", tmp_path / "target" / "storage" / "avatar" / NAME
    source("backup", file)
    postgresql = "postgresql://someone@127.0.0.1:1/nothing"

    refusals = {
        "This is a backup of SQLite, and DATABASE_URL names PostgreSQL": target(
            "restore", file, DATABASE_URL=postgresql
        ),
        "The backup is at migration 9999, which this version does not know": target(
            "restore", with_manifest(file, database_revision="9999")
        ),
        f"The backup is encrypted with the key with the id {key_id(KEY)}; configured: {key_id(OTHER)}.": target(
            "restore", file, SECRET_KEY=OTHER
        ),
        f"with the id {key_id(KEY)}; configured: none.": target("restore", file, SECRET_KEY=""),
        "The database or the storage is not empty": source("restore", file),
        "pg_dump not found: install PostgreSQL's client programs": target(
            "backup", tmp_path / "new.zip", DATABASE_URL=postgresql, PATH=""
        ),
        "give this command the database's own address": target(
            "backup", tmp_path / "new.zip", DATABASE_URL=f"{postgresql}?pgbouncer=true"
        ),
        "the database does not answer": target("backup", tmp_path / "new.zip", DATABASE_URL=postgresql),
    }
    assert {message: done.stderr for message, done in refusals.items() if message not in done.stderr} == {}
    assert {message for message, done in refusals.items() if done.returncode != 1} == {"the database does not answer"}
    assert refusals["the database does not answer"].returncode == 3
    assert not (tmp_path / "target" / "careergraph.db").exists()

    stray.parent.mkdir(parents=True)
    stray.touch()
    not_empty = target("restore", file)
    replaced = target("restore", "--replace", file)
    source(*ADMIN, "9000000002", ADMIN_PASSWORD="long enough")
    back = source("restore", "--replace", file, SECRET_KEY=f"{OTHER},{KEY}")
    free_again = source(*ADMIN, "9000000002", ADMIN_PASSWORD="long enough")

    assert (not_empty.returncode, "--replace" in not_empty.stderr) == (1, True)
    assert (replaced.returncode, replaced.stderr) == (0, "")
    assert not stray.exists()
    assert target("verify-audit").returncode == 0
    assert (back.returncode, free_again.returncode) == (0, 0)
