"""`export-migration-guide`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.running import fail, out
from rest_compat.apis import DIALECTS
from rest_compat.migration_guide import migration_guide


def export_migration_guide(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without it, standard output.")] = None,
) -> None:
    """Write the guide from each old REST endpoint to the graph, in Markdown.

    Needs neither configuration nor database: it is made of the endpoint tables.

    **Example:** `python -m cli export-migration-guide docs/moving-from-rest.md`
    """
    guide = migration_guide(DIALECTS)
    if file is None:
        typer.echo(guide, nl=False)
        return
    try:
        file.write_text(guide, encoding="utf-8")
    except OSError as error:
        raise fail(f"{file} cannot be written: {error.strerror}.") from None
    out.print(f"Wrote {file}.", markup=False)
