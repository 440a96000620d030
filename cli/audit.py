"""`verify-audit`."""

import typer

from cli.running import MISUSED, REFUSED, err, fail, out, print_json, run, settings
from resolvers.scope import Services
from resolvers.trail import Head, TrailBroken, Verdict, verify

MAX_SHOWN = 20


def verify_audit(expect: str | None, *, as_json: bool) -> None:
    """Print the faults of the trail and its head; the exit code is 1 if there are faults."""
    expected = None if expect is None else _head(expect)

    async def check(services: Services) -> Verdict:
        return await verify(services.database, services.seals, expected=expected)

    try:
        verdict = run(settings(), check)
    except TrailBroken as error:
        raise fail(str(error)) from None
    if as_json:
        print_json({"head": str(verdict.head), "events": verdict.head.number, "faults": list(verdict.faults)})
        raise typer.Exit(REFUSED if verdict.faults else 0)
    for fault in verdict.faults[:MAX_SHOWN]:
        err.print(fault, markup=False)
    if len(verdict.faults) > MAX_SHOWN:
        err.print(f"{len(verdict.faults) - MAX_SHOWN} more faults are not shown.")
    out.print(f"head {verdict.head}", markup=False)
    if verdict.faults:
        raise typer.Exit(REFUSED)
    out.print(f"All {verdict.head.number} events are as they were written.")


def _head(text: str) -> Head:
    number, _, hash_ = text.strip().removeprefix("head ").partition(":")
    is_number = number.isascii() and number.isdigit() and len(number) <= 18
    if not is_number or not (hash_.isalnum() or (int(number) == 0 and not hash_)):
        raise fail("HEAD is NUMBER:HASH, as verify-audit prints it.", status=MISUSED)
    return Head(int(number), hash_)
