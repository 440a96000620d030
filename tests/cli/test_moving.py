"""`export` and `import`: everything leaves as files, and comes back as it was."""

import csv
import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from auth.encryption import Encryption, key_id
from models import tables
from models.db import Database
from resolvers import attendance_runs
from resolvers.personal.declared import DECLARED
from tests.cli.conftest import Cli, in_process
from tests.support.clients import MORNING
from tests.support.processes import ROOT
from tests.support.rows import Rows, everything

KEY, OTHER = "the key that is kept beside the export!!", "another key that is as long as the first"
NAME = "0123456789abcdef0123456789abcdef.jpg"
FORMULA = '=HYPERLINK("http://127.0.0.1")'


def begun(folder: Path) -> Cli:
    """Commands on a database with an administrator."""
    cli = in_process({"DATA_DIR": str(folder), "SECRET_KEY": KEY})
    cli("create-admin", "--name", FORMULA, "--account", "9000000001", ADMIN_PASSWORD="long enough")
    return cli


EMPTY = "recruiter_registrations"
"""A table that a migration made anew, so that SQLite has 0 as its last id."""


async def filled(folder: Path) -> Database:
    """That, with a row in each table but one that never had any, and a file."""
    begun(folder)
    database = Database(f"sqlite+aiosqlite:///{folder}/careergraph.db")
    users = tables.metadata.tables["users"]
    owner: int = await database.fetch_value(select(users.c.id))
    rows = Rows(database, owner)
    for table in tables.metadata.sorted_tables:
        if table.name.startswith(tables.DERIVED) or await database.fetch(select(table.c.id).limit(1)):
            continue
        if table.name == EMPTY:
            continue
        values: dict[str, Any] = {"folder": "avatar", "name": NAME} if table.name == "uploads" else {}
        if table.name == "resumes":
            number = Encryption(KEY).encrypt("110101199003072316", context="of a test")
            values = {"user_id": owner, "encrypted_id_number": number}
        await rows.add(table.name, **values)
    async with database.transaction() as transaction:  # an id that was given and may not be given again
        gone = tables.metadata.tables["posts"]
        post = {"author_id": owner, "title": "t", "content": "c", "created_at": MORNING, "updated_at": MORNING}
        row = (await transaction.fetch(insert(gone).returning(gone.c.id), post))[0]
        await transaction.execute(gone.delete().where(gone.c.id == row.id))
    (folder / "storage" / "avatar").mkdir(parents=True)
    (folder / "storage" / "avatar" / NAME).write_bytes(b"picture")
    return database


def unfinished(folder: Path) -> list[Path]:
    return list(folder.glob(".*"))


