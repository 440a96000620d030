"""The tables."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from benchmarks.contest import Result
from benchmarks.goals import CONNECTIONS, GOALS, Goal
from benchmarks.variants import VARIANTS


@dataclass(frozen=True, slots=True)
class Outcome:
    """A goal and the ratio that was measured; None where one side was not.

    `cpu_ratio` compares the processor time of a request instead of the requests a second.
    """

    goal: Goal
    ratio: float | None = None
    cpu_ratio: float | None = None

    @property
    def verdict(self) -> str:
        """Whether it is met."""
        if self.ratio is None:
            return "not measured"
        return "yes" if self.goal.is_met_by(self.ratio) else "no"


def outcomes(results: Sequence[Result]) -> list[Outcome]:
    """The goals with the medians of the rounds' ratios: in a round, what disturbs the machine disturbs both sides."""
    found = {(result.call, result.variant): result for result in results if result.connections == CONNECTIONS}
    return [_outcome(goal, found) for goal in GOALS]


def _outcome(goal: Goal, found: Mapping[tuple[str, str], Result]) -> Outcome:
    ours, other = found.get((goal.call, goal.variant)), found.get((goal.call, goal.other))
    if ours is None or other is None:
        return Outcome(goal)
    pairs = list(zip(ours.rounds, other.rounds, strict=True))
    ratios = [goal.ratio(one, two) for one, two in pairs]
    spent = [ratio for one, two in pairs if (ratio := goal.cpu_ratio(one, two)) is not None]
    return Outcome(goal, statistics.median(ratios), statistics.median(spent) if spent else None)


def goals_table(reached: Sequence[Outcome]) -> Table:
    """What is to be reached and what is."""
    table = Table(
        title=f"Goals (ratios of requests a second, or of times; one worker, {CONNECTIONS} connections, SQLite)"
    )
    table.add_column("work")
    for heading in ("goal", "measured", "by CPU time", "met"):
        table.add_column(heading, justify="right")
    for outcome in reached:
        table.add_row(
            outcome.goal.work, outcome.goal.text, _shown(outcome.ratio), _shown(outcome.cpu_ratio), outcome.verdict
        )
    return table


def _shown(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.2f}"


def figures_table(results: Sequence[Result]) -> Table:
    """The medians of every server in every contest."""
    table = Table(title="Medians of the rounds")
    for heading in ("call", "server"):
        table.add_column(heading)
    for heading in ("connections", "req/s", "p50 ms", "p99 ms", "CPU ms"):
        table.add_column(heading, justify="right")
    before = None
    for result in results:
        contest, median = (result.call, result.connections), result.median
        if before not in (None, contest):
            table.add_section()
        table.add_row(
            "" if before == contest else result.call,
            VARIANTS[result.variant].title,
            str(result.connections),
            f"{median.requests_per_second:.0f}",
            f"{median.p50_ms:.2f}",
            f"{median.p99_ms:.2f}",
            _shown(median.cpu_ms),
        )
        before = contest
    return table


def memory_table(resident: Mapping[str, float | None]) -> Table:
    """What each server held once everything was measured."""
    table = Table(title="Resident memory after the load")
    table.add_column("server")
    table.add_column("MiB", justify="right")
    for variant, mebibytes in resident.items():
        table.add_row(VARIANTS[variant].title, "–" if mebibytes is None else f"{mebibytes:.0f}")
    return table


def figures(
    results: Sequence[Result], reached: Sequence[Outcome], resident: Mapping[str, float | None]
) -> dict[str, Any]:
    """Everything, for a file."""
    return {
        "goals": [
            {
                **asdict(outcome.goal),
                "ratio": outcome.ratio,
                "cpu_ratio": outcome.cpu_ratio,
                "met": outcome.verdict == "yes",
            }
            for outcome in reached
        ],
        "results": [{**asdict(result), "median": asdict(result.median)} for result in results],
        "resident_mib": dict(resident),
    }
