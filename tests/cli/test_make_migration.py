"""`make-migration`, in a copy of the product whose tables changed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("cli", "rest_compat", "schema", "resolvers", "auth", "models", "watching", "locale")
COLUMN = "    salary: str = Field(max_length=64)\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def make_migration(folder: Path, summary: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "cli", "make-migration", summary]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_new_column_becomes_a_migration_that_needs_no_second_one(copy: Path) -> None:
    versions = copy / "models" / "migrations" / "versions"
    known = {path.name for path in versions.glob("*.py")}
    journal = copy / "models" / "journal.py"
    source = journal.read_text(encoding="utf-8")
    assert COLUMN in source
    journal.write_text(source.replace(COLUMN, f"{COLUMN}    bonus: int | None = None\n"), encoding="utf-8")

    made = make_migration(copy, "bonus of work logs")
    again = make_migration(copy, "once more")

    (written,) = {path.name for path in versions.glob("*.py")} - known
    newest = max(name[:4] for name in known)
    assert made.returncode == 0, made.stderr
    assert written == f"{int(newest) + 1:04}_bonus_of_work_logs.py"
    text = (versions / written).read_text(encoding="utf-8")
    assert 'batch_op.add_column(sa.Column("bonus", sa.Integer(), nullable=True))' in text
    assert 'batch_op.drop_column("bonus")' in text
    assert f'down_revision = "{newest}"' in text
    assert (again.returncode, "there is nothing to write" in again.stderr) == (1, True)


def test_unchanged_tables_need_no_migration(copy: Path) -> None:
    made = make_migration(copy, "nothing")

    assert (made.returncode, "there is nothing to write" in made.stderr) == (1, True)
    assert sorted(path.name for path in (copy / "models" / "migrations" / "versions").glob("*.py")) == sorted(
        path.name for path in (ROOT / "models" / "migrations" / "versions").glob("*.py")
    )
