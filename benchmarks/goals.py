"""What is to be reached: the ratios of the table, as data."""

from dataclasses import dataclass
from enum import StrEnum

from benchmarks.calls import ADD, FIRST_PAGE, KEYSET_PAGE, PACED_SEARCH, POSTS, SEARCH, VIEWER
from benchmarks.load import Figures


class Measure(StrEnum):
    """What is compared."""

    REQUESTS = "time"
    """The requests a second."""
    P99 = "p99"
    """The time that all but one in a hundred requests keep to."""
    CPU = "CPU time"
    """The processor time of a request, the database's included where that is a server too."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One variant against another at one call: at least (or, of times, at most) so many times."""

    work: str
    call: str
    variant: str
    other: str
    at_least: float | None = None
    at_most: float | None = None
    of: Measure = Measure.REQUESTS

    @property
    def text(self) -> str:
        """The goal as the table shows it."""
        return f"≥ {self.at_least:g}" if self.at_most is None else f"≤ {self.at_most:g} × the {self.of}"

    def ratio(self, figures: Figures, other: Figures) -> float | None:
        """How many times as fast the variant is; for `at_most`, how many times as long it takes. None where that was
        not measured.
        """
        match self.of:
            case Measure.REQUESTS:
                return self._ratio(figures.requests_per_second, other.requests_per_second)
            case Measure.P99:
                return self._ratio(other.p99_ms, figures.p99_ms)
            case Measure.CPU:
                return self.cpu_ratio(figures, other)

    def cpu_ratio(self, figures: Figures, other: Figures) -> float | None:
        """The same by the processor time of a request, where that was measured."""
        if not figures.cpu_ms or not other.cpu_ms:
            return None
        return self._ratio(other.cpu_ms, figures.cpu_ms)

    def _ratio(self, speed: float, other: float) -> float:
        return speed / other if self.at_most is None else other / speed

    def is_met_by(self, ratio: float) -> bool:
        """Whether a measured ratio reaches it."""
        return (self.at_least is None or ratio >= self.at_least) and (self.at_most is None or ratio <= self.at_most)


@dataclass(frozen=True, slots=True)
class MemoryGoal:
    """How many MiB a server may hold once everything was measured: its largest process, or all of them together."""

    work: str
    variant: str
    at_most: float
    together: bool = False

    @property
    def text(self) -> str:
        """The goal as the table shows it."""
        return f"≤ {self.at_most:g} MiB"


GOALS = (
    Goal("nested posts against the handwritten handler", POSTS, "ours", "handwritten", 1.3),
    Goal("REST clock_in/search against the handwritten handler", SEARCH, "ours", "handwritten", 0.95),
    Goal("… against sofa-api", SEARCH, "ours", "sofa", 1.4),
    Goal("… against FastAPI with SQLModel async", SEARCH, "ours", "fastapi", 20),
    Goal("viewer against the handwritten handler", VIEWER, "ours", "handwritten", 0.85),
    Goal("nested posts against Mercurius with JIT", POSTS, "ours", "mercurius", 2.5),
    Goal("… against Apollo Server", POSTS, "ours", "apollo", 4),
    Goal("… against plain Strawberry on the same data path", POSTS, "ours", "strawberry", 30),
    Goal(
        "… on PostgreSQL, with its database, against PostGraphile 5",
        POSTS,
        "postgresql",
        "postgraphile",
        at_most=0.6,
        of=Measure.CPU,
    ),
    Goal("REST clock_in/add against the handwritten handler", ADD, "ours", "handwritten", 0.95),
    Goal("2 workers against 1, REST clock_in/search", SEARCH, "two-workers", "ours", 1.85),
    Goal("… nested posts", POSTS, "two-workers", "ours", 1.85),
    Goal("5,000,000 against 200,000 clock-ins, first page", FIRST_PAGE, "large", "medium", at_most=1.1),
    Goal("… keyset page", KEYSET_PAGE, "large", "medium", at_most=1.1),
    Goal("… REST clock_in/search, with the total", SEARCH, "large", "medium", at_most=1.1),
    Goal("nested posts against plain Strawberry with its caches", POSTS, "ours", "strawberry-caches", 10),
    Goal("viewer against plain Strawberry with the ORM", VIEWER, "ours", "strawberry-orm", 20),
    Goal(
        "p99 of REST clock_in/search beside a 60 ms scan",
        PACED_SEARCH,
        "scanning",
        "medium",
        at_most=2,
        of=Measure.P99,
    ),
)
MEMORY_GOALS = (
    MemoryGoal("memory of a worker, resident", "ours", 120),
    MemoryGoal("memory of two workers and their parent, PSS", "two-workers", 160, together=True),
)
CONNECTIONS = 16
"""What the goals are measured with."""
