"""`import-legacy`: its options, and what it says. What becomes of rows is tested with the rules."""

import gzip
import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from models.community import Post
from models.db import Database
from models.identity import User
from models.statements import table_of
from tests.cli.conftest import Cli
from tests.support.legacy import recorder

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what is written is tested elsewhere


@pytest.mark.usefixtures("migrated")
async def test_looking_moving_in_and_verifying(cli: Cli, tmp_path: Path, database: Database) -> None:
    dump, report = recorder(tmp_path), tmp_path / "refused.jsonl"
    with dump.open("rb") as plain, gzip.open(tmp_path / "recorder.sql.gz", "wb") as packed:
        shutil.copyfileobj(plain, packed)

    tried = cli("import-legacy", "recorder", tmp_path / "recorder.sql.gz", "--dry-run", "--json")
    looked = cli("import-legacy", "recorder", dump, "--verify", "--json")
    moved = cli("import-legacy", "recorder", dump, "--report", report, "--show", "1")
    verified = cli("import-legacy", "recorder", dump, "--verify")

    counts = json.loads(tried.stdout)["kinds"]["users"]
    assert (tried.returncode, counts) == (1, {"read": 60, "imported": 50, "joined": 3, "refused": 7, "present": 0})
    assert [each["here"] for each in json.loads(looked.stdout)] == [0] * 6, "A dry run keeps nothing."
    assert looked.returncode == 1
    assert moved.returncode == 1
    assert moved.stderr == "users, row 13 (13): account must be 10 letters or digits: 200000001\n"
    assert "142 rows, or parts of rows, were refused. All of them are in" in moved.stdout
    assert len(report.read_text(encoding="utf-8").splitlines()) == 142
    assert (verified.returncode, verified.stdout.count("agrees")) == (0, 6)
    users, posts = table_of(User), table_of(Post)
    async with database.transaction() as transaction:
        author: int = await transaction.fetch_value(select(posts.c.author_id).limit(1))
        written: int = await transaction.fetch_value(
            select(func.count()).select_from(posts).where(posts.c.author_id == author)
        )
        await transaction.execute(delete(users).where(users.c.id == author))
    left = cli("import-legacy", "recorder", dump, "--verify", "--json")
    found = {each["kind"]: each for each in json.loads(left.stdout)}
    assert (left.returncode, found["users"]["gone"], found["posts"]["gone"]) == (0, 1, written)
    assert all(each["agrees"] for each in found.values())


@pytest.mark.usefixtures("migrated")
def test_what_is_given_wrongly_is_told(cli: Cli, tmp_path: Path) -> None:
    dump, mapping = recorder(tmp_path, users=1), tmp_path / "mapping.toml"
    written = cli("import-legacy", "recorder", "--write-mapping", mapping)
    assert written.returncode == 0
    shipped = mapping.read_text(encoding="utf-8")

    def told(text: str) -> tuple[int, str]:
        mapping.write_text(text, encoding="utf-8")
        done = cli("import-legacy", "recorder", dump, "--mapping", mapping)
        return done.returncode, done.stderr.strip().removeprefix("Error: ")

    assert cli("import-legacy", "recorder", "--write-mapping", mapping).returncode == 1, "It overwrites nothing."
    assert told(shipped.replace('"class"', '"klass"')) == (
        1,
        "[users] names what is not there: users.klass (class_name).",
    )
    assert told(shipped.replace("class_name =", "klass =")) == (
        2,
        (
            "Line 16: [users] has no field klass: account, class_name, created_at, direction, id, major, name,"
            " password, role, updated_at."
        ),
    )
    assert told(shipped.replace('account = "account"', "")) == (2, "Line 10: [users] needs account.")
    assert told(shipped.replace('"Asia/Shanghai"', '"Asia/Nowhere"')) == (
        2,
        "Line 8: time_zone: there is no zone Asia/Nowhere.",
    )
    for wrong, line in (
        ('id = "id"\nid = "id"', "Cannot overwrite a value (at line 13, column 10)"),
        ("id: id", "Expected '=' after a key in a key/value pair (at line 12, column 3)"),
    ):
        status, message = told(shipped.replace('id = "id"', wrong, 1))
        assert (status, message) == (2, f"{mapping} is no TOML file in UTF-8: {line}")
    assert told("\ufeff" + shipped.replace("[users.values.role]", "[users.values.rolle]", 1)) == (
        2,
        "Line 23: [users.values.rolle] is about no field of the section.",
    )
    assert told(shipped.replace('id = "id"', "id = 1", 1)) == (2, "Line 12: [users] id must name a column.")
    assert told('[users]\ntable = "people"\nid = "id"\naccount = "a"\nname = "n"') == (
        1,
        (
            "The source has none of the mapping's tables; it has: clock_ins, employment_goals, postgraduate_goals,"
            " posts, users, work_logs."
        ),
    )
    mapping.write_text(shipped.replace('table = "posts"', 'table = "articles"'), encoding="utf-8")
    looked = cli("import-legacy", "recorder", dump, "--mapping", mapping, "--dry-run").stdout.splitlines()
    assert "The source has no table articles for posts." in looked
    assert "No line of the mapping names its posts: edit one (--write-mapping)." in looked
    assert cli("import-legacy", "elsewhere", dump).returncode == 2
    assert cli("import-legacy", "recorder", tmp_path / "none.sql").returncode == 2
    assert cli("import-legacy", "recorder").returncode == 2
    if Path("/dev/full").exists():
        full = cli("import-legacy", "recorder", dump, "--report", "/dev/full")
        assert (full.returncode, full.stderr) == (1, "Error: /dev/full: No space left on device\n")