async def test_everything_moves_into_either_database(
    tmp_path: Path, configuration: dict[str, str], database: Database
) -> None:
    source_folder, folder = tmp_path / "source", tmp_path / "export"
    source = await filled(source_folder)
    before = await everything(source)
    last = max(before["posts"])

    done = in_process({"DATA_DIR": str(source_folder), "SECRET_KEY": KEY})("export", folder)
    assert done.returncode == 0, done.stderr
    assert unfinished(tmp_path) == []
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["key"], manifest["rows"]["users"]) == (key_id(KEY), 1)
    assert f"avatar/{NAME}" not in manifest["missing"]
    moved = in_process(configuration | {"SECRET_KEY": KEY})("import", folder)
    assert (moved.returncode, moved.stderr) == (0, "")

    assert await everything(database) == before
    file = Path(configuration["DATA_DIR"]) / "storage" / "avatar" / NAME
    assert file.read_bytes() == b"picture"
    posts = tables.metadata.tables["posts"]
    (owner,) = before["users"]
    async with database.transaction() as transaction:
        post = {"author_id": owner, "title": "t", "content": "c", "created_at": MORNING, "updated_at": MORNING}
        assert (await transaction.fetch(insert(posts).returning(posts.c.id), post))[0].id == last + 2
    again = in_process(configuration | {"SECRET_KEY": KEY})("import", folder)
    assert again.stderr == "Error: the database is not empty, it has rows in users: import into an empty one.\n"
    assert in_process(configuration | {"SECRET_KEY": KEY})("verify-audit").returncode == 0
    # Days in a row follow from the clock-ins here too; a wrong one is found, and repaired.
    assert await attendance_runs.count_wrong(database) == 0
    async with database.transaction() as transaction:
        assert await transaction.execute(update(tables.metadata.tables["attendance_runs"]).values(clock_ins=7)) == 1
    for options, code, said in (
        ((), 1, {"wrong": 1, "repaired": False}),
        (("--repair",), 0, {"wrong": 1, "repaired": True}),
        ((), 0, {"wrong": 0, "repaired": False}),
    ):
        found = in_process(configuration | {"SECRET_KEY": KEY})("check-attendance", *options, "--json")
        assert (found.returncode, json.loads(found.stdout)) == (code, said)
    await source.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_refused_and_what_people_are_given(tmp_path: Path, configuration: dict[str, str]) -> None:
    folder, for_people = tmp_path / "export", tmp_path / "csv"
    export = begun(tmp_path / "source")
    assert export("export", folder).returncode == 0

    assert export("export", folder).stderr == f"Error: {folder} is there already: name a new folder.\n"
    assert export("export", tmp_path / "x", "--format", "xml").returncode == 2
    assert export("export", for_people, "--format", "csv").returncode == 0
    with (for_people / "tables" / "users.csv").open(encoding="utf-8-sig", newline="") as file:
        (user,) = csv.DictReader(file)
    assert user["name"] == f"'{FORMULA}"
    for table in tables.metadata.sorted_tables:
        if not table.name.startswith(tables.DERIVED):
            heading = (for_people / "tables" / f"{table.name}.csv").read_text(encoding="utf-8-sig").splitlines()[0]
            assert not set(heading.split(",")) & set(DECLARED[table.name].hidden), table.name
    target = in_process(configuration | {"SECRET_KEY": KEY})
    assert "it lacks secrets" in target("import", for_people).stderr
    assert "it has no valid manifest.json" in target("import", tmp_path).stderr
    assert (
        f"needs the key with the id {key_id(KEY)}"
        in in_process(configuration | {"SECRET_KEY": OTHER})("import", folder).stderr
    )
    users = folder / "tables" / "users.jsonl"
    (whole,) = users.read_text().splitlines()
    row = json.loads(whole)
    for lines, told in (
        (["{"], "users.jsonl, line 1: Invalid JSON: EOF while parsing an object"),
        ([whole, "{}"], "users.jsonl, line 2: id: Field required"),
        ([json.dumps(row | {"more": 1})], "users.jsonl, line 1: more: Extra inputs are not permitted"),
        ([json.dumps(row | {"name": 1})], "users.jsonl, line 1: name: Input should be a valid string"),
        ([json.dumps(row | {"created_at": "2026-03-02"})], "users.jsonl, line 1: created_at: Input should be a valid"),
        ([json.dumps(row | {"name": "\0"})], "users.jsonl, lines 1 to 1: the database refuses a row: Text may not"),
        ([whole, whole], "users.jsonl, lines 1 to 2: the database refuses a row: UNIQUE constraint failed: users.id"),
        ([], "users.jsonl has 0 rows, and the manifest says 1."),
    ):
        sealed(folder, users, lines)
        refused = target("import", folder)
        assert (refused.returncode, refused.stderr.startswith(f"Error: {told}")) == (1, True), refused.stderr
    sealed(folder, users, [whole])
    users.write_text("{}\n")
    (folder / "uploads" / "avatar").mkdir(parents=True)
    (folder / "uploads" / "avatar" / NAME).write_bytes(b"of somebody else")
    damaged = target("import", folder)
    assert damaged.returncode == 1
    assert "tables/users.jsonl is not as it was written" in damaged.stderr
    assert f"uploads/avatar/{NAME} is not in the manifest." in damaged.stderr
    (folder / "uploads" / "avatar" / NAME).unlink()
    sealed(folder, users, [whole], last_ids={})
    stored = Path(configuration["DATA_DIR"]) / "storage" / "avatar" / NAME
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_bytes(b"of somebody else")
    assert target("import", folder).stderr == f"Error: the storage is not empty, it has avatar/{NAME}.\n"
    stored.unlink()
    assert target("import", folder).returncode == 0


def test_who_asks_a_command_to_end_finds_nothing_unfinished(tmp_path: Path) -> None:
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from cli.backups.archive import new_file
from cli.running import finish

async def write() -> None:
    with new_file(Path(sys.argv[1])):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(60)

finish(write())
"""
    ended = subprocess.run([sys.executable, "-c", script, tmp_path / "file"], cwd=ROOT)
    assert (ended.returncode, list(tmp_path.iterdir())) == (128 + signal.SIGTERM, [])


def sealed(folder: Path, path: Path, lines: list[str], **manifest: Any) -> None:
    """Write a file of an export, and what the manifest says of it, as somebody would who changes both."""
    path.write_text("".join(f"{line}\n" for line in lines))
    about = json.loads((folder / "manifest.json").read_text()) | manifest
    content = path.read_bytes()
    about["files"]["tables/users.jsonl"] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(about))
