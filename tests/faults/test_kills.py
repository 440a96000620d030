"""Killed while it writes: what was acknowledged is there after the restart, once."""

import asyncio
import os
import resource
import select
from pathlib import Path

import pytest

from tests.faults.scenarios import KILLED_AFTER, STUDENTS, killed_under_writes, replies_during
from tests.support.databases import create_database
from tests.support.images import PREFLIGHT, multipart, noise
from tests.support.over_http import client_of, graphql, import_students, recorder_login, signed_in
from tests.support.postgresql import running_cluster
from tests.support.processes import running_server
from tests.support.redis import running_redis

CLOCK_IN = "/api/v1/clock_in/add"
ASK = 'mutation { sendCredentialCode(input: {kind: EMAIL, address: "a@example.com"}) { errors { code } } }'
OUTAGE = {"code": 503, "msg": "服务暂时不可用，请稍后再试", "data": None}


@pytest.mark.parametrize(("database", "workers"), [("sqlite", "1"), ("sqlite", "2"), ("postgresql", "2")])
def test_what_was_acknowledged_survives_a_kill(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, workers: str
) -> None:
    settings = {"WORKERS": workers}
    if database == "postgresql":
        cluster = request.getfixturevalue("cluster")
        settings["DATABASE_URL"] = cluster.url(asyncio.run(create_database(cluster)))

    found = killed_under_writes(tmp_path / "data", **settings)

    assert KILLED_AFTER <= found.acknowledged <= STUDENTS
    assert (found.lost, found.doubled) == (0, 0)


def test_a_restart_of_postgresql_is_a_clean_refusal_at_most(tmp_path: Path) -> None:
    with running_cluster() as cluster:
        url = cluster.url(asyncio.run(create_database(cluster)))
        with running_server(tmp_path / "data", DATABASE_URL=url) as server:
            with client_of(server) as client:
                token = recorder_login(client, *server.administrator)

            seen = replies_during(server, token, cluster.restart)

    clean = {(200, ""), (503, "SERVICE_UNAVAILABLE"), (503, "OUTCOME_UNKNOWN"), (503, "503")}
    assert (200, "") in seen
    assert set(seen) <= clean
    assert "unexpected_error" not in (tmp_path / "data" / "server.log").read_text()


def test_on_a_full_disk_writes_are_refused_reads_answered_and_nothing_is_lost(tmp_path: Path) -> None:
    """The limit on the size of a process's files stands for the disk: writing past it fails, as on a full disk."""
    with running_server(tmp_path / "data", MATCHING="0") as server, client_of(server) as client:
        first, second = import_students(client, server, 2)
        tokens = [recorder_login(client, account, account[-6:]) for account in (first, second)]
        client.headers["Authorization"] = f"Bearer {tokens[0]}"
        assert client.post(CLOCK_IN, json={"location": "before"}).json()["code"] == 0
        unlimited = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
        client.headers["Authorization"] = f"Bearer {tokens[1]}"
        refused = client.post(CLOCK_IN, json={"location": "during"})
        unsaved = client.post("/graphql", headers=PREFLIGHT, **multipart("AVATAR", noise((200, 200)), "x.png"))
        read = graphql(client, "{ viewer { account } }")
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited)
        accepted = client.post(CLOCK_IN, json={"location": "after"})
        rows = client.get("/api/v1/clock_in/search").json()["data"]["rows"]

    assert (refused.status_code, refused.json(), refused.headers["retry-after"]) == (503, OUTAGE, "5")
    assert (unsaved.status_code, unsaved.json()["errors"][0]["extensions"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert list((tmp_path / "data" / "storage").rglob("*.*")) == []
    assert read == {"viewer": {"account": second}}
    assert accepted.json()["code"] == 0
    assert [row["clock_in_location"] for row in rows] == ["after", "before"]


def test_without_redis_people_sign_in_and_the_server_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    with running_redis(folder) as url:
        started = running_server(tmp_path / "data", REDIS_URL=url)
        server = started.__enter__()
    try:
        with client_of(server) as client:
            ready = client.get("/readyz")
            token = signed_in(client, *server.administrator)
            client.headers["Authorization"] = f"Bearer {token}"
            sent = [graphql(client, ASK)["sendCredentialCode"]["errors"] for _ in range(2)]
    finally:
        started.__exit__(None, None, None)

    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "redis": "unavailable"})
    assert sent == [[], [{"code": "TOO_MANY_REQUESTS"}]]


def test_workers_end_with_the_server_that_started_them(tmp_path: Path) -> None:
    with running_server(tmp_path / "data", WORKERS="2") as server:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        os.kill(server.pid, 9)
        for pid in children:
            _wait_for_the_end_of(int(pid))

    assert len(children) == 2


def _wait_for_the_end_of(pid: int) -> None:
    descriptor = os.pidfd_open(pid)
    try:
        ended, _, _ = select.select([descriptor], [], [], 60)
    finally:
        os.close(descriptor)
    assert ended
