"""`export-errors`."""

from pathlib import Path

import typer

from cli.running import fail, out
from schema.engine.mutations import declared_errors
from schema.schema import build_schema

BEGIN = "<!-- `python -m cli export-errors docs/graphql.md` writes this table. -->\n"
END = "<!-- The table ends here. -->\n"


def error_table() -> str:
    """Each mutation with the codes that its payload can hold, in Markdown."""
    declared = declared_errors(build_schema()._schema)
    rows = [
        f"| `{name}` | {', '.join(f'`{code}`' for code in codes) or 'none'} |\n"
        for name, codes in sorted(declared.items())
    ]
    return "".join(["| mutation | codes |\n", "|---|---|\n", *rows])


def with_error_table(page: str) -> str:
    """The page with the present table between its two marks. Raises ValueError if it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError
    return "".join([before, BEGIN, error_table(), END, after])


def export_errors(file: Path | None) -> None:
    """Replace the table of the page, or print it."""
    if file is None:
        typer.echo(error_table(), nl=False)
        return
    try:
        file.write_text(with_error_table(file.read_text(encoding="utf-8")), encoding="utf-8")
    except OSError as error:
        raise fail(f"{file} cannot be written: {error.strerror}.") from None
    except ValueError:
        raise fail(f"{file} has no marks for the table: {BEGIN.strip()} and {END.strip()}") from None
    out.print(f"Wrote {file}.", markup=False)
