"""`doctor`."""

import asyncio

import typer

from cli.checks import configuration, machine, services
from cli.checks.database import database
from cli.checks.finding import Finding, Verdict, fault, good
from cli.running import REFUSED, log_to_stderr, out, print_json
from models.settings import ConfigurationError, load_settings

_COLOURS = {Verdict.GOOD: "green", Verdict.NOTE: "yellow", Verdict.FAULT: "red"}
_WIDTH = max(len(verdict.value) for verdict in Verdict)


def doctor(*, as_json: bool) -> None:
    """Print what each check found; the exit code is 1 if something has to be changed."""
    log_to_stderr()
    findings = asyncio.run(_findings())
    faults = sum(finding.verdict is Verdict.FAULT for finding in findings)
    if as_json:
        shown = [{"verdict": each.verdict.value, "subject": each.subject, "text": each.text} for each in findings]
        print_json({"faults": faults, "findings": shown})
    else:
        _print(findings)
        out.print(f"\n{faults} to fix." if faults else "\nNothing has to be changed.")
    if faults:
        raise typer.Exit(REFUSED)


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        colour, verdict = _COLOURS[finding.verdict], finding.verdict.value.ljust(_WIDTH)
        out.print(f"[{colour}]{verdict}[/{colour}] [bold]{finding.subject}[/bold]:", end=" ")
        out.print(finding.text, markup=False)


async def _findings() -> list[Finding]:
    unknown = configuration.names()
    try:
        settings = load_settings()
    except ConfigurationError as error:
        # Nothing else can be looked at without a configuration.
        return [*unknown, *(fault("configuration", line) for line in str(error).splitlines())]
    return [
        good("configuration", f"environment {settings.environment.value}"),
        *unknown,
        *configuration.keys(settings),
        configuration.address(settings),
        *configuration.public_url(settings),
        configuration.proxies(settings),
        configuration.origins(settings),
        *configuration.workers(settings),
        *machine.data_directory(settings),
        machine.files(settings),
        *await database(settings),
        *await services.shared_memory(settings),
        *await services.uploads(settings),
        services.explorer(),
    ]
