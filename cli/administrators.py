"""`create-admin`."""

import os
import sys

import typer

from auth.passwords import check_new_password
from cli.running import MISUSED, act, fail, out, print_json, settings
from resolvers.identity.imports import add_administrator
from resolvers.scope import Scope

PASSWORD_VARIABLE = "ADMIN_PASSWORD"


def create_admin(account: str | None, name: str | None, *, password_stdin: bool, as_json: bool) -> None:
    """Create an administrator; ask for what is not given."""
    configured = settings()
    account = account or _asked("Account", "--account")
    name = name or _asked("Name", "--name")
    password = _password(from_stdin=password_stdin)

    async def add(scope: Scope) -> bool:
        check_new_password(password, field="password")
        return await add_administrator(scope, account=account, name=name, password=password)

    if not act(configured, add):
        raise fail(f"the account {account} exists already. Choose another.")
    if as_json:
        print_json({"account": account})
    else:
        out.print(f"Created the administrator {account}.", markup=False)


def _asked(label: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise fail(f"{option} is missing, and there is no terminal to ask on.", status=MISUSED)
    answer: str = typer.prompt(label)
    return answer


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if password := os.environ.get(PASSWORD_VARIABLE):
        return password
    if not sys.stdin.isatty():
        raise fail(
            f"there is no terminal to ask for the password: set {PASSWORD_VARIABLE}, or use --password-stdin.",
            status=MISUSED,
        )
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
