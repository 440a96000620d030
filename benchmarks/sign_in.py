"""Signing in, idle and beside 100 anonymous sign-ins a second: `python -m benchmarks.sign_in`.

The anonymous ones guess at accounts that do not exist, from 50 addresses of 127.0.0.0/8, so that at first nothing but
the queue of the passwords holds them back. Linux lets a client choose such an address.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.load import Call
from benchmarks.processes import started

RATE = 100
"""The anonymous sign-ins a second."""
NETWORKS = 50
"""The addresses that they come from."""
SAMPLES = 8
WARM_UP_S = 3
GOAL = 2.0
"""How many times its idle time a sign-in may take."""
ACCOUNT, PASSWORD = "8888888888", "admin"
HOME = "127.0.0.1"
QUERY = "mutation($input: SignInInput!) { signIn(input: $input) { token errors { code } } }"

Outcome = tuple[str, float]
"""OK or the code of the refusal, and the milliseconds until then."""


async def sign_in(host: str, account: str, password: str, *, address: str) -> Outcome:
    """One sign-in on a connection of its own, from this address."""
    variables = {"input": {"identifier": account, "password": password}}
    call = Call("POST", "/graphql", json.dumps({"query": QUERY, "variables": variables}).encode())
    request = call.encoded(host, "none").replace(b"Authorization: Bearer none\r\n", b"Connection: close\r\n")
    name, _, port = host.partition(":")
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(name, int(port), local_addr=(address, 0))
    writer.write(request)
    reply = await reader.read()
    writer.close()
    errors = json.loads(reply.partition(b"\r\n\r\n")[2])["data"]["signIn"]["errors"]
    return (errors[0]["code"] if errors else "OK"), (time.perf_counter() - began) * 1000


async def flood(host: str, outcomes: Counter[str]) -> None:
    """Anonymous sign-ins until this is cancelled."""
    running: set[asyncio.Task[None]] = set()

    async def guess(number: int) -> None:
        with suppress(OSError, ValueError):
            address = f"127.1.0.{1 + number % NETWORKS}"
            outcomes[(await sign_in(host, f"20{number:08}", "wrong", address=address))[0]] += 1

    began = time.perf_counter()
    for number in count():
        task = asyncio.create_task(guess(number))
        running.add(task)
        task.add_done_callback(running.discard)
        await asyncio.sleep(max(0.0, began + (number + 1) / RATE - time.perf_counter()))


async def sampled(once: Callable[[], Awaitable[Outcome]]) -> tuple[Counter[str], list[float]]:
    """The outcomes of some sign-ins, one after the other, and the times of those that succeeded, ascending."""
    outcomes: Counter[str] = Counter()
    times = []
    for _ in range(SAMPLES):
        outcome, milliseconds = await once()
        outcomes[outcome] += 1
        if outcome == "OK":
            times.append(milliseconds)
    return outcomes, sorted(times)


async def measured(host: str) -> list[tuple[str, Counter[str], list[float]]]:
    """What is measured: its title, the outcomes, the times."""
    newcomers = count(1)

    def from_home() -> Awaitable[Outcome]:
        return sign_in(host, ACCOUNT, PASSWORD, address=HOME)

    def from_elsewhere() -> Awaitable[Outcome]:
        return sign_in(host, ACCOUNT, PASSWORD, address=f"127.2.0.{next(newcomers)}")

    await from_home()
    rows = [("idle", *await sampled(from_home))]
    anonymous: Counter[str] = Counter()
    flooding = asyncio.create_task(flood(host, anonymous))
    await asyncio.sleep(WARM_UP_S)
    rows.append(("beside them, from a known network", *await sampled(from_home)))
    rows.append(("beside them, from a new network", *await sampled(from_elsewhere)))
    flooding.cancel()
    with suppress(asyncio.CancelledError):
        await flooding
    rows.append(("the anonymous ones", anonymous, []))
    return rows


def main() -> int:
    """Measure on a server of its own; 1 unless a known client's sign-in keeps to the goal."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DATA_DIR": folder, "DEMO_DATA": "0", "MATCHING": "0", "LOG_LEVEL": "ERROR"}
        with started([sys.executable, "server.py"], settings, Path(folder) / "server.log") as server:
            server.wait_until_ready()
            rows = asyncio.run(measured(urlsplit(server.url).netloc))
    medians = {}
    for title, outcomes, times in rows:
        told = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common())
        if times:
            medians[title] = median = times[len(times) // 2]
            ratio = median / medians["idle"]
            told = f"{times[0]:.0f}-{times[-1]:.0f} ms, median {median:.0f} ms ({ratio:.1f} x idle); {told}"
        print(f"{title}: {told}")
    return 0 if medians["beside them, from a known network"] <= GOAL * medians["idle"] else 1


if __name__ == "__main__":
    sys.exit(main())
