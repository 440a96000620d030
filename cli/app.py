"""The commands: what each takes, and its help.

Nothing here needs the product, so that help and a mistyped option cost no import of it. What a command does stands
in a module of its own, which is imported when the command runs.
"""

from pathlib import Path
from typing import Annotated

import typer

from cli import legacy_commands, user_commands
from cli.moving import commands as moving_commands
from cli.user_commands import Json

app = typer.Typer(
    help=(
        "Careergraph's command line. It reads the server's configuration: environment variables, or the same names"
        " in `.env`. Start with `doctor`, which says what to change."
    ),
    epilog=(
        "Every command explains itself: python -m cli COMMAND --help. Exit codes: 0 done; 1 refused, or something is"
        " wrong; 2 the command was given wrongly; 3 the database or another service does not answer, try again."
    ),
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,  # they would show the values of variables
)

ExportFile = Annotated[Path | None, typer.Argument(help="Where to write it; without it, standard output.")]

app.add_typer(user_commands.app)
app.add_typer(moving_commands.app)
app.add_typer(legacy_commands.app)


@app.command(rich_help_panel="Operation")
def doctor(as_json: Json = False) -> None:
    """Check the configuration and what it points to, and say what to change.

    Looks and changes nothing. The exit code is 1 if something has to be changed before the server can do
    its work; notes are no faults.

    **Example:** `python -m cli doctor`, and in a script `python -m cli doctor --json`
    """
    from cli import doctor

    doctor.doctor(as_json=as_json)


