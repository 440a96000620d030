"""The metrics of requests, operations and statements, and of what is sampled once a second.

Requests are frequent: they are added up in plain numbers, which `flush` hands to prometheus-client once a second and
before each scrape. A worker that is killed loses at most that second; no total ever decreases.
"""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from prometheus_client import Counter, Gauge, Histogram

from watching.meanwhile import meanwhile
from watching.work import BACKGROUND, Work

FLUSH_SECONDS = 1.0
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper bounds of the buckets of latencies, in seconds."""
INTERNAL_ERROR = "INTERNAL_ERROR"
log = structlog.get_logger()

_OF_REQUESTS = ["method", "endpoint", "operation"]


class Latency(Histogram):
    """A histogram that many observations are added to at once."""

    def add(self, counts: list[int], seconds: float) -> None:
        """Add so many observations to each bucket, which took so many seconds together."""
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)
        self._sum.inc(seconds)


REQUESTS = Counter("http_requests_total", "Requests answered.", [*_OF_REQUESTS, "status"])
SECONDS = Latency("http_request_seconds", "The time to the end of the reply.", _OF_REQUESTS, buckets=BOUNDS)
SOCKET_SECONDS = Latency(
    "graphql_websocket_operation_seconds",
    "The time of queries and mutations over WebSocket.",
    ["operation"],
    buckets=BOUNDS,
)
ERRORS = Counter(
    "careergraph_errors_total", "Requests and operations by the code of their first error.", ["endpoint", "code"]
)
STATEMENTS = Counter("careergraph_sql_statements_total", "SQL statements.", ["operation"])
SQL_SECONDS = Counter(
    "careergraph_sql_seconds_total", "The time spent on SQL statements, waiting included.", ["operation"]
)
LIMITS_HIT = Counter(
    "careergraph_limits_hit_total", "What was refused, or audited, because of a limit.", ["kind", "limit"]
)
WORKERS = Gauge("careergraph_workers", "Worker processes that serve.", multiprocess_mode="livesum")
LAG = Gauge(
    "careergraph_event_loop_lag_seconds",
    "How late the last sample was: the most of all workers.",
    multiprocess_mode="livemax",
)


class _Sum:
    """The requests with the same labels since the last flush."""

    __slots__ = ("buckets", "count", "seconds", "statuses")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.statuses: dict[int, int] = {}
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0
        self.count = 0

    def add(self, seconds: float) -> None:
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds
        self.count += 1


_requests: dict[tuple[str, str, str], _Sum] = {}
_socket_operations: dict[str, _Sum] = {}
_statements: dict[str, list[float]] = {}
"""By operation: the number of statements and their seconds, since the last flush."""


def request_ended(work: Work, method: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    key = (method, work.endpoint, work.operation)
    found = _requests.get(key)
    if found is None:
        found = _requests[key] = _Sum()
    found.buckets[bisect_left(BOUNDS, seconds)] += 1
    found.seconds += seconds
    found.count += 1
    statuses = found.statuses
    statuses[status] = statuses.get(status, 0) + 1
    _spent(work)
    if work.code is not None:
        ERRORS.labels(work.endpoint, work.code).inc()


def socket_operation_ended(work: Work, seconds: float | None) -> None:
    """Count an operation over WebSocket; without `seconds`, one whose duration says nothing."""
    if seconds is not None:
        _socket_operations.setdefault(work.operation, _Sum()).add(seconds)
    _spent(work)
    if work.code is not None:
        ERRORS.labels(work.endpoint, work.code).inc()


def _spent(work: Work) -> None:
    if work.statements:
        label = work.operation or work.endpoint
        spent = _statements.get(label)
        if spent is None:
            spent = _statements[label] = [0, 0.0]
        spent[0] += work.statements
        spent[1] += work.sql_seconds


class Samples:
    """What an application has to be asked for: gauges, and totals that it counts itself."""

    def __init__(self) -> None:
        self._gauges: list[tuple[Gauge, Callable[[], float]]] = []
        self._totals: list[tuple[Counter, Callable[[], float], list[float]]] = []

    def gauge(self, gauge: Gauge, value: Callable[[], float]) -> None:
        """Set a gauge to what the function returns, at each flush."""
        self._gauges.append((gauge, value))

    def total(self, counter: Counter, value: Callable[[], float]) -> None:
        """Have a counter follow a total that never decreases."""
        self._totals.append((counter, value, [value()]))

    def take(self) -> None:
        """Read everything."""
        for gauge, value in self._gauges:
            gauge.set(value())
        for counter, value, before in self._totals:
            now = value()
            if now > before[0]:
                counter.inc(now - before[0])
            before[0] = now


def flush(samples: Samples | None = None) -> None:
    """Hand what was added up to prometheus-client."""
    for settle in before_flush:
        settle()
    for labels, found in _requests.items():
        if found.count:
            SECONDS.labels(*labels).add(found.buckets, found.seconds)
            for status, count in found.statuses.items():
                REQUESTS.labels(*labels, status).inc(count)
            found.clear()
    for operation, found in _socket_operations.items():
        if found.count:
            SOCKET_SECONDS.labels(operation).add(found.buckets, found.seconds)
            found.clear()
    for work in BACKGROUND.values():
        _spent(work)
        work.statements, work.sql_seconds = 0, 0.0
    for operation, spent in _statements.items():
        if spent[0]:
            STATEMENTS.labels(operation).inc(spent[0])
            SQL_SECONDS.labels(operation).inc(spent[1])
            spent[:] = 0, 0.0
    if samples is not None:
        samples.take()


@asynccontextmanager
async def flushing(samples: Samples) -> AsyncIterator[None]:
    """While the block runs this is a worker that serves, and its metrics are flushed every second."""
    WORKERS.set(1)
    try:
        async with meanwhile(_run(samples)):
            yield
    finally:
        flush(samples)
        WORKERS.set(0)


async def _run(samples: Samples) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + FLUSH_SECONDS
        await asyncio.sleep(FLUSH_SECONDS)
        LAG.set(max(0.0, loop.time() - due))
        try:
            flush(samples)
        except Exception:
            log.exception("metrics_not_flushed")


before_flush: list[Callable[[], None]] = []
"""What adds up requests that have ended and were not counted yet."""


def counted(kind: str, limit: str) -> None:
    """A limit was hit."""
    LIMITS_HIT.labels(kind, limit).inc()
