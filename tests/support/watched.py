"""A production server with two workers that are used, and who watches it."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from pydantic import SecretStr

from benchmarks.data import Volume, fill
from models.settings import Environment, Settings
from tests.support.collector import Collector, running_collector
from tests.support.databases import create_database
from tests.support.keys import PRODUCTION_KEY
from tests.support.postgresql import Cluster, free_port
from tests.support.processes import ROOT, Server, running_server
from tests.support.prometheus import Prometheus, running_prometheus
from tests.support.websocket import graph_socket

MONITORING = ROOT / "deploy" / "monitoring"
METRICS_TOKEN = "the token of the metrics"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
DEEP = "{ viewer " + "{ posts { nodes { author " * 20 + "{ id }" + " } } }" * 20 + " }"
LONG_NAME = "Watch" * 20
COMMENTS = f'subscription {LONG_NAME} {{ commentAdded(postId: "UG9zdDox") {{ id }} }}'
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Watched:
    """The server, who watches it, and the token of a user."""

    server: Server
    metrics_url: str
    prometheus: Prometheus
    collector: Collector
    token: str

    def scrape(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        """The samples of a scrape."""
        reply = httpx2.get(self.metrics_url, headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
        assert reply.status_code == 200, reply.text
        return {(name, frozenset(LABEL.findall(labels))): float(v) for name, labels, v in SAMPLE.findall(reply.text)}

    def total(self, metric: str, **labels: str) -> float:
        """The sum of a metric over the series with these labels."""
        return sum(
            value for (name, found), value in self.scrape().items() if name == metric and labels.items() <= set(found)
        )

    def log(self) -> list[dict[str, Any]]:
        """The lines of the log, each of which is JSON."""
        return [json.loads(line) for line in (self.server.data_dir / "server.log").read_text().splitlines()]

    def line(self, id_: str, event: str = "request") -> dict[str, Any]:
        """The line of the log about a request."""
        (found,) = [line for line in self.log() if line.get("id") == id_ and line["event"] == event]
        return found


@contextmanager
def running_watched(cluster: Cluster, folder: Path) -> Iterator[Watched]:
    """The server and its watchers, after a little of everything; they end with the block."""
    url = cluster.url(asyncio.run(create_database(cluster)))
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        environment=Environment.PRODUCTION,
        database_url=url,
        data_dir=folder,
        secret_key=SecretStr(PRODUCTION_KEY),
        password_cost=4,
        matching=False,
    )
    token = fill(settings, Volume(users=2, clock_ins=1, posts=1, comments=1), now=datetime.now(UTC))[0]
    metrics_port = free_port()
    with ExitStack() as stack:
        collector = stack.enter_context(running_collector())
        server = stack.enter_context(
            running_server(
                folder,
                ENVIRONMENT="production",
                DATABASE_URL=url,
                SECRET_KEY=PRODUCTION_KEY,
                WORKERS="2",
                METRICS_PORT=str(metrics_port),
                METRICS_TOKEN=METRICS_TOKEN,
                SLOW_OPERATION_SECONDS="0.00001",
                OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
                OTEL_BSP_SCHEDULE_DELAY="100",
            )
        )
        prometheus = stack.enter_context(
            running_prometheus(
                folder / "prometheus",
                target=f"127.0.0.1:{metrics_port}",
                token=METRICS_TOKEN,
                rules=MONITORING / "alerts.yml",
            )
        )
        found = Watched(server, f"http://127.0.0.1:{metrics_port}/metrics", prometheus, collector, token)
        asyncio.run(_use(found))
        yield found


async def _use(watched: Watched) -> None:
    """A little of everything that the dashboard shows."""
    url, bearer = watched.server.url, {"Authorization": f"Bearer {watched.token}"}
    trace = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    # Each request comes by a connection of its own, so that both workers have some.
    for number in range(12):
        async with httpx2.AsyncClient(base_url=url, headers=bearer) as http:
            query = {"query": f"query Named{number} {{ alias{number}: viewer {{ id roles }} }}"}
            await http.post("/graphql", json=query, headers={"X-Request-ID": f"query-{number}", **trace})
            await http.get("/api/v1/clock_in/search", headers={"X-Request-ID": f"search-{number}"})
            await http.get(f"/nowhere/{number}", headers={"X-Request-ID": f"nowhere-{number}"})
            await http.post("/graphql", json={"query": DEEP}, headers={"X-Request-ID": f"deep-{number}"})
    async with httpx2.AsyncClient(base_url=url) as http:
        for account in ("nobody", "3000000001"):
            await http.post("/api/v1/user/login", json={"account": account, "password": "wrong secret"})
        await http.get("/api/v1/user/info", headers={"X-Request-ID": "refused"})
        await http.get("/healthz", headers={"X-Request-ID": "no id, for it has spaces"})
    async with graph_socket(url, bearer, additional_headers={"X-Request-ID": "socket"}) as socket:
        for _ in range(3):
            assert "errors" not in await socket.result("query Mine { viewer { id } }")
        await socket.start(COMMENTS)
        await asyncio.to_thread(watched.prometheus.wait_for, "graphql_subscriptions > 0")
