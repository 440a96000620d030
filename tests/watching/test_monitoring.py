"""One production server with two workers, watched by a real Prometheus and a stand-in for a collector of traces."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from benchmarks.data import FIRST_USER
from rest_compat.apis import DIALECTS
from tests.support.postgresql import Cluster
from tests.support.processes import ROOT
from tests.support.watched import LONG_NAME, METRICS_TOKEN, MONITORING, PARENT, TRACE, Watched, running_watched

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None and not os.environ.get("CI"),
    reason="Prometheus is not installed: apt-get install prometheus",
)


@pytest.fixture(scope="module")
def watched(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with running_watched(cluster, tmp_path_factory.mktemp("watched")) as found:
        yield found


def test_metrics_are_for_who_knows_their_address_and_token(watched: Watched) -> None:
    elsewhere = watched.metrics_url.removesuffix("/metrics")
    bearer = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    statuses = [
        httpx2.get(address, headers=headers).status_code
        for address, headers in (
            (f"{watched.server.url}/metrics", bearer),
            (f"{watched.server.url}/metrics", {**bearer, "Host": elsewhere.removeprefix("http://")}),
            (watched.metrics_url, {}),
            (watched.metrics_url, {"Authorization": "Bearer other"}),
            (watched.metrics_url, {"Authorization": f"Basic {METRICS_TOKEN}"}),
            (watched.metrics_url, bearer),
            (f"{elsewhere}/graphql?query={{version}}", bearer),
            (f"{elsewhere}/healthz", bearer),
        )
    ]

    assert statuses == [404, 404, 401, 401, 401, 200, 404, 404]


def test_the_workers_count_together(watched: Watched) -> None:
    assert watched.total("careergraph_workers") == 2
    labels = {"method": "POST", "endpoint": "/graphql", "operation": "query viewer", "status": "200"}
    deadline = time.monotonic() + 30
    while watched.total("http_requests_total", **labels) < 12 and time.monotonic() < deadline:
        time.sleep(0.1)

    assert watched.total("http_requests_total", **labels) == 12
    assert watched.total("http_request_seconds_count", endpoint="/graphql", operation="query viewer") == 12
    assert watched.total("http_requests_total", endpoint="/api/v1/clock_in/search", operation="query clockIns") == 12
    assert watched.total("careergraph_errors_total", endpoint="/graphql", code="OPERATION_TOO_LARGE") == 12
    assert watched.total("careergraph_limits_hit_total", kind="operation", limit="levels") == 12
    assert watched.total("graphql_websocket_operation_seconds_count", operation="query viewer") == 3
    assert watched.total("passwords_checked_total") == 2
    # A query: the session, with its roles. Over WebSocket too, and once more for each connection.
    assert watched.total("careergraph_sql_statements_total", operation="query viewer") >= 15
    assert watched.total("careergraph_sql_seconds_total", operation="query clockIns") > 0


def test_what_clients_choose_makes_no_series(watched: Watched) -> None:
    routes = {endpoint.path for dialect in DIALECTS for endpoint in dialect.endpoints}
    ours = {"/graphql", "/healthz", "/readyz", "/metrics", "other"}
    found: dict[str, set[str]] = {}
    for _name, labels in watched.scrape():
        for name, value in labels:
            found.setdefault(name, set()).add(value)

    assert found["endpoint"] <= routes | ours
    assert found["operation"] <= {
        "",
        *(
            "startup",
            "mail",
            "sweep",
            "matching",
            "search_index",
            "background",
            "/readyz",
            "/metrics",
            "/graphql",
            "other",
        ),
        *("query viewer", "query clockIns", "mutation signIn", "subscription commentAdded"),
    }


def test_each_panel_has_a_query_with_data(watched: Watched) -> None:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    watched.prometheus.wait_for("rate(http_requests_total[30s])")

    for panel in panels:
        for target in panel["targets"]:
            query = target["expr"].replace("$__rate_interval", "60s").replace("$job", ".*")
            assert watched.prometheus.query(query), (panel["title"], query)
    assert len({panel["title"] for panel in panels}) == len(panels) == 22


def test_each_alert_rule_is_valid_and_none_fires(watched: Watched) -> None:
    checked = subprocess.run(
        ["promtool", "check", "rules", MONITORING / "alerts.yml"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    with httpx2.Client(base_url=watched.prometheus.url) as http:
        (group,) = http.get("/api/v1/rules").json()["data"]["groups"]

    assert [rule["lastError"] for rule in group["rules"] if rule["health"] == "err"] == []
    for rule in group["rules"]:
        watched.prometheus.query(rule["query"])
    assert watched.prometheus.query('up{job="careergraph"} == 0 or absent(up{job="careergraph"})') == []


def test_alerts_fire_when_they_should() -> None:
    tested = subprocess.run(
        ["promtool", "test", "rules", Path(__file__).with_name("alerts.test.yml")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_each_line_of_the_log_is_json_and_says_who_asked_for_what(watched: Watched) -> None:
    lines = watched.log()
    assert all({"timestamp", "level", "event"} <= line.keys() for line in lines)
    assert [line["event"] for line in lines if line.get("logger") == "uvicorn.error"].count(
        "Application startup complete."
    ) == 2

    query = watched.line("query-3")
    assert (query.pop("timestamp") > "2026", query.pop("milliseconds") > 0) == (True, True)
    assert query == {
        "level": "info",
        "event": "request",
        "id": "query-3",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "operation": "query viewer",
        "name": "Named3",
        "user": FIRST_USER,
        "client": "127.0.0.1",
    }
    assert watched.line("deep-0")["code"] == "OPERATION_TOO_LARGE"
    assert watched.line("refused")["code"] == "UNAUTHENTICATED"
    assert watched.line("nowhere-0")["code"] == "NOT_FOUND"
    operations = [line for line in lines if line.get("id") == "socket" and line["event"] == "operation"]
    assert [line["operation"] for line in operations] == ["query viewer"] * 3 + ["subscription commentAdded"]
    assert operations[0]["user"] == FIRST_USER
    assert [line["name"] for line in operations[2:]] == ["Mine", LONG_NAME[:64]]
    assert watched.line("socket", "websocket")["path"] == "/graphql"
    text = (watched.server.data_dir / "server.log").read_text()
    assert watched.token not in text
    assert "wrong secret" not in text
    assert METRICS_TOKEN not in text
    assert "no id, for it has spaces" not in text


def test_a_slow_operation_is_logged_with_its_statements(watched: Watched) -> None:
    slow = watched.line("search-3", "slow_operation")

    assert (slow["level"], slow["operation"], slow["endpoint"]) == (
        "warning",
        "query clockIns",
        "/api/v1/clock_in/search",
    )
    assert slow["statements"] >= 2
    assert min(slow["sql_milliseconds"], slow["milliseconds"]) > 0


def test_a_trace_goes_from_the_request_by_the_operation_to_the_statements(watched: Watched) -> None:
    deadline = time.monotonic() + 30
    collector = watched.collector
    while len(collector.named("POST /graphql")) < 24 and time.monotonic() < deadline:
        time.sleep(0.05)

    assert collector.resource["service.name"] == "careergraph"
    (request,) = [span for span in collector.spans if span.attributes.get("careergraph.request_id") == "query-3"]
    assert (request.name, request.trace, request.parent) == ("POST /graphql", TRACE, PARENT)
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["user.id"] == str(FIRST_USER)
    below = {span.name: span for span in collector.below(request)}
    assert "SELECT sessions" in below or "SELECT users" in below
    assert below["query viewer"].attributes == {"graphql.operation.type": "query", "graphql.operation.name": "Named3"}
    (search,) = [span for span in collector.spans if span.attributes.get("careergraph.request_id") == "search-3"]
    assert search.parent == ""
    (operation,) = [span for span in collector.below(search) if span.name == "query clockIns"]
    assert "SELECT clock_ins" in {span.name for span in collector.below(operation)}
    assert all(span.seconds >= 0 for span in collector.spans)
    told = json.dumps([span.attributes for span in collector.spans])
    assert watched.token not in told
    assert "WHERE" not in told


def test_no_counter_runs_backwards_when_a_worker_is_killed(watched: Watched) -> None:
    server = watched.server.pid
    before = watched.scrape()
    victim = int(Path(f"/proc/{server}/task/{server}/children").read_text().split()[0])

    os.kill(victim, signal.SIGKILL)

    (run,) = (watched.server.data_dir / "metrics").glob("run-*")
    deadline = time.monotonic() + 60
    while list(run.glob(f"*_{victim}.db")) and time.monotonic() < deadline:
        after = watched.scrape()
        for key, value in before.items():
            if key[0].endswith(("_total", "_count", "_bucket", "_sum")):
                assert after.get(key, 0) >= value, key
        before = after
    assert sorted(path.name for path in run.glob("*_ended.db")) == ["counter_ended.db", "histogram_ended.db"]
    assert not list(run.glob(f"*_{victim}.db"))
