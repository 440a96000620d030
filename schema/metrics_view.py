"""`/metrics`: what the processes counted, and the state of the service at the moment of the scrape."""

import asyncio
import hmac
from collections.abc import Callable
from datetime import datetime
from functools import partial

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from auth.messages import Backlog
from models.db import Load
from models.errors import Unavailable
from models.settings import Settings
from resolvers.scope import Services
from resolvers.talent import tasks
from schema.engine.graph import Graph
from watching import metrics
from watching.exposition import Gauges, scraped
from watching.metrics import Samples

ASK_SECONDS = 3.0
"""How long a scrape waits for the database and for Redis."""

CONNECTIONS = Gauge(
    "careergraph_database_connections",
    "Connections by what they are for.",
    ["pool", "state"],
    multiprocess_mode="livesum",
)
WAITING = Gauge(
    "careergraph_database_waiting",
    "Statements and transactions that wait for a connection.",
    ["pool"],
    multiprocess_mode="livesum",
)
PASSWORDS = Gauge(
    "careergraph_password_queue_length", "Passwords that wait to be worked on.", multiprocess_mode="livesum"
)
LOOKUPS = Counter("careergraph_operation_cache_lookups_total", "Look-ups of clients' operations.", ["cache", "result"])
CACHE_BYTES = Gauge(
    "careergraph_operation_cache_bytes", "What the remembered operations take.", ["cache"], multiprocess_mode="livesum"
)
CACHE_ENTRIES = Gauge(
    "careergraph_operation_cache_entries", "Remembered operations.", ["cache"], multiprocess_mode="livesum"
)


def samples(graph: Graph) -> Samples:
    """What is read once a second in each process."""
    found, services, schema = Samples(), graph.services, graph.schema
    for pool, load in services.database.loads.items():
        for state in ("busy", "idle"):
            found.gauge(CONNECTIONS.labels(pool, state), partial(_part, load, state))
        found.gauge(WAITING.labels(pool), partial(_part, load, "waiting"))
    found.gauge(PASSWORDS, lambda: services.hasher.waiting)
    found.total(LOOKUPS.labels("documents", "hit"), lambda: schema.documents_found)
    found.total(LOOKUPS.labels("documents", "miss"), lambda: schema.documents_read)
    found.gauge(CACHE_BYTES.labels("documents"), lambda: schema.documents.size)
    found.gauge(CACHE_ENTRIES.labels("documents"), lambda: len(schema.documents))
    if (plans := schema.plans) is not None:
        found.total(LOOKUPS.labels("plans", "hit"), lambda: plans.found)
        found.total(LOOKUPS.labels("plans", "miss"), lambda: plans.missed)
        found.gauge(CACHE_BYTES.labels("plans"), lambda: plans.size)
        found.gauge(CACHE_ENTRIES.labels("plans"), lambda: len(plans))
    return found


def _part(load: Callable[[], Load], part: str) -> float:
    return float(getattr(load(), part))


class MetricsView:
    """Sends the metrics on METRICS_PORT, to clients that know METRICS_TOKEN, or in development to anybody."""

    def __init__(self, services: Services, settings: Settings, sampled: Samples) -> None:
        self._services = services
        self._sampled = sampled
        self._port = settings.metrics_port
        self._token = settings.metrics_token.get_secret_value().strip().encode()
        self._is_open = not settings.is_production
        self._has_redis = bool(settings.redis_url)
        self.route = Route("/metrics", self.send)

    async def send(self, request: Request) -> Response:
        """The metrics in Prometheus's text format."""
        if self._port is not None:
            # The address that the connection came in at: no header changes it.
            server = request.scope.get("server")
            if server is None or server[1] != self._port:
                return PlainTextResponse("Not Found", 404)
        elif not self._token and not self._is_open:
            return PlainTextResponse("Not Found", 404)
        if self._token and not self._knows_token(request):
            return PlainTextResponse("Unauthorized", 401, {"www-authenticate": "Bearer"})
        metrics.flush(self._sampled)
        return Response(await scraped(await self._state()), media_type=CONTENT_TYPE_LATEST)

    def _knows_token(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode("latin-1"), self._token)

    async def _state(self) -> Gauges:
        """The state of the whole service; what cannot be found out is left out, and the scrape succeeds."""
        backlogs: dict[str, Backlog] = {}
        is_up = True
        try:
            async with asyncio.timeout(ASK_SECONDS):
                backlogs["mail"] = await self._services.messages.backlog()
                backlogs["matching"] = await tasks.backlog(self._services.database)
        except (Unavailable, SQLAlchemyError, OSError, TimeoutError):
            is_up = False
        now = self._services.clock()
        state: dict[str, tuple[str, str, dict[str, float]]] = {
            "careergraph_database_up": ("Whether the database answers.", "", {"": float(is_up)}),
            "careergraph_queue_length": (
                "What waits to be worked on, up to 10,000.",
                "queue",
                {queue: backlog.length for queue, backlog in backlogs.items()},
            ),
            "careergraph_queue_oldest_seconds": (
                "How long the oldest has waited.",
                "queue",
                {queue: _age(backlog.oldest_at, now) for queue, backlog in backlogs.items()},
            ),
        }
        if self._has_redis:
            is_shared = await self._services.limits.are_shared()
            state["careergraph_redis_up"] = ("Whether Redis answers.", "", {"": float(is_shared)})
        return state


def _age(oldest: datetime | None, now: datetime) -> float:
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
