"""The commands about users, as `cli.app` has them: what each takes, and its help."""

from pathlib import Path
from typing import Annotated

import typer

PANEL = "Users"

app = typer.Typer()

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
User = Annotated[
    str,
    typer.Argument(
        metavar="USER", help="An account, user name, mobile number or e-mail address; or `id:` and the user's id."
    ),
]


@app.command(rich_help_panel=PANEL)
def create_admin(
    account: Annotated[
        str | None, typer.Option(envvar="ADMIN_ACCOUNT", help="What they sign in with: 10 characters.")
    ] = None,
    name: Annotated[str | None, typer.Option(envvar="ADMIN_NAME", help="The name that others see.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Create an administrator, who may import, search and export users.

    Asks for what is not given. A password has at least 6 characters and at most 72 bytes. Scripts give it in
    the environment variable ADMIN_PASSWORD or with --password-stdin; there is no option for it, because
    everybody on the machine can read a command line.

    **Example:** `python -m cli create-admin --account 9000000001 --name 王老师`
    """
    from cli import administrators

    administrators.create_admin(account, name, password_stdin=password_stdin, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def list_admins(as_json: Json = False) -> None:
    """List the administrators.

    **Example:** `python -m cli list-admins --json`
    """
    from cli import users

    users.list_admins(as_json=as_json)


@app.command(rich_help_panel=PANEL)
def list_users(
    text: Annotated[
        str | None, typer.Argument(help="A part of a name or account, or a whole user name, mobile number or e-mail.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to list.")] = 20,
    after: Annotated[int | None, typer.Option(metavar="ID", min=0, help="Go on after this user's id.")] = None,
    as_json: Json = False,
) -> None:
    """List users, or find some, by their ids: what they sign in with, their roles, and since when one is disabled.

    **Examples:** `python -m cli list-users 王` and `python -m cli list-users --limit 1000 --after 1000 --json`
    """
    from cli import users

    users.list_users(text, limit=limit, after=after, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def disable_user(user: User, as_json: Json = False) -> None:
    """Keep a user out: their sessions end, and no API lets them sign in until they are enabled.

    What they wrote stays. The last administrator who can sign in cannot be disabled.

    **Example:** `python -m cli disable-user 2099000001`
    """
    from cli import users

    users.disable_user(user, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def enable_user(user: User, as_json: Json = False) -> None:
    """Let a disabled user in again. They have to sign in anew.

    **Example:** `python -m cli enable-user 2099000001`
    """
    from cli import users

    users.enable_user(user, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def reset_password(user: User, as_json: Json = False) -> None:
    """Issue a new password and print it; the user's sessions end.

    In production (PASSWORD_CHANGE_REQUIRED) it serves once: it opens nothing but the change of the password.

    **Example:** `python -m cli reset-password 2099000001`
    """
    from cli import users

    users.reset_password(user, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def list_sessions(user: User, as_json: Json = False) -> None:
    """List a user's open sessions: in which API, since when, and until when.

    **Example:** `python -m cli list-sessions 2099000001`
    """
    from cli import users

    users.list_sessions(user, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def end_sessions(
    user: User,
    session: Annotated[int | None, typer.Option(min=1, help="Only this one, as list-sessions numbers it.")] = None,
    as_json: Json = False,
) -> None:
    """End all sessions of a user, or one; they can sign in again.

    **Example:** `python -m cli end-sessions 2099000001`
    """
    from cli import users

    users.end_sessions(user, session, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def import_users(
    file: Annotated[Path, typer.Argument(help="A .csv or .xlsx file that names its columns.")],
    report: Annotated[Path | None, typer.Option(help="Write every rejected row to this .csv file.")] = None,
    show: Annotated[int, typer.Option(min=0, help="How many rejected rows to print.")] = 20,
    as_json: Json = False,
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

    imports.import_users(file, report, show=show, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def export_users(
    file: Annotated[Path, typer.Argument(help="The .xlsx file to write.")],
) -> None:
    """Export all students with their goals, and all work logs, as a workbook of two sheets.

    The file holds personal data: only its owner may read it.

    **Example:** `python -m cli export-users students-and-logs.xlsx`
    """
    from cli import exports

    exports.export_users(file)
