"""Workers that die, hang, are replaced and end, while clients go on asking."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx2
import pytest

from tests.support.postgresql import free_port
from tests.support.processes import Program, Server, running_server
from tests.support.waiting import until

CLIENTS = 4
PAUSE = 0.05
"""Seconds between the requests of a client, lest they leave nothing of a small machine for what is tried."""
PATIENCE = 120
ASK = {"query": "{ version }"}


def workers(server: Server) -> set[int]:
    """The worker processes that there are, without the one that checks whether a new version could start."""
    found = set()
    for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split():
        with suppress(FileNotFoundError):  # it has ended meanwhile
            if b"--check" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(int(pid))
    return found


def answered(metrics_port: int) -> float:
    """The requests to the graph that all workers, those that have ended too, counted as answered."""
    told = httpx2.get(f"http://127.0.0.1:{metrics_port}/metrics").text
    return sum(
        float(line.split()[-1])
        for line in told.splitlines()
        if line.startswith('http_requests_total{endpoint="/graphql"') and 'status="200"' in line
    )


@contextmanager
def under_load(server: Server) -> Iterator[Counter[str]]:
    """Clients that go on asking, half of them over connections that they keep; what became of the requests."""
    seen: Counter[str] = Counter()
    is_over = threading.Event()

    def ask(number: int) -> None:
        keeps = bool(number % 2)
        with httpx2.Client(base_url=server.url, timeout=30) as client:
            while not is_over.is_set():
                headers = {} if keeps else {"Connection": "close"}
                try:
                    reply = client.post("/graphql", json=ASK, headers=headers)
                except httpx2.ConnectError:
                    seen["not connected"] += 1
                    return
                except httpx2.TransportError as error:
                    seen[f"{type(error).__name__}: {error}"] += 1
                else:
                    seen[str(reply.status_code)] += 1
                time.sleep(PAUSE)

    with ThreadPoolExecutor(CLIENTS) as pool:
        asking = [pool.submit(ask, number) for number in range(CLIENTS)]
        try:
            yield seen
        finally:
            is_over.set()
            for each in asking:
                each.result()


async def test_all_are_replaced_under_load_with_what_the_files_say_now(tmp_path: Path) -> None:
    settings = tmp_path / ".env"
    log = tmp_path / "data" / "server.log"
    former, later = free_port(), free_port()
    settings.write_text(f"METRICS_PORT={former}\n", encoding="utf-8")
    with running_server(tmp_path / "data", partial(Program, cwd=tmp_path), WORKERS="2") as server:
        first = workers(server)
        assert len(first) == 2

        async def are_new() -> bool:
            return len(workers(server)) == 2 and not workers(server) & first

        async def is_refused() -> bool:
            return "reload_refused" in log.read_text()

        with under_load(server) as seen:
            settings.write_text("PERSISTED_QUERIES=many\n", encoding="utf-8")
            os.kill(server.pid, signal.SIGHUP)
            await until(is_refused, seconds=PATIENCE)
            assert workers(server) == first
            settings.write_text(f"PERSISTED_QUERIES=0\nMETRICS_PORT={later}\n", encoding="utf-8")
            os.kill(server.pid, signal.SIGHUP)
            await until(are_new, seconds=PATIENCE)

        async def are_all_counted() -> bool:
            return answered(later) == seen["200"]

        await until(are_all_counted)
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"http://127.0.0.1:{former}/healthz")
        unsupported = httpx2.post(
            f"{server.url}/graphql",
            json={"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
        ).json()
        with under_load(server) as seen_at_the_end:

            async def are_served() -> bool:
                return seen_at_the_end["200"] >= CLIENTS

            async def is_gone() -> bool:
                return seen_at_the_end["not connected"] == CLIENTS

            await until(are_served)
            os.kill(server.pid, signal.SIGTERM)
            await until(is_gone)

    assert "PERSISTED_QUERIES: " in log.read_text()
    assert unsupported["errors"][0]["message"] == "PersistedQueryNotSupported"
    assert set(seen) == {"200"}
    assert set(seen_at_the_end) == {"200", "not connected"}


async def test_a_killed_worker_is_replaced_while_another_hangs(tmp_path: Path) -> None:
    with running_server(tmp_path / "data", WORKERS="2") as server:
        hanging, killed = workers(server)
        os.kill(hanging, signal.SIGSTOP)
        os.kill(killed, signal.SIGKILL)

        async def is_replaced() -> bool:
            return len(workers(server) - {hanging, killed}) == 1

        await until(is_replaced)
        assert httpx2.post(f"{server.url}/graphql", json=ASK).status_code == 200
    # The block ended with SIGTERM, which the stopped worker did not heed.
    with pytest.raises(ProcessLookupError):
        os.kill(hanging, 0)
    assert "workers_killed" in (tmp_path / "data" / "server.log").read_text()
