"""`create-admin`."""

import os
import sys
from typing import Annotated

import typer

from auth.passwords import check_new_password
from cli.running import fail, new_scope, out, run, settings
from resolvers.identity.identifiers import STUDENT_ACCOUNT_LENGTH
from resolvers.identity.imports import add_administrator
from resolvers.scope import Services

PASSWORD_VARIABLE = "ADMIN_PASSWORD"


def create_admin(
    account: Annotated[
        str | None,
        typer.Option(envvar="ADMIN_ACCOUNT", help=f"What they sign in with: {STUDENT_ACCOUNT_LENGTH} characters."),
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
    configured = settings()
    account = account or _asked("Account", "--account")
    name = name or _asked("Name", "--name")
    password = _password(from_stdin=password_stdin)

    async def add(services: Services) -> bool:
        check_new_password(password, field="password")
        scope = new_scope(services)
        async with scope.begin():
            return await add_administrator(scope, account=account, name=name, password=password)

    if not run(configured, add):
        raise fail(f"the account {account} exists already. Choose another.")
    out.print(f"Created the administrator {account}.", markup=False)


def _asked(label: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise fail(f"{option} is missing, and there is no terminal to ask on.", status=2)
    answer: str = typer.prompt(label)
    return answer


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if password := os.environ.get(PASSWORD_VARIABLE):
        return password
    if not sys.stdin.isatty():
        raise fail(
            f"there is no terminal to ask for the password: set {PASSWORD_VARIABLE}, or use --password-stdin.", status=2
        )
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
