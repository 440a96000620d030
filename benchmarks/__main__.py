"""`python -m benchmarks`: starts the servers, lets them compete, and prints what is reached."""

import argparse
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from benchmarks import report
from benchmarks.calls import ADD, FIRST_PAGE, KEYSET_PAGE, PACED_SEARCH, POSTS, SCAN, SEARCH, VIEWER, calls
from benchmarks.contest import Entrant, Plan, Result, check, compete
from benchmarks.data import Volume, fill, forget_clock_ins
from benchmarks.goals import CONNECTIONS
from benchmarks.load import LoadFailed, has_wrk
from benchmarks.matching import parts as matching
from benchmarks.matching.speed import FEEDS, SIZES
from benchmarks.processes import Server, started
from benchmarks.variants import LARGE, POSTGRESQL, SMALL, VARIANTS, Variant
from models.settings import Settings
from tests.support.postgresql import binaries, running_cluster

GROWTH = "growth"
SCANS = "scan"
WORKS = {"search": SEARCH, "viewer": VIEWER, "posts": POSTS, "add": ADD}
MATCHING = "matching"
CROWD = 4
"""So many times the users are in the larger databases: a scan of them takes some 60 ms."""
OTHER_CONNECTIONS = (1, 64)
COMPARED_AT_ALL_CONNECTIONS = frozenset({"ours", "handwritten", "mercurius", "sofa"})


@dataclass(frozen=True, slots=True)
class Contest:
    """Which servers compete at which call, over how many connections."""

    call: str
    connections: int
    variants: Sequence[Variant]


@dataclass(frozen=True, slots=True)
class Filled:
    """A database that is filled."""

    settings: Settings
    environment: Mapping[str, str]
    tokens: Sequence[str]
    clock_ins: int
    database: int | None
    """The process of its database, where that is a server."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the databases, start the servers, compare their answers, measure, and print the tables."""
    options = _options().parse_args(arguments)
    keep = partial(_keep, options.json)
    options.only = options.only or [*WORKS, GROWTH, SCANS, *(() if options.quick else (MATCHING,))]
    console = Console(width=max(150, Console().width))
    figures: dict[str, Any] = {}
    if set(options.only) != {MATCHING}:
        figures |= _contest(options, console, keep)
    if MATCHING in options.only:
        # By itself, when no server is there any more.
        figures[MATCHING] = matching.everything(console, options.resumes, options.feeds)
    keep(figures)
    return 0


def _keep(file: Path | None, figures: Mapping[str, Any]) -> None:
    """Write what is known so far: a run that ends early was not for nothing."""
    if file is not None:
        file.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))


def _contest(
    options: argparse.Namespace, console: Console, keep: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    """The figures of the servers."""
    plan = Plan(options.rounds or (1 if options.quick else 5), options.seconds or (1 if options.quick else 2))
    contests = list(_contests(options, _available(options, console)))
    variants = {variant.key: variant for contest in contests for variant in contest.variants}
    began = datetime.now(UTC)
    results: list[Result] = []
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="careergraph-benchmark-logs-")))
        filled = {
            dataset: _filled(dataset, options, began, stack, console)
            for dataset in dict.fromkeys(variant.dataset for variant in variants.values())
        }
        console.print(f"Starting {len(variants)} servers")
        servers = {
            key: stack.enter_context(
                started(
                    variant.command, {**filled[variant.dataset].environment, **variant.environment}, logs / f"{key}.log"
                )
            )
            for key, variant in variants.items()
        }
        for server in servers.values():
            server.wait_until_ready()
        for server in servers.values():
            server.wait_until_idle()
        entered = [
            [_entrant(contest.call, variant, servers, filled, began) for variant in contest.variants]
            for contest in contests
        ]
        for entrants in entered:
            check(entrants)
        for contest, entrants in zip(contests, entered, strict=True):
            console.print(f"{contest.call}, {contest.connections} connections: {len(contest.variants)} servers")
            results += compete(contest.call, entrants, connections=contest.connections, plan=plan)
            keep(report.figures(results, report.outcomes(results), {}))
        memory = {key: report.Memory(server.resident_mb, server.proportional_mb) for key, server in servers.items()}
    reached = report.outcomes(results)
    for table in (report.figures_table(results), report.memory_table(memory), report.goals_table(reached, memory)):
        console.print(table)
    for note in report.notes(results):
        console.print(f"Measured again: {note}")
    client = "wrk" if has_wrk() else "the asyncio client"
    console.print(f"Medians of {plan.rounds} rounds of {plan.seconds:g} s in turns; load from {client}.")
    return report.figures(results, reached, memory)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast; see docs/benchmarks.md.")
    parser.add_argument("--only", nargs="+", choices=[*WORKS, GROWTH, SCANS, MATCHING], help="these parts")
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS), help="these servers")
    parser.add_argument("--quick", action="store_true", help="one round of a second, over 16 connections, no matching")
    parser.add_argument("--large", action="store_true", help=f"{LARGE:,} clock-ins too: some 2 GB, minutes to fill")
    parser.add_argument("--rounds", type=int, help="5 unless told, or 1 with --quick")
    parser.add_argument("--seconds", type=float, help="of each server at each call in each round; 2, or 1 with --quick")
    parser.add_argument(
        "--users",
        type=int,
        default=20_000,
        help="who clock in once a burst each; four times as many in the larger databases",
    )
    parser.add_argument("--clock-ins", type=int, default=SMALL)
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--comments", type=int, default=10, help="of each post")
    parser.add_argument("--resumes", type=int, nargs="+", default=list(SIZES), help="how many are matched, growing")
    parser.add_argument("--feeds", type=int, default=FEEDS, help="that resumes are matched with")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    return parser


