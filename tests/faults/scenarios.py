"""What is done to a real server process, and what is counted from outside: once by the tests, as often as it is told
by `python -m tests.faults`.
"""

import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.support.over_http import client_of, import_students, recorder_login
from tests.support.postgresql import free_port
from tests.support.processes import Server, running_server

STUDENTS = 20
KILLED_AFTER = 8


@dataclass(frozen=True)
class Survival:
    """What a restart found of what was acknowledged before the kill."""

    acknowledged: int
    lost: int
    doubled: int
    seconds: float
    """From the kill to the first request served."""


def killed_under_writes(data_dir: Path, **settings: str) -> Survival:
    """Kill the server's main process while students clock in, and start it again on the same port."""
    settings = {**settings, "PORT": str(free_port())}
    acknowledged: list[str] = []
    killed_at = 0.0
    with running_server(data_dir, **settings) as server:
        with client_of(server) as client:
            accounts = import_students(client, server, STUDENTS)
            tokens = {account: recorder_login(client, account, account[-6:]) for account in accounts}

        def clock_in(account: str) -> str | None:
            try:
                with client_of(server, tokens[account]) as own:
                    reply = own.post("/api/v1/clock_in/add", json={"location": account})
            except httpx2.TransportError:
                return None
            return account if reply.json()["code"] == 0 else None

        with ThreadPoolExecutor(max_workers=8) as pool:
            for answer in as_completed([pool.submit(clock_in, account) for account in accounts]):
                if (account := answer.result()) is not None:
                    acknowledged.append(account)
                if not killed_at and len(acknowledged) == KILLED_AFTER:
                    killed_at = time.monotonic()
                    os.kill(server.pid, signal.SIGKILL)
    _until_free(int(settings["PORT"]))
    with running_server(data_dir, **settings) as restarted:
        seconds = time.monotonic() - killed_at
        with client_of(restarted, tokens[acknowledged[0]]) as client:
            found = client.get("/api/v1/clock_in/search", params={"page_size": 100}).json()["data"]
    locations = Counter(row["clock_in_location"] for row in found["rows"])
    return Survival(
        acknowledged=len(acknowledged),
        lost=len(set(acknowledged) - set(locations)),
        doubled=sum(count - 1 for count in locations.values()),
        seconds=seconds,
    )


def _until_free(port: int) -> None:
    """Wait for the workers of the killed process to end, lest one of them answers for the next."""
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        assert time.monotonic() < deadline, "a worker of the killed server still listens"
        time.sleep(0.05)


def replies_during(server: Server, token: str, outage: Callable[[], None]) -> Counter[tuple[int, str]]:
    """The statuses and error codes of reads and writes that run before, during and after an outage."""
    is_over = threading.Event()
    seen: Counter[tuple[int, str]] = Counter()
    requests = (
        ("/graphql", {"query": "{ viewer { account } }"}),
        ("/graphql", {"query": 'mutation { createPost(input: {title: "t", content: "c"}) { errors { code } } }'}),
        ("/api/v1/post/add", {"title": "t", "content": "c"}),
    )

    def ask(number: int) -> Counter[tuple[int, str]]:
        mine: Counter[tuple[int, str]] = Counter()
        after = 0
        with client_of(server, token) as client:
            while after < len(requests):
                after += is_over.is_set()
                path, body = requests[number % len(requests)]
                number += 1
                response = client.post(path, json=body)
                mine[response.status_code, _code(response)] += 1
                if response.status_code != 200:
                    time.sleep(0.1)  # as a client that heeds Retry-After, but sooner
        return mine

    with ThreadPoolExecutor(max_workers=4) as pool:
        asking = [pool.submit(ask, number) for number in range(4)]
        try:
            outage()
        finally:
            is_over.set()
        for each in asking:
            seen += each.result()
    return seen


def _code(response: httpx2.Response) -> str:
    body = response.json()
    if "errors" in body:
        return str(body["errors"][0]["extensions"]["code"])
    return str(body.get("code", "")) if response.status_code != 200 else ""
