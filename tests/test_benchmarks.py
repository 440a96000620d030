"""The benchmark runs: its figures are its own business."""

import dataclasses
import json
import re
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from benchmarks import processes, report
from benchmarks.calls import POSTS, calls
from benchmarks.contest import ATTEMPTS, Entrant, Plan, check, compete
from benchmarks.goals import GOALS, MEMORY_GOALS, Goal, Measure
from benchmarks.load import Call, Figures, LoadFailed, burst
from benchmarks.variants import VARIANTS
from tests.support.over_http import client_of, recorder_login
from tests.support.postgresql import free_port
from tests.support.processes import ROOT, Server

# With what is installed wherever tests run: neither wrk, nor the servers from npm, nor other packages.
TINY = shlex.split(
    "--rounds 1 --seconds 0.2 --users 1500 --clock-ins 60 --posts 12 --comments 6"
    " --only search viewer posts add --variants ours handwritten strawberry-caches"
)
CALLS = {
    "REST clock_in/search": {"ours", "handwritten"},
    "viewer": {"ours", "handwritten", "strawberry-caches"},
    "nested posts": {"ours", "handwritten", "strawberry-caches"},
    "REST clock_in/add": {"ours", "handwritten"},
}


def test_it_measures_every_server_at_every_call_and_reports_the_goals(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *TINY, "--json", figures],
        cwd=ROOT,
        env={"PATH": str(tmp_path), "TMPDIR": str(tmp_path)},  # without wrk
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(figures.read_bytes())
    of_goals = [result for result in found["results"] if result["connections"] == 16]
    assert {call: {r["variant"] for r in of_goals if r["call"] == call} for call in CALLS} == CALLS
    for result in found["results"]:
        median = result["median"]
        assert median["requests_per_second"] > 0
        assert 0 < median["p50_ms"] <= median["p99_ms"]
    measured = {goal["work"] for goal in found["goals"] if goal["ratio"] is not None}
    assert measured == {goal.work for goal in GOALS if {goal.variant, goal.other} <= CALLS.get(goal.call, set())}
    for goal in found["goals"]:
        if goal["ratio"] is not None:
            lowest, highest = goal["range"]
            assert lowest <= goal["ratio"] <= highest
    memory = {goal["work"]: goal["mib"] for goal in found["memory_goals"]}
    assert memory == {
        "memory of a worker, resident": found["memory_mib"]["ours"]["largest"],
        "memory of two workers and their parent, PSS": None,
    }
    for held in found["memory_mib"].values():
        assert 10 < held["together"] < 2 * held["largest"]
    assert [goal.work for goal in (*GOALS, *MEMORY_GOALS) if goal.work not in done.stdout] == []
    assert list(tmp_path.iterdir()) == [figures]


def test_every_goal_compares_servers_that_answer_its_call() -> None:
    for goal in GOALS:
        assert {goal.variant, goal.other} <= {key for key, variant in VARIANTS.items() if goal.call in variant.answers}


def _figures(requests_per_second: float = 1, p99_ms: float = 1, cpu_ms: float | None = None) -> Figures:
    return Figures(1, requests_per_second, 1, p99_ms, cpu_ms)


@pytest.mark.parametrize(
    ("goal", "figures", "other", "ratio", "met"),
    [
        (Goal("", "", "", "", at_least=2), _figures(300), _figures(150), 2, True),
        (Goal("", "", "", "", at_least=2), _figures(299), _figures(150), 299 / 150, False),
        (Goal("", "", "", "", at_most=1.5), _figures(100), _figures(150), 1.5, True),
        (Goal("", "", "", "", at_most=1.5), _figures(99), _figures(150), 150 / 99, False),
        (Goal("", "", "", "", at_most=2, of=Measure.P99), _figures(p99_ms=4), _figures(p99_ms=2), 2, True),
        (Goal("", "", "", "", at_most=2, of=Measure.P99), _figures(p99_ms=5), _figures(p99_ms=2), 2.5, False),
        (Goal("", "", "", "", at_most=0.6, of=Measure.CPU), _figures(9, cpu_ms=0.6), _figures(cpu_ms=1), 0.6, True),
        (Goal("", "", "", "", at_most=0.6, of=Measure.CPU), _figures(9, cpu_ms=0.7), _figures(cpu_ms=1), 0.7, False),
    ],
)
def test_a_goal_is_met_from_its_ratio_on(goal: Goal, figures: Figures, other: Figures, ratio: float, met: bool) -> None:
    assert goal.ratio(figures, other) == ratio
    assert goal.is_met_by(ratio) is met


def test_processor_time_is_compared_like_requests_a_second_where_both_were_measured() -> None:
    faster, slower = _figures(cpu_ms=0.5), _figures(cpu_ms=2)

    assert Goal("", "", "", "", at_least=2).cpu_ratio(faster, slower) == 4
    assert Goal("", "", "", "", at_most=2).cpu_ratio(faster, slower) == 0.25
    assert Goal("", "", "", "", at_least=2).cpu_ratio(faster, _figures()) is None
    assert Goal("", "", "", "", at_most=2, of=Measure.CPU).ratio(faster, _figures()) is None


def test_servers_from_npm_that_are_not_installed_are_left_out(tmp_path: Path) -> None:
    for key in ("mercurius", "postgraphile"):
        missing = dataclasses.replace(VARIANTS[key], command=(sys.executable,), built=tmp_path / "nothing").missing
        assert missing == "its packages are not installed: make bench installs them where there is npm"
        assert dataclasses.replace(VARIANTS[key], command=(sys.executable,), built=tmp_path).missing is None