@app.command(rich_help_panel="Operation")
def verify_audit(
    expect: Annotated[
        str | None,
        typer.Option(metavar="HEAD", help="A head that was kept elsewhere, as this command prints it."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find out whether the audit trail is as it was written: no event changed, missing or added.

    Prints where the chain ends. Keep that outside the database and give it as --expect the next time: without it
    an end that was cut off together with the note of where the chain ends cannot be told from a shorter trail.
    The exit code is 1 when something is wrong, and 2 when HEAD is none.

    **Example:** `python -m cli verify-audit --expect 1204:9f3a…`
    """
    from cli import audit

    audit.verify_audit(expect, as_json=as_json)


@app.command(rich_help_panel="Operation")
def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write; it must not exist.")], as_json: Json = False
) -> None:
    """Write the database and the uploads into one file, while the server runs.

    The database is as it was at one instant, with every write that was acknowledged before the backup began; uploads
    that it knows are with it. PostgreSQL needs pg_dump. The file is private and complete once it has its name. No key
    is in it: keep SECRET_KEY apart. It needs room for a copy of the database beside it for as long as it runs.

    **Example:** `python -m cli backup /backups/2026-03-02.zip`
    """
    from cli.backups import commands

    commands.backup(file, as_json=as_json)


@app.command(rich_help_panel="Operation")
def verify_backup(file: Annotated[Path, typer.Argument(help="The archive.")], as_json: Json = False) -> None:
    """Check a backup: every checksum, and whether its database opens and holds what the manifest says.

    Needs neither configuration nor database; for PostgreSQL it needs pg_restore. The exit code is 1 if something is
    wrong. Unpacks the database into the folder for temporary files (TMPDIR).

    **Example:** `python -m cli verify-backup /backups/2026-03-02.zip`
    """
    from cli.backups import commands

    commands.verify(file, as_json=as_json)


@app.command(rich_help_panel="Operation")
def restore(
    file: Annotated[Path, typer.Argument(help="The archive.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete what the database and the storage hold now.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fill an empty database and storage with a backup. Stop the server first.

    Checks the backup, its migration and SECRET_KEY before it changes anything. The database is restored in one
    transaction, into the kind that it was made of; PostgreSQL needs pg_restore and psql. An older database is migrated
    when the server starts.

    **Example:** `python -m cli restore /backups/2026-03-02.zip`
    """
    from cli.backups import commands

    commands.restore(file, replace=replace, as_json=as_json)


@app.command(rich_help_panel="Operation")
def rotate_keys(as_json: Json = False) -> None:
    """Encrypt everything that is encrypted with the first key of SECRET_KEY.

    To replace the key, put a new one before it: SECRET_KEY=NEW,OLD. The server may run. Works in batches, each of
    which lasts: after an interruption run it again. The exit code is 1 when there is something that none of the keys
    decrypts; the rest is done all the same.

    **Example:** `python -m cli rotate-keys`
    """
    from cli import keys

    keys.rotate_keys(as_json=as_json)


@app.command(rich_help_panel="Operation")
def check_attendance(
    repair: Annotated[bool, typer.Option("--repair", help="Make them anew.")] = False, as_json: Json = False
) -> None:
    """Compare the days in a row that are kept of each user with the clock-ins. The server may run.

    **Example:** `python -m cli check-attendance --repair`
    """
    from cli import attendance

    attendance.check(repair=repair, as_json=as_json)


@app.command(rich_help_panel="Operation")
def migrate(as_json: Json = False) -> None:
    """Migrate the database to this version, as the server does when it starts.

    Several processes may do this at once: one migrates, and the others wait.

    **Example:** `python -m cli migrate`
    """
    from cli import upgrade

    upgrade.migrate(as_json=as_json)


@app.command(rich_help_panel="Operation")
def copy_uploads(as_json: Json = False) -> None:
    """Copy the uploads of DATA_DIR to the object store of STORAGE_URL; nothing is removed.

    What is in the store already is not copied again: an interrupted copy is repeated, and one that ran while the
    server still wrote to DATA_DIR is completed once it does not. The exit code is 1 if the database names a file that
    is on neither side.

    **Example:** `python -m cli copy-uploads`
    """
    from cli import copying

    copying.copy_uploads(as_json=as_json)


@app.command(rich_help_panel="Development")
def load_demo() -> None:
    """Load the demonstration data: a class of students over some weeks, up to yesterday.

    The server does this by itself in development, unless DEMO_DATA=0. A database takes it once; to begin
    anew, stop the server and delete DATA_DIR. Production refuses the data, and any database that holds it.

    **Example:** `python -m cli load-demo`
    """
    from cli import demonstration

    demonstration.load_demo()


@app.command(rich_help_panel="Development")
def export_schema(file: ExportFile = None) -> None:
    """Write the schema of the graph in GraphQL's schema language.

    Needs neither configuration nor database. Code generators and editors read this file.

    **Example:** `python -m cli export-schema schema/schema.graphql`
    """
    from cli import sdl

    sdl.export_schema(file)


@app.command(rich_help_panel="Development")
def release_schema(
    folder: Annotated[
        Path, typer.Argument(help="The folder of `released.graphql` and `accepted_changes.toml`.")
    ] = Path("schema"),
) -> None:
    """Make the schema of now the one that later changes are checked against, at a release.

    Writes `released.graphql`, and empties the list of breaking changes that were accepted since the last release.

    **Example:** `python -m cli release-schema`
    """
    from cli import compatibility

    compatibility.release_schema(folder)


@app.command(rich_help_panel="Development")
def export_errors(
    file: Annotated[
        Path | None, typer.Argument(help="The page whose table is replaced; without it, the table is printed.")
    ] = None,
) -> None:
    """Write which codes each mutation can answer, as a table in Markdown.

    Needs neither configuration nor database: it is made of the mutations' declarations.

    **Example:** `python -m cli export-errors docs/graphql.md`
    """
    from cli import errors

    errors.export_errors(file)


@app.command(rich_help_panel="Development")
def export_settings(
    file: Annotated[
        Path | None, typer.Argument(help="The page whose tables are replaced; without it, they are printed.")
    ] = None,
) -> None:
    """Write the reference of all settings, as tables in Markdown.

    Needs neither configuration nor database: it is made of the settings' declarations and their meanings.

    **Example:** `python -m cli export-settings docs/configuration.md`
    """
    from cli import settings_table

    settings_table.export_settings(file)


@app.command(rich_help_panel="Development")
def update_messages() -> None:
    """Bring the catalogue of Chinese messages up to date with the source, for developers.

    New messages come without a translation, which is to be written into the file; messages that the source has no more
    are dropped.

    **Example:** `python -m cli update-messages`
    """
    from cli import catalogue

    catalogue.update_messages()


@app.command(rich_help_panel="Development")
def export_migration_guide(file: ExportFile = None) -> None:
    """Write the guide from each old REST endpoint to the graph, in Markdown.

    Needs neither configuration nor database: it is made of the endpoint tables.

    **Example:** `python -m cli export-migration-guide docs/moving-from-rest.md`
    """
    from cli import migration

    migration.export_migration_guide(file)


@app.command(rich_help_panel="Development")
def make_migration(
    summary: Annotated[str, typer.Argument(help="What it does, in a few words: they become its name.")],
) -> None:
    """Write the migration from the newest one to the tables of `models/`, formatted and checked.

    Compares the tables with a new SQLite database that all migrations have run on. Read what was written: it
    knows nothing of rows that are there, nor of triggers.

    **Example:** `python -m cli make-migration "likes on posts"`
    """
    from cli import make_migration

    make_migration.make_migration(summary)
