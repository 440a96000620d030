"""`python -m benchmarks`: measures the server against the baseline, in turns, and prints the ratios."""

import argparse
import asyncio
import os
import shutil
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.data import Volume, fill
from benchmarks.load import CONNECTIONS, Call, Figures, LoadFailed, burst, steady
from benchmarks.processes import BASELINE, PRODUCT, running
from models.settings import Settings

SEARCH = "/api/v1/clock_in/search?page=1&page_size=10"
ADD = "/api/v1/clock_in/add"
VIEWER = "query Viewer { viewer { databaseId name account className } }"
POSTS = """query Posts {
  posts(first: 10) {
    nodes {
      title createdAt
      author { name }
      comments(first: 5) { nodes { content author { name } } }
    }
  }
}"""
ALREADY = {"code": 1, "msg": "您在当前时间段已经打过卡了哦", "data": None}


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often."""

    rounds: int
    seconds: float
    adds: int


@dataclass(frozen=True, slots=True)
class Result:
    """The medians over all rounds for the server and the baseline."""

    name: str
    product: Figures
    baseline: Figures

    @property
    def ratio(self) -> float:
        """How many times as many requests a second the baseline answers."""
        return self.baseline.requests_per_second / self.product.requests_per_second


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill a database, start both servers on it, compare their answers, measure, and print the table."""
    options = _options().parse_args(arguments)
    plan = Plan(options.rounds, options.seconds, options.adds)
    # Nobody clocks in twice: every round, and one more to warm up, at both servers; then who compares and who reads.
    needed = 2 * (plan.rounds + 1) * plan.adds + 3
    volume = Volume(max(options.users, needed), options.clock_ins, options.posts, options.comments)
    console = Console(width=max(100, Console().width))
    with tempfile.TemporaryDirectory(prefix="careergraph-benchmark-") as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), password_cost=4, demo_data=False)  # type: ignore[call-arg]
        console.print(f"Filling a database: {asdict(volume)}")
        tokens = iter(asyncio.run(fill(settings, volume)))
        with running(PRODUCT, _environment(folder)) as product, running(BASELINE, _environment(folder)) as baseline:
            compare(product, baseline, tokens)
            results = measure(product, baseline, plan, tokens)
    console.print(report(results))
    console.print(
        f"Medians of {plan.rounds} rounds in turns; {CONNECTIONS} connections,"
        f" {'wrk' if shutil.which('wrk') else 'asyncio client'} (clock_in/add: asyncio client)."
    )
    if options.json:
        options.json.write_bytes(orjson.dumps([{**asdict(r), "ratio": r.ratio} for r in results]))
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="The cost of the layers; see docs/benchmarks.md."
    )
    parser.add_argument("--users", type=int, default=4000)
    parser.add_argument("--clock-ins", type=int, default=20_000)
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--comments", type=int, default=10, help="of each post")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of each reading call in each round")
    parser.add_argument("--adds", type=int, default=300, help="clock-ins in each round")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    return parser


def _environment(folder: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": folder,
        "PASSWORD_COST": "4",
        "DEMO_DATA": "0",
        "LOG_LEVEL": "WARNING",
    }


def compare(product: str, baseline: str, tokens: Iterator[str]) -> None:
    """Raise LoadFailed unless both answer every call alike."""
    first, second = next(tokens), next(tokens)
    for call in (_search(first), _graphql("Viewer", VIEWER, first), _graphql("Posts", POSTS, first)):
        _check_same(call, _answer(product, call), _answer(baseline, call))
    added = _answer(product, _add(first))
    _check_same(_add(second), added, _answer(baseline, _add(second)))
    for url in (product, baseline):
        for token in (first, second):
            _check_same(_add(token), ALREADY, _answer(url, _add(token)))


def _check_same(call: Call, one: Any, other: Any) -> None:
    if one != other or "errors" in one:
        raise LoadFailed(f"{call.method} {call.path} is answered differently:\n{one}\n{other}")


def _answer(url: str, call: Call) -> Any:
    request = urllib.request.Request(url + call.path, call.body or None, call.headers, method=call.method)
    with urllib.request.urlopen(request, timeout=30) as response:
        return orjson.loads(response.read())


def _search(token: str) -> Call:
    return Call("GET", SEARCH, token)


def _add(token: str) -> Call:
    return Call("POST", ADD, token, orjson.dumps({"location": "图书馆三楼"}))


def _graphql(name: str, query: str, token: str) -> Call:
    return Call("POST", "/graphql", token, orjson.dumps({"operationName": name, "query": query}))


def measure(product: str, baseline: str, plan: Plan, tokens: Iterator[str]) -> list[Result]:
    """The medians of every scenario; the servers take turns, and take turns at being first."""
    reader = next(tokens)
    reads = {
        "REST clock_in/search": _search(reader),
        "GraphQL viewer": _graphql("Viewer", VIEWER, reader),
        "GraphQL nested posts": _graphql("Posts", POSTS, reader),
    }
    bursts: dict[str, Callable[[str], Figures]] = {name: _steadily(call, plan) for name, call in reads.items()}
    bursts["REST clock_in/add"] = lambda url: burst(url, [_add(token) for token in islice(tokens, plan.adds)])
    results = []
    for name, run in bursts.items():
        figures: dict[str, list[Figures]] = {product: [], baseline: []}
        for number in range(plan.rounds + 1):
            for url in (product, baseline) if number % 2 else (baseline, product):
                found = run(url)
                if number:  # the first round warms up
                    figures[url].append(found)
        results.append(Result(name, _medians(figures[product]), _medians(figures[baseline])))
    return results


def _steadily(call: Call, plan: Plan) -> Callable[[str], Figures]:
    return lambda url: steady(url, call, plan.seconds)


def _medians(figures: Sequence[Figures]) -> Figures:
    return Figures(
        statistics.median(figure.requests_per_second for figure in figures),
        statistics.median(figure.p50_ms for figure in figures),
        statistics.median(figure.p99_ms for figure in figures),
    )


def report(results: Sequence[Result]) -> Table:
    """The table of the results."""
    table = Table(title="Careergraph against plain handlers")
    table.add_column("call")
    for heading in ("req/s", "baseline", "p50 ms", "baseline", "p99 ms", "baseline", "ratio"):
        table.add_column(heading, justify="right")
    for result in results:
        ours, theirs = result.product, result.baseline
        table.add_row(
            result.name,
            f"{ours.requests_per_second:.0f}",
            f"{theirs.requests_per_second:.0f}",
            f"{ours.p50_ms:.1f}",
            f"{theirs.p50_ms:.1f}",
            f"{ours.p99_ms:.1f}",
            f"{theirs.p99_ms:.1f}",
            f"{result.ratio:.2f}",
        )
    return table


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LoadFailed as failure:
        sys.exit(f"The benchmark ended: {failure}")
