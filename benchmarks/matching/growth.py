"""How times and memory grow with the number of resumes: what is measured in a process of its own, and its table."""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, ParamSpec, Protocol, TypeVar

from rich.table import Table

KILOBYTES = 1024

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Sized(Protocol):
    """What was measured with one number of resumes."""

    @property
    def resumes(self) -> int:
        """That number."""


Figures = TypeVar("Figures", bound=Sized)


@dataclass(frozen=True, slots=True)
class Line(Generic[Figures]):
    """A line of the table. Its goal is a value with the largest number of resumes, or times the smallest number's."""

    name: str
    value: Callable[[Figures], float]
    form: str
    below: float | None = None
    grows_at_most: float | None = None

    @property
    def goal(self) -> str:
        """The goal as the table shows it."""
        if self.below is not None:
            return f"< {self.below:g}"
        return "" if self.grows_at_most is None else f"≤ {self.grows_at_most:g}×"

    def growth(self, figures: Sequence[Figures]) -> float:
        """How many times the first value the last is."""
        return self.value(figures[-1]) / self.value(figures[0])

    def is_met_by(self, figures: Sequence[Figures]) -> bool:
        """Whether the figures reach the goal."""
        if self.below is not None:
            return self.value(figures[-1]) < self.below
        return self.grows_at_most is None or self.growth(figures) <= self.grows_at_most


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in milliseconds, of several times; on the processor the median too."""

    median: float
    worst: float
    processor: float


class Stopwatch:
    """Takes the time of something that is done several times."""

    def __init__(self) -> None:
        self._took: list[float] = []
        self._busy: list[float] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Take the time of the block."""
        began, began_work = time.perf_counter(), time.process_time()
        yield
        self._took.append(1000 * (time.perf_counter() - began))
        self._busy.append(1000 * (time.process_time() - began_work))

    @property
    def times(self) -> Times:
        """What was taken."""
        return Times(statistics.median(self._took), max(self._took), statistics.median(self._busy))


def elsewhere(work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """Do it in a new process, whose memory is its alone."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *given, **named).result()


def memory_mb() -> float:
    """The resident memory of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / KILOBYTES for line in lines if line.startswith("VmRSS:"))


def table(title: str, lines: Sequence[Line[Figures]], figures: Sequence[Figures]) -> Table:
    """The figures, how they grow from the smallest to the largest number of resumes, and the goals if there are any."""
    has_goals = any(line.goal for line in lines)
    found = Table("resumes", title=title)
    for heading in (*(f"{each.resumes:,}" for each in figures), "growth", *(("goal", "met") if has_goals else ())):
        found.add_column(heading, justify="right")
    for line in lines:
        verdict = ("yes" if line.is_met_by(figures) else "no") if line.goal else ""
        found.add_row(
            line.name,
            *(format(line.value(each), line.form) for each in figures),
            f"{line.growth(figures):.1f}×",
            *((line.goal, verdict) if has_goals else ()),
        )
    return found
