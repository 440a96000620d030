"""`export-schema`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.running import fail, out
from schema.schema import build_schema


def export_schema(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without it, standard output.")] = None,
) -> None:
    """Write the schema of the graph in GraphQL's schema language.

    Needs neither configuration nor database. Code generators and editors read this file.

    **Example:** `python -m cli export-schema schema/schema.graphql`
    """
    sdl = build_schema().as_str()
    if file is None:
        typer.echo(sdl)
        return
    try:
        file.write_text(f"{sdl}\n", encoding="utf-8")
    except OSError as error:
        raise fail(f"{file} cannot be written: {error.strerror}.") from None
    out.print(f"Wrote {file}.", markup=False)
