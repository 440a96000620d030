"""The commands: what each takes, and its help.

Nothing here needs the product, so that help and a mistyped option cost no import of it. What a command does stands
in a module of its own, which is imported when the command runs.
"""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help=(
        "Careergraph's command line. It reads the server's configuration: environment variables, or the same names"
        " in `.env`. Start with `doctor`, which says what to change."
    ),
    epilog="Every command explains itself: python -m cli COMMAND --help",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,  # they would show the values of variables
)

ExportFile = Annotated[Path | None, typer.Argument(help="Where to write it; without it, standard output.")]


@app.command()
def doctor() -> None:
    """Check the configuration and what it points to, and say what to change.

    Looks and changes nothing. The exit code is 1 if something has to be changed before the server can do
    its work; notes are no faults.
    """
    from cli import doctor

    doctor.doctor()


@app.command()
def create_admin(
    account: Annotated[
        str | None, typer.Option(envvar="ADMIN_ACCOUNT", help="What they sign in with: 10 characters.")
    ] = None,
    name: Annotated[str | None, typer.Option(envvar="ADMIN_NAME", help="The name that others see.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False,
) -> None:
    """Create an administrator, who may import, search and export users.

    Asks for what is not given. A password has at least 6 characters and at most 72 bytes. Scripts give it in
    the environment variable ADMIN_PASSWORD or with --password-stdin; there is no option for it, because
    everybody on the machine can read a command line.

    **Example:** `python -m cli create-admin --account 9000000001 --name 王老师`
    """
    from cli import administrators

    administrators.create_admin(account, name, password_stdin=password_stdin)


@app.command()
def import_users(
    file: Annotated[Path, typer.Argument(help="A .csv or .xlsx file that names its columns.")],
    report: Annotated[Path | None, typer.Option(help="Write every rejected row to this .csv file.")] = None,
    show: Annotated[int, typer.Option(min=0, help="How many rejected rows to print.")] = 20,
) -> None:
    """Import students from a table, however long.

    The columns are 学号 姓名 班级 专业, or account name class major, in any order; the first two are required.
    A title may stand above them. An account has 10 characters; its last six are the first password.
    Good rows are kept and bad ones are reported, each with its line and the reason. The exit code is 1
    when there were any. An import that was interrupted can be repeated: what is there already is
    reported and left as it is.

    **Example:** `python -m cli import-users students.xlsx --report rejected.csv`
    """
    from cli import imports

    imports.import_users(file, report, show=show)


@app.command()
def verify_audit(
    expect: Annotated[
        str | None,
        typer.Option(metavar="HEAD", help="A head that was kept elsewhere, as this command prints it."),
    ] = None,
) -> None:
    """Find out whether the audit trail is as it was written: no event changed, missing or added.

    Prints where the chain ends. Keep that outside the database and give it as --expect the next time: without it
    an end that was cut off together with the note of where the chain ends cannot be told from a shorter trail.
    The exit code is 1 when something is wrong, and 2 when HEAD is none.

    **Example:** `python -m cli verify-audit --expect 1204:9f3a…`
    """
    from cli import audit

    audit.verify_audit(expect)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The archive to write; it must not exist.")]) -> None:
    """Write the database and the uploads into one file, while the server runs.

    The database is as it was at one instant, with every write that was acknowledged before the backup began; uploads
    that it knows are with it. PostgreSQL needs pg_dump. The file is private and complete once it has its name. No key
    is in it: keep SECRET_KEY apart. It needs room for a copy of the database beside it for as long as it runs.

    **Example:** `python -m cli backup /backups/2026-03-02.zip`
    """
    from cli.backups import commands

    commands.backup(file)


@app.command()
def verify_backup(file: Annotated[Path, typer.Argument(help="The archive.")]) -> None:
    """Check a backup: every checksum, and whether its database opens and holds what the manifest says.

    Needs neither configuration nor database; for PostgreSQL it needs pg_restore. The exit code is 1 if something is
    wrong. Unpacks the database into the folder for temporary files (TMPDIR).

    **Example:** `python -m cli verify-backup /backups/2026-03-02.zip`
    """
    from cli.backups import commands

    commands.verify(file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The archive.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete what the database and the storage hold now.")
    ] = False,
) -> None:
    """Fill an empty database and storage with a backup. Stop the server first.

    Checks the backup, its migration and SECRET_KEY before it changes anything. The database is restored in one
    transaction, into the kind that it was made of; PostgreSQL needs pg_restore and psql. An older database is migrated
    when the server starts.

    **Example:** `python -m cli restore /backups/2026-03-02.zip`
    """
    from cli.backups import commands

    commands.restore(file, replace=replace)


@app.command()
def rotate_keys() -> None:
    """Encrypt everything that is encrypted with the first key of SECRET_KEY.

    To replace the key, put a new one before it: SECRET_KEY=NEW,OLD. The server may run. Works in batches, each of
    which lasts: after an interruption run it again. The exit code is 1 when there is something that none of the keys
    decrypts; the rest is done all the same.

    **Example:** `python -m cli rotate-keys`
    """
    from cli import keys

    keys.rotate_keys()


@app.command()
def load_demo() -> None:
    """Load the demonstration data: a class of students over some weeks, up to yesterday.

    The server does this by itself in development, unless DEMO_DATA=0. A database takes it once; to begin
    anew, stop the server and delete DATA_DIR. Production refuses the data, and any database that holds it.
    """
    from cli import demonstration

    demonstration.load_demo()


@app.command()
def export_schema(file: ExportFile = None) -> None:
    """Write the schema of the graph in GraphQL's schema language.

    Needs neither configuration nor database. Code generators and editors read this file.

    **Example:** `python -m cli export-schema schema/schema.graphql`
    """
    from cli import sdl

    sdl.export_schema(file)


@app.command()
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


@app.command()
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


@app.command()
def update_messages() -> None:
    """Bring the catalogue of Chinese messages up to date with the source, for developers.

    New messages come without a translation, which is to be written into the file; messages that the source has no more
    are dropped.
    """
    from cli import catalogue

    catalogue.update_messages()


@app.command()
def export_migration_guide(file: ExportFile = None) -> None:
    """Write the guide from each old REST endpoint to the graph, in Markdown.

    Needs neither configuration nor database: it is made of the endpoint tables.

    **Example:** `python -m cli export-migration-guide docs/moving-from-rest.md`
    """
    from cli import migration

    migration.export_migration_guide(file)


@app.command()
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
