"""An SQLite file that another process locks, or that the server may not write."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from models.settings import Settings
from server import create_app
from tests.support.clients import Clock, Person, Product, running
from tests.support.postgresql import free_port
from tests.support.processes import ROOT, environment

VIEWER = "{ viewer { databaseId } }"
CLOCK_IN = 'mutation { clockIn(input: {location: "教室"}) { errors { code } } }'
UNAVAILABLE = {"code": 503, "msg": "服务暂时不可用，请稍后再试", "data": None}
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
"""A process that writes until its standard input ends."""

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def impatient(settings: Settings, clock: Clock) -> AsyncIterator[Product]:
    """The product, whose writes wait a tenth of a second for other processes."""
    settings = settings.model_copy(update={"sqlite_busy_seconds": 0.1})
    async with running(create_app(settings, clock), clock, settings.database_url) as started:
        yield started


@contextlib.asynccontextmanager
async def held(path: Path) -> AsyncIterator[None]:
    """While another process writes to the file."""
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLD, str(path)), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        holder.stdin.close()
        assert await holder.wait() == 0


async def attempts(product: Product, person: Person) -> list[httpx2.Response]:
    """The replies to a write over the graph and over REST."""
    return [
        await product.http.post("/graphql", json={"query": CLOCK_IN}, headers=person.bearer),
        await product.rest("POST", "/api/v1/clock_in/add", {"location": "教室"}, person=person),
    ]


def check_refused(graph: httpx2.Response, rest: httpx2.Response) -> None:
    assert [(reply.status_code, reply.headers["retry-after"]) for reply in (graph, rest)] == [(503, "5")] * 2
    assert [error["extensions"] for error in graph.json()["errors"]] == [
        {"code": "SERVICE_UNAVAILABLE", "retryAfter": 5}
    ]
    assert rest.json() == UNAVAILABLE


async def clock_ins(product: Product, person: Person) -> int:
    found = await product.data("{ viewer { clockIns { totalCount } } }", person=person)
    count: int = found["viewer"]["clockIns"]["totalCount"]
    return count


@ON_SQLITE
async def test_while_another_process_writes_reads_are_answered_and_writes_refused(
    impatient: Product, tmp_path: Path
) -> None:
    person = await impatient.student()
    async with held(tmp_path / "test.db"):
        check_refused(*await attempts(impatient, person))
        assert await impatient.data(VIEWER, person=person) == {"viewer": {"databaseId": person.id}}

    assert await clock_ins(impatient, person) == 0
    graph, _ = await attempts(impatient, person)
    assert graph.json() == {"data": {"clockIn": {"errors": []}}}
    assert await clock_ins(impatient, person) == 1


@pytest.mark.parametrize("mode", [0o700, 0o500], ids=["file", "folder"])
def test_the_server_does_not_start_with_what_it_may_not_write(prepared_sqlite: Path, tmp_path: Path, mode: int) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(prepared_sqlite, data / "careergraph.db")
    (data / "careergraph.db").chmod(0o400)
    data.chmod(mode)
    # Root may write what nobody may write, unless it gives up the right to.
    without = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    ended = subprocess.run(
        [*without, sys.executable, "server.py"],
        cwd=ROOT,
        env=environment(data, free_port(), {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    data.chmod(0o700)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Careergraph cannot start:\nDATA_DIR cannot be used: Permission denied: {data}/")
    assert "Traceback" not in ended.stderr