def test_postgraphile_is_asked_for_the_same_posts_in_its_own_words() -> None:
    asked, known = VARIANTS["postgraphile"].asked, calls(100)

    query = orjson.loads(known[asked[POSTS]].body)["query"]
    same = query.replace("posts: allPosts", "posts").replace(", orderBy: PRIMARY_KEY_DESC", "")
    assert same == orjson.loads(known[POSTS].body)["query"]
    assert VARIANTS["postgraphile"].dataset == VARIANTS["postgresql"].dataset  # which is how replies are compared


def test_a_call_that_is_refused_is_no_figure(server: Server) -> None:
    with pytest.raises(LoadFailed, match=r"/api/v1/nothing: .*(404|failed)"):
        burst(server.url, Call("GET", "/api/v1/nothing"), ["no token"], seconds=0.1, connections=1)


@pytest.fixture(scope="module")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrant]:
    folder = tmp_path_factory.mktemp("candidate")
    environment = {"DATA_DIR": str(folder), "DEMO_DATA": "0", "PASSWORD_COST": "4"}
    with processes.started((sys.executable, "server.py"), environment, folder / "log") as server:
        server.wait_until_ready()
        with client_of(Server(server.url, folder, server.process.pid)) as client:
            token = recorder_login(client, "8888888888", "admin")
        yield Entrant("one", ("SQLite", 0), server, Call("GET", "/api/v1/clock_in/search?page=1"), [token])


def test_who_answers_nothing_is_measured_again_and_noted_and_the_others_go_on(candidate: Entrant) -> None:
    gone = dataclasses.replace(candidate.server, url=f"http://127.0.0.1:{free_port()}")
    silent = dataclasses.replace(candidate, variant="silent", server=gone)

    one, nobody = compete("search", [candidate, silent], connections=1, plan=Plan(rounds=1, seconds=0.1))

    assert one.median is not None
    assert one.median.requests > 0
    assert one.notes == []
    assert (nobody.rounds, nobody.median) == ([None], None)
    assert len(nobody.notes) == 2 * ATTEMPTS  # with the round that warms up
    assert report.notes([one, nobody]) == [f"search, 1 connections: {note}" for note in nobody.notes]
    assert "silent" in nobody.notes[0]


def test_the_time_of_the_database_counts_with_the_servers(candidate: Entrant) -> None:
    both = dataclasses.replace(candidate, database=candidate.server.process.pid)  # as if it were its own database

    assert candidate.cpu_seconds is not None
    assert both.cpu_seconds is not None
    assert both.cpu_seconds >= 2 * candidate.cpu_seconds - 0.1


def test_a_call_with_pauses_is_sent_that_much_less_often(candidate: Entrant) -> None:
    paced = dataclasses.replace(candidate, call=dataclasses.replace(candidate.call, pause_ms=(100, 110)))

    assert 0 < paced.burst(1, 2).requests < 40


def test_servers_that_answer_alike_may_compete(candidate: Entrant) -> None:
    check([candidate, dataclasses.replace(candidate, variant="other")])


def test_an_answer_unlike_the_first_ends_the_run(candidate: Entrant) -> None:
    other = dataclasses.replace(candidate, variant="other", call=Call("GET", "/api/v1/clock_in/search?page=2"))

    with pytest.raises(LoadFailed, match="answered differently"):
        check([candidate, other])
    check([candidate, dataclasses.replace(other, dataset=("SQLite", 1))])


def test_a_server_that_serves_strangers_ends_the_run(candidate: Entrant) -> None:
    with pytest.raises(LoadFailed, match="serves whoever asks"):
        check([dataclasses.replace(candidate, call=Call("GET", "/healthz"))])


def test_a_write_that_was_answered_and_not_done_is_no_figure(candidate: Entrant) -> None:
    with pytest.raises(LoadFailed, match="and did 0"):
        dataclasses.replace(candidate, forget=lambda: 0).burst(0.1, 1)


def test_a_call_beside_is_sent_until_the_burst_ends(candidate: Entrant) -> None:
    beside = Call("POST", "/graphql", b'{"query": "{ viewer { name } }"}')

    before = _answered_posts(candidate.server.url)
    figures = dataclasses.replace(candidate, beside=beside).burst(0.5, 1)
    after = _answered_posts(candidate.server.url)

    assert after - before >= 2
    assert _answered_posts(candidate.server.url) == after
    assert figures.requests > 0
    assert figures.cpu_ms is None  # part of what it spent went there


def _answered_posts(url: str) -> float:
    with urllib.request.urlopen(f"{url}/metrics") as reply:
        said = reply.read().decode()
    return sum(
        map(float, re.findall(r'^http_requests_total{.*method="POST".*status="200".*} (.*)$', said, re.MULTILINE))
    )


def test_a_call_beside_that_is_refused_is_no_figure(candidate: Entrant) -> None:
    beside = dataclasses.replace(candidate, beside=Call("GET", "/api/v1/nothing"))

    with pytest.raises(LoadFailed, match=r"GET /api/v1/nothing: .*404"):
        beside.burst(0.5, 1)


def test_a_burst_tells_what_the_server_spent(candidate: Entrant) -> None:
    figures: Figures = candidate.burst(0.5, 2)

    assert figures.cpu_ms is not None
    assert figures.cpu_ms > 0
    assert (candidate.server.resident_mb or 0) > 10


def test_it_tells_where_the_time_of_a_request_goes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.profile", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    rows = [
        line.split("│")[1:-1] for line in done.stdout.splitlines() if "Careergraph" in line or "handwritten" in line
    ]
    figures = [[int(cell) for cell in row[2:]] for row in rows]
    assert len(figures) == 6, done.stdout
    for http, token, statements, fields, whole in figures:
        assert min(http, token, statements, fields) > 0
        assert abs(http + token + statements + fields - whole) <= 3
