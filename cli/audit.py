"""`verify-audit`."""

from typing import Annotated

import typer

from cli.running import err, fail, out, run, settings
from resolvers.scope import Services
from resolvers.trail import Head, TrailBroken, Verdict, verify

MAX_SHOWN = 20


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
    expected = None if expect is None else _head(expect)

    async def check(services: Services) -> Verdict:
        return await verify(services.database, services.seals, expected=expected)

    try:
        verdict = run(settings(), check)
    except TrailBroken as error:
        raise fail(str(error)) from None
    for fault in verdict.faults[:MAX_SHOWN]:
        err.print(fault, markup=False)
    if len(verdict.faults) > MAX_SHOWN:
        err.print(f"{len(verdict.faults) - MAX_SHOWN} more faults are not shown.")
    out.print(f"head {verdict.head}", markup=False)
    if verdict.faults:
        raise typer.Exit(1)
    out.print(f"All {verdict.head.number} events are as they were written.")


def _head(text: str) -> Head:
    number, _, hash_ = text.strip().removeprefix("head ").partition(":")
    is_number = number.isascii() and number.isdigit() and len(number) <= 18
    if not is_number or not (hash_.isalnum() or (int(number) == 0 and not hash_)):
        raise fail("HEAD is NUMBER:HASH, as verify-audit prints it.", status=2)
    return Head(int(number), hash_)