def _available(options: argparse.Namespace, console: Console) -> dict[str, Variant]:
    found = {}
    for key in options.variants:
        variant = VARIANTS[key]
        missing = variant.missing
        if variant.database == POSTGRESQL and binaries() is None:
            missing = "PostgreSQL is not installed"
        if variant.clock_ins == LARGE and not options.large:
            missing = "it needs --large"
        if missing is None:
            found[key] = variant
        else:
            console.print(f"Left out: {variant.title}: {missing}")
    return found


def _contests(options: argparse.Namespace, variants: Mapping[str, Variant]) -> Iterator[Contest]:
    small = [variant for variant in variants.values() if variant.clock_ins == SMALL]
    for call in (call for work, call in WORKS.items() if work in options.only):
        able = [variant for variant in small if call in variant.answers]
        if able:
            yield Contest(call, CONNECTIONS, able)
        compared = [variant for variant in able if variant.key in COMPARED_AT_ALL_CONNECTIONS]
        if compared and call != ADD and not options.quick:
            yield from (Contest(call, connections, compared) for connections in OTHER_CONNECTIONS)
    grown = [variant for variant in variants.values() if FIRST_PAGE in variant.answers]
    if GROWTH in options.only and len(grown) > 1:
        # Without the small database, so that the call's goals above keep their own contest.
        if len(larger := [variant for variant in grown if variant.clock_ins != SMALL]) > 1:
            yield Contest(SEARCH, CONNECTIONS, larger)
        yield from (Contest(call, CONNECTIONS, grown) for call in (FIRST_PAGE, KEYSET_PAGE))
    if SCANS in options.only:
        for call, connections in ((SCAN, 1), (PACED_SEARCH, CONNECTIONS)):
            able = [variant for variant in variants.values() if call in variant.answers]
            if able:
                yield Contest(call, connections, able)


def _filled(
    dataset: tuple[str, int], options: argparse.Namespace, began: datetime, stack: ExitStack, console: Console
) -> Filled:
    database, clock_ins = dataset
    is_small = clock_ins == SMALL
    volume = Volume(
        options.users if is_small else CROWD * options.users,
        options.clock_ins if is_small else clock_ins,
        options.posts,
        options.comments,
    )
    console.print(f"Filling {database} with {volume.clock_ins:,} clock-ins")
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="careergraph-benchmark-"))
    environment = {
        "ENVIRONMENT": "production",
        "DATA_DIR": folder,
        "SECRET_KEY": _KEY,
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": "",
    }
    server = None
    if database == POSTGRESQL:
        cluster = stack.enter_context(running_cluster())
        environment["DATABASE_URL"], server = cluster.url("postgres"), cluster.pid
    settings = Settings(_env_file=None, **{name.lower(): value for name, value in environment.items()})  # type: ignore[arg-type, call-arg]
    return Filled(settings, environment, fill(settings, volume, now=began), volume.clock_ins, server)


_KEY = secrets.token_hex(32)


def _entrant(
    call: str,
    variant: Variant,
    servers: Mapping[str, Server],
    filled: Mapping[tuple[str, int], Filled],
    began: datetime,
) -> Entrant:
    data = filled[variant.dataset]
    forget = partial(forget_clock_ins, data.settings, since=began) if call == ADD else None
    known = calls(data.clock_ins)
    beside = known[variant.beside] if variant.beside else None
    # Only an administrator, the last user, may ask for it.
    tokens = data.tokens[-1:] if call == SCAN else data.tokens
    server = servers[variant.key]
    asked = known[variant.asked.get(call, call)]
    return Entrant(variant.key, variant.dataset, server, asked, tokens, forget, beside, data.database)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LoadFailed as failure:
        sys.exit(f"The benchmark ended: {failure}")
