"""The commands that move everything out and in: what each takes, and its help."""

from pathlib import Path
from typing import Annotated

import typer

from cli.user_commands import Json

app = typer.Typer()


@app.command(rich_help_panel="Operation")
def export(
    folder: Annotated[Path, typer.Argument(help="The folder to write; it must not exist.")],
    rows_as: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="`jsonl`, which can be imported, or `csv`, for people.")
    ] = "jsonl",
    as_json: Json = False,
) -> None:
    """Write everything into a folder that other programs read, while the server runs.

    One file a table, the uploads, and a manifest with counts and checksums: docs/moving-out.md. All of it is as it was
    at one instant. The folder is private and complete once it has its name. JSON lines have password hashes, and what
    is encrypted as it is; CSV has neither.

    **Example:** `python -m cli export /exports/2026-03-02`, and for a spreadsheet `--format csv`
    """
    from cli.moving import out

    out.export(folder, rows_as, as_json=as_json)


@app.command("import", rich_help_panel="Operation")
def import_(
    folder: Annotated[Path, typer.Argument(help="The folder that `export` wrote.")], as_json: Json = False
) -> None:
    """Fill an empty database and storage with an export, of SQLite or PostgreSQL into either.

    Checks every checksum, the migration and SECRET_KEY before it changes anything; the rows are one transaction. Stop
    the server first.

    **Example:** `python -m cli import /exports/2026-03-02`
    """
    from cli.moving import into

    into.import_(folder, as_json=as_json)
