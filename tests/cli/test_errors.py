"""`export-errors`, and the table that it writes."""

from pathlib import Path

from typer.testing import CliRunner

from cli.app import app
from cli.errors import TABLE, error_table
from cli.generated import END
from schema.engine.mutations import declared_errors
from schema.schema import build_schema
from tests.support.processes import ROOT

GUIDE = ROOT / "docs" / "graphql.md"


def test_the_table_of_the_guide_is_the_one_of_the_declarations() -> None:
    page = GUIDE.read_text(encoding="utf-8")

    assert TABLE.put_into(page, error_table()) == page, "python -m cli export-errors docs/graphql.md"


def test_the_table_has_the_codes_of_each_mutation() -> None:
    rows = error_table().splitlines()

    assert rows[:2] == ["| mutation | codes |", "|---|---|"]
    assert len(rows) == 2 + len(declared_errors(build_schema()._schema))
    assert "| `clockIn` | `INVALID_INPUT`, `ALREADY_CLOCKED_IN` |" in rows
    assert "| `setExamDate` | none |" in rows


def test_the_table_is_printed_or_replaced_in_a_page(tmp_path: Path) -> None:
    page, without = tmp_path / "page.md", tmp_path / "without.md"
    page.write_text(f"Before.\n{TABLE.begin}| old |\n{END}After.\n", encoding="utf-8")
    without.write_text(f"Before.\n{TABLE.begin}", encoding="utf-8")
    run = CliRunner().invoke

    printed = run(app, ["export-errors"])
    saved = run(app, ["export-errors", str(page)])
    no_place = run(app, ["export-errors", str(without)])
    no_file = run(app, ["export-errors", str(tmp_path / "missing.md")])

    assert (printed.exit_code, printed.stdout) == (0, error_table())
    assert (saved.exit_code, page.read_text(encoding="utf-8")) == (
        0,
        f"Before.\n{TABLE.begin}{error_table()}{END}After.\n",
    )
    assert (no_place.exit_code, "has no marks for the table" in no_place.stderr) == (1, True)
    assert without.read_text(encoding="utf-8") == f"Before.\n{TABLE.begin}"
    assert (no_file.exit_code, "No such file or directory" in no_file.stderr) == (1, True)
