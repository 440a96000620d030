"""`export-schema`."""

from pathlib import Path

import typer

from cli.running import fail, out
from schema.schema import build_schema


def export_schema(file: Path | None) -> None:
    """Write the schema to the file, or to standard output."""
    sdl = build_schema().as_str()
    if file is None:
        typer.echo(sdl)
        return
    try:
        file.write_text(f"{sdl}\n", encoding="utf-8")
    except OSError as error:
        raise fail(f"{file} cannot be written: {error.strerror}.") from None
    out.print(f"Wrote {file}.", markup=False)
