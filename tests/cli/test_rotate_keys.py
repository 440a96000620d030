"""`rotate-keys`, and what `doctor` says of keys."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, insert, select

from auth.encryption import key_id
from models.identity import User
from models.signing.resumes import Resume
from models.statements import table_of
from resolvers.scope import Services
from resolvers.signing.resumes import encrypted
from resolvers.startup import prepare
from tests.cli.conftest import FIXED, Cli
from tests.cli.test_doctor import lines
from tests.models.test_settings import configured
from tests.support.clients import MORNING
from tests.support.processes import ROOT
from tests.support.rows import Rows

OLD, NEW = "the key that came before the new one", "the key that takes the place of the old"
ROWS = 2400


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    """The data directory of a product with many id numbers, one of which no key decrypts."""
    settings = configured(
        data_dir=tmp_path / "data",
        secret_key=SecretStr(OLD),
        demo_data=False,
        password_cost=4,
        sqlite_synchronous="OFF",
    )
    services = Services.from_settings(settings)
    await prepare(services, settings)
    users, resumes = table_of(User), table_of(Resume)
    people = [{"name": f"学生{n}", "created_at": MORNING, "updated_at": MORNING} for n in range(ROWS)]
    async with services.database.transaction() as transaction:
        rows = await transaction.fetch_many(insert(users).returning(users.c.id), people)
    lost, *owners = [row.id for row in rows]
    model = await Rows(services.database, lost).add("resumes", user_id=lost)
    found = await services.database.fetch_one(select(resumes).where(resumes.c.id == model))
    assert found is not None
    copies = [
        {**found._mapping, "user_id": owner, **encrypted(services.encryption, owner, "11010119900307123X")}
        for owner in owners
    ]
    for copy in copies:
        del copy["id"]
    async with services.database.transaction() as transaction:
        await transaction.execute_many(insert(resumes), copies)
        await transaction.execute(delete(resumes).where(resumes.c.id == model))
        await transaction.execute(insert(resumes), {**copies[0], "user_id": lost, "encrypted_id_number": b"\2lost"})
    await services.close()
    return settings.data_dir


def still_old(folder: Path) -> int:
    """How many id numbers are not encrypted with the new key."""
    prefix = b"\2" + bytes.fromhex(key_id(NEW))
    with closing(sqlite3.connect(folder / "careergraph.db")) as connection:
        statement = "SELECT count(*) FROM resumes WHERE substr(encrypted_id_number, 1, 5) != ?"
        return int(connection.execute(statement, [prefix]).fetchone()[0])


def test_a_rotation_that_was_killed_goes_on(filled: Path, cli_on_sqlite: Cli) -> None:
    keys = {"SECRET_KEY": f"{NEW},{OLD}", "DATA_DIR": str(filled)}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "rotate-keys"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | FIXED | keys,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with process, closing(sqlite3.connect(filled / "careergraph.db", isolation_level=None, timeout=60)) as other:
        assert process.stdout is not None
        first = process.stdout.readline()
        other.execute("BEGIN IMMEDIATE")  # so that the next batch waits
        process.send_signal(signal.SIGKILL)
        process.wait()
        other.execute("ROLLBACK")
    left = still_old(filled)
    before = cli_on_sqlite("doctor", **keys)
    done = cli_on_sqlite("rotate-keys", **keys)
    after = cli_on_sqlite("doctor", DATA_DIR=str(filled), SECRET_KEY=NEW)
    misfit = cli_on_sqlite("doctor", DATA_DIR=str(filled), SECRET_KEY="another key that never signed anything")
    refused = cli_on_sqlite("verify-audit", DATA_DIR=str(filled), SECRET_KEY=OLD)
    missing = cli_on_sqlite("doctor", DATA_DIR=str(filled))

    assert first == f"resumes: 200 of {ROWS}\n"
    assert 1 < left <= ROWS - 200
    assert lines(before.stdout)["keys"] == [
        f"note {left} values are not encrypted with the first key, {key_id(NEW)}: python -m cli rotate-keys"
    ]
    assert done.returncode == 1  # one of them is lost
    assert f"\nresumes: {left - 1} re-encrypted, 1 could not be read\nreal_names: 0 re-encrypted" in done.stdout
    assert done.stderr == f"No key of SECRET_KEY decrypts resumes {ROWS + 1}.\n"
    assert still_old(filled) == 1
    assert lines(after.stdout)["keys"][0].startswith("note 1 values are not")
    assert misfit.returncode == 1
    assert lines(misfit.stdout)["keys"][0].startswith("fix SECRET_KEY does not fit this database")
    assert refused.returncode == 1
    assert (
        f"Error: SECRET_KEY does not fit this database, which is encrypted with the key with the id {key_id(NEW)}"
        in (refused.stderr)
    )
    assert (missing.returncode, "secret_key is missing: put it back" in missing.stdout) == (1, True)
    assert not (filled / "secret_key").exists()
