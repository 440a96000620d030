"""`export-migration-guide`."""

from pathlib import Path

import typer

from cli.running import fail, out
from rest_compat.apis import DIALECTS
from rest_compat.migration_guide import migration_guide


def export_migration_guide(file: Path | None) -> None:
    """Write the guide to the file, or to standard output."""
    guide = migration_guide(DIALECTS)
    if file is None:
        typer.echo(guide, nl=False)
        return
    try:
        file.write_text(guide, encoding="utf-8")
    except OSError as error:
        raise fail(f"{file} cannot be written: {error.strerror}.") from None
    out.print(f"Wrote {file}.", markup=False)
