"""The tables."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from benchmarks.contest import Result
from benchmarks.goals import CONNECTIONS, GOALS, MEMORY_GOALS, Goal, MemoryGoal
from benchmarks.load import Figures
from benchmarks.variants import VARIANTS


@dataclass(frozen=True, slots=True)
class Memory:
    """What a server held once everything was measured, in MiB: its largest process, and all of them together, where
    what several share counts once.
    """

    largest: float | None
    together: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A goal and the ratio that was measured; None where one side was not.

    `cpu_ratio` compares the processor time of a request instead of the requests a second.
    """

    goal: Goal
    ratio: float | None = None
    cpu_ratio: float | None = None
    lowest: float | None = None
    highest: float | None = None
    """The range of the ratios over the rounds, of which `ratio` is the median."""

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
    pairs = [(one, two) for one, two in zip(ours.rounds, other.rounds, strict=True) if one and two]
    ratios = [ratio for one, two in pairs if (ratio := goal.ratio(one, two)) is not None]
    spent = [ratio for one, two in pairs if (ratio := goal.cpu_ratio(one, two)) is not None]
    by_time = statistics.median(spent) if spent else None
    if not ratios:
        return Outcome(goal)
    return Outcome(goal, statistics.median(ratios), by_time, min(ratios), max(ratios))


def goals_table(reached: Sequence[Outcome], memory: Mapping[str, Memory]) -> Table:
    """What is to be reached and what is."""
    table = Table(
        title=f"Goals (ratios of requests a second, or of times; one worker, {CONNECTIONS} connections, mostly SQLite)"
    )
    table.add_column("work", no_wrap=True)
    for heading in ("goal", "measured", "range", "by CPU time", "met"):
        table.add_column(heading, justify="right")
    for outcome in reached:
        table.add_row(
            outcome.goal.work,
            outcome.goal.text,
            _shown(outcome.ratio),
            "–" if outcome.ratio is None else f"{_shown(outcome.lowest)} to {_shown(outcome.highest)}",
            _shown(outcome.cpu_ratio),
            outcome.verdict,
        )
    for goal in MEMORY_GOALS:
        held = held_for(goal, memory)
        verdict = "not measured" if held is None else "yes" if held <= goal.at_most else "no"
        table.add_row(goal.work, goal.text, "–" if held is None else f"{held:.0f}", "–", "–", verdict)
    return table


def held_for(goal: MemoryGoal, memory: Mapping[str, Memory]) -> float | None:
    """The MiB that a goal for memory is about, where they were measured."""
    held = memory.get(goal.variant)
    if held is None:
        return None
    return held.together if goal.together else held.largest


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
            *(["–"] * 4 if median is None else _cells(median)),
        )
        before = contest
    return table


def _cells(median: Figures) -> list[str]:
    return [
        f"{median.requests_per_second:.0f}",
        f"{median.p50_ms:.2f}",
        f"{median.p99_ms:.2f}",
        _shown(median.cpu_ms),
    ]


def notes(results: Sequence[Result]) -> list[str]:
    """What the reader has to know of the figures."""
    return [f"{result.call}, {result.connections} connections: {note}" for result in results for note in result.notes]


def memory_table(memory: Mapping[str, Memory]) -> Table:
    """What each server held once everything was measured."""
    table = Table(title="Memory after the load, in MiB")
    table.add_column("server")
    table.add_column("largest process, resident", justify="right")
    table.add_column("all, shared pages counted once", justify="right")
    for variant, held in memory.items():
        sizes = ("–" if size is None else f"{size:.0f}" for size in (held.largest, held.together))
        table.add_row(VARIANTS[variant].title, *sizes)
    return table


def figures(results: Sequence[Result], reached: Sequence[Outcome], memory: Mapping[str, Memory]) -> dict[str, Any]:
    """Everything, for a file."""
    return {
        "goals": [
            {
                **asdict(outcome.goal),
                "ratio": outcome.ratio,
                "range": [outcome.lowest, outcome.highest],
                "cpu_ratio": outcome.cpu_ratio,
                "met": outcome.verdict == "yes",
            }
            for outcome in reached
        ],
        "results": [
            {**asdict(result), "median": asdict(median) if (median := result.median) else None} for result in results
        ],
        "memory_mib": {variant: asdict(held) for variant, held in memory.items()},
        "memory_goals": [{**asdict(goal), "mib": held_for(goal, memory)} for goal in MEMORY_GOALS],
    }
