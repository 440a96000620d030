"""The Typer application with all commands."""

import typer

from cli.administrators import create_admin
from cli.audit import verify_audit
from cli.demonstration import load_demo
from cli.doctor import doctor
from cli.imports import import_users
from cli.make_migration import make_migration
from cli.migration import export_migration_guide
from cli.sdl import export_schema

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
for command in (
    doctor,
    create_admin,
    import_users,
    verify_audit,
    load_demo,
    export_schema,
    export_migration_guide,
    make_migration,
):
    app.command()(command)
