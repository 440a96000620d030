"""What is to be reached: the ratios of the table, as data."""

from dataclasses import dataclass

from benchmarks.calls import ADD, FIRST_PAGE, KEYSET_PAGE, PACED_SEARCH, POSTS, SEARCH, VIEWER
from benchmarks.load import Figures


@dataclass(frozen=True, slots=True)
class Goal:
    """One variant against another at one call: at least (or, of times, at most) so many times.

    `of_p99` compares the time that all but one in a hundred requests keep to, instead of the requests a second.
    """

    work: str
    call: str
    variant: str
    other: str
    at_least: float | None = None
    at_most: float | None = None
    of_p99: bool = False

    @property
    def text(self) -> str:
        """The goal as the table shows it."""
        return f"≥ {self.at_least:g}" if self.at_most is None else f"≤ {self.at_most:g} × the time"

    def ratio(self, figures: Figures, other: Figures) -> float:
        """How many times as fast the variant is; for `at_most`, how many times as long it takes."""
        if self.of_p99:
            return self._ratio(other.p99_ms, figures.p99_ms)
        return self._ratio(figures.requests_per_second, other.requests_per_second)

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


GOALS = (
    Goal("REST clock_in/search against the handwritten handler", SEARCH, "ours", "handwritten", 0.9),
    Goal("… against FastAPI with SQLModel async", SEARCH, "ours", "fastapi", 15),
    Goal("… against sofa-api", SEARCH, "ours", "sofa", 1.8),
    Goal("nested posts against plain Strawberry on the same data path", POSTS, "ours", "strawberry", 20),
    Goal("… against plain Strawberry with its caches", POSTS, "ours", "strawberry-caches", 10),
    Goal("… against Mercurius with JIT", POSTS, "ours", "mercurius", 0.9),
    Goal("… against Apollo Server", POSTS, "ours", "apollo", 2.5),
    Goal("viewer with token check against plain Strawberry with the ORM", VIEWER, "ours", "strawberry-orm", 20),
    Goal("REST clock_in/add against the handwritten handler", ADD, "ours", "handwritten", 0.9),
    Goal("2 workers against 1, REST clock_in/search", SEARCH, "two-workers", "ours", 1.7),
    Goal("2 workers against 1, nested posts", POSTS, "two-workers", "ours", 1.7),
    Goal("p99 of REST clock_in/search beside a 60 ms scan", PACED_SEARCH, "scanning", "medium", at_most=2, of_p99=True),
    Goal("5,000,000 against 200,000 clock-ins, first page", FIRST_PAGE, "large", "medium", at_most=1.3),
    Goal("… keyset page", KEYSET_PAGE, "large", "medium", at_most=1.3),
    Goal("… REST clock_in/search, with the total", SEARCH, "large", "medium", at_most=1.3),
)
CONNECTIONS = 16
"""What the goals are measured with."""
