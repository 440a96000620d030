"""The commands that move data, as `cli.app` has them: what each takes, and its help."""

from pathlib import Path
from typing import Annotated

import typer

from cli.user_commands import Json

app = typer.Typer()


@app.command(rich_help_panel="Operation")
def import_legacy(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="recorder, platform, hr or sign_cloud.")],
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A MySQL dump (.sql, also .gz, .bz2 or .xz), a .csv or .jsonl file, or a folder of such files."
        ),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="What the tables and columns are called, as --write-mapping writes it.")
    ] = None,
    write_mapping: Annotated[
        Path | None, typer.Option(help="Write the mapping that is used without --mapping to this file, and end.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write every refused row with its reason to this .csv or .jsonl file.")
    ] = None,
    files: Annotated[
        Path | None, typer.Option(help="The folder of the pictures that rows name by their paths: avatars, proofs.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything, and then take it back.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Import nothing: compare counts and sums of the source with the database.")
    ] = False,
    show: Annotated[int, typer.Option(min=0, help="How many refused rows to print.")] = 20,
    as_json: Json = False,
) -> None:
    """Move the data of a predecessor in: users with their passwords, and what is theirs.

    Goes on where an interrupted import of the same file stopped; what is here already is left as it is. Ids are kept,
    or go on to stand for what they became. The exit code is 1 where rows were refused, or where --verify finds a
    difference. Stop the server first.

    **Example:** `python -m cli import-legacy recorder dump.sql --report refused.csv`
    """
    from cli import legacy

    if write_mapping is not None:
        legacy.write_mapping(source, write_mapping)
    elif path is None:
        raise typer.BadParameter("PATH is missing.")
    elif verify:
        legacy.verify(source, path, mapping, as_json=as_json)
    else:
        legacy.import_legacy(source, path, mapping, report, files, dry_run=dry_run, show=show, as_json=as_json)
