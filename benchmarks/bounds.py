"""What anonymous requests can take from others: `python -m benchmarks.bounds`; see docs/security.md.

A server process is sent so many distinct texts by nobody in particular, and its memory is compared with what it was
idle. Then it is sent requests that are as bad as the limits let them be, one at a time, while another connection asks
for `/healthz` again and again.
"""

import argparse
import asyncio
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from graphql import get_introspection_query
from rich.console import Console
from rich.table import Table

from benchmarks.data import Volume, fill
from benchmarks.processes import Server, started
from models.settings import Settings

TEXTS = 5000
VOLUME = Volume(users=2000, clock_ins=5000, posts=2000, comments=60)
CONNECTIONS = 4
SETTLE_S = 2
MAX_GROWTH = 1.3
MAX_HEALTH_MS = 100
WARM_TEXTS = 100
DEEP = 60
REPEATS = 3
"""The first time a request comes, the second, when it gets its plan, and later."""


def texts(count: int, start: int = 0) -> Iterator[str]:
    """Distinct texts of several shapes, each of which is sent twice: the second time gets a plan."""
    shapes = (
        "{{ v{n}: version }}",
        "{{ posts(first: 2) {{ nodes {{ a{n}: title }} }} }}",
        "{{ posts(first: 1) {{ nodes {{ id b{n}: content comments(first: 2) {{ nodes {{ c{n}: content }} }} }} }} }}",
        "query Q{n}($first: Int = 1) {{ posts(first: $first) {{ totalCount d{n}: nodes {{ id }} }} }}",
    )
    for number in range(start, start + count):
        wide = " ".join(f"w{number}_{field}: version" for field in range(number % 29 + 1))
        yield f"{{ {wide} }}" if number % 5 == 4 else shapes[number % 5].format(n=number)


def nasty() -> dict[str, bytes]:
    """Bodies of requests that are about as bad as they may be."""
    deep = "".join(
        f" fragment F{n} on Post {{ comments(first: 1) {{ nodes {{ c{n}: content }} }} ...F{n + 1} }}"
        for n in range(60)
    )
    unknown = " ".join(f"x{n}: 1" for n in range(900))
    queries = {
        "a large list": "{ posts(first: 100) { nodes { id title content createdAt comments(first: 80)"
        " { nodes { id content createdAt } } } } }",
        "deep fragments": f"{{ posts(first: 100) {{ nodes {{ ...F0 }} }} }}{deep} fragment F{DEEP} on Post {{ id }}",
        "wide aliases": "{ posts(first: 100) { nodes { "
        + " ".join(f"c{n}: comments(first: 2) {{ nodes {{ id }} }}" for n in range(60))
        + " } } }",
        "many counts": "{ posts(first: 100) { nodes { "
        + " ".join(f"c{n}: comments {{ totalCount }}" for n in range(90))
        + " } } }",
        "refused fields": "{ posts(first: 100) { nodes { comments(first: 60) { nodes { author { name } } } } } }",
        "introspection": get_introspection_query(),
        "deep introspection": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        "unknown input fields": f"{{ posts(filter: {{{unknown}}}) {{ nodes {{ id }} }} }}",
        "unknown fields": "{ viewer { " + " ".join(f"x{n}" for n in range(490)) + " } }",
        "a long text": '{ node(id: """' + "x\n" * 49_000 + '""") { id } }',
        "many tokens": '{ node(id: "' + "x" * 10 + '") { id } ' + "# c\n" * 3900 + "}",
        "an abstract type": "{ " + " ".join(f'a{n}: node(id: "x{n}") {{ __typename id }}' for n in range(30)) + " }",
        "compared fields": "{ " + "posts { nodes { id title } } " * 11 + "}",
    }
    bodies = {name: json.dumps({"query": query}).encode() for name, query in queries.items()}
    listed = "query ($f: PostFilter) { posts(filter: $f) { totalCount } }"
    some = [{"a": n} for n in range(12_000)]
    many: list[list[int]] = [[]] * 690_000
    bodies["large variables"] = json.dumps({"query": listed, "variables": {"f": some}}).encode()
    bodies["larger variables"] = json.dumps({"query": listed, "variables": {"f": many}}, separators=(",", ":")).encode()
    return bodies


async def _reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """The status line."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.partition(b":")[2]))
    return head.partition(b"\r\n")[0]


async def send_all(url: str, queries: Iterator[str]) -> None:
    """Send each text twice, over several connections."""
    host = urlsplit(url).netloc
    name, _, port = host.partition(":")

    async def work() -> None:
        reader, writer = await asyncio.open_connection(name, int(port))
        for query in queries:
            request = _encoded(json.dumps({"query": query}).encode(), host)
            for _ in range(2):
                await _reply(reader, writer, request)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


async def beside(url: str, body: bytes) -> tuple[float, float, str]:
    """The milliseconds that the request takes, the slowest `/healthz` meanwhile, and how it was answered."""
    host = urlsplit(url).netloc
    name, _, port = host.partition(":")
    slowest, is_over = 0.0, False

    async def watch() -> None:
        nonlocal slowest
        reader, writer = await asyncio.open_connection(name, int(port))
        request = f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        while not is_over:
            began = time.perf_counter()
            await _reply(reader, writer, request)
            slowest = max(slowest, time.perf_counter() - began)
            await asyncio.sleep(0.002)
        writer.close()
        await writer.wait_closed()

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.1)
    slowest = 0.0
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(name, int(port), limit=2**24)
    status = await _reply(reader, writer, _encoded(body, host))
    took = time.perf_counter() - began
    writer.close()
    await writer.wait_closed()
    is_over = True
    await watching
    return took * 1000, slowest * 1000, status.decode().split(" ", 1)[1]


def _encoded(body: bytes, host: str) -> bytes:
    head = f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


def memory(server: Server, count: int, console: Console) -> bool:
    """Measure what distinct texts take; whether that is within the bound."""
    asyncio.run(send_all(server.url, texts(WARM_TEXTS, -WARM_TEXTS)))  # what is imported and opened on the way
    time.sleep(SETTLE_S)
    idle = server.resident_mb
    began = time.perf_counter()
    asyncio.run(send_all(server.url, texts(count)))
    time.sleep(SETTLE_S)
    after = server.resident_mb
    if idle is None or after is None:
        console.print("This system does not tell the memory of a process.")
        return True
    console.print(
        f"{count} distinct anonymous texts, each twice, in {time.perf_counter() - began:.0f} s:"
        f" {idle:.0f} MiB idle, {after:.0f} MiB after, {after / idle:.2f} times."
    )
    return after <= MAX_GROWTH * idle


def health(server: Server, console: Console) -> bool:
    """Measure `/healthz` beside each request; whether all answers were within the bound."""
    table = Table(title="/healthz beside one anonymous request, in ms (the worst of several)")
    for heading in ("request", "takes", "/healthz", "answered"):
        table.add_column(heading, justify="left" if heading in {"request", "answered"} else "right")
    worst = 0.0
    for name, body in nasty().items():
        figures = [asyncio.run(beside(server.url, body)) for _ in range(REPEATS)]
        slowest = max(figure[1] for figure in figures)
        worst = max(worst, slowest)
        table.add_row(name, f"{max(figure[0] for figure in figures):.0f}", f"{slowest:.0f}", figures[0][2])
    console.print(table)
    console.print(f"The slowest /healthz took {worst:.0f} ms.")
    return worst <= MAX_HEALTH_MS


def main() -> int:
    """Measure; 1 when a figure is beyond its bound."""
    parser = argparse.ArgumentParser(prog="benchmarks.bounds", description=__doc__)
    parser.add_argument("--texts", type=int, default=TEXTS, help="distinct texts; 100000 for the full run")
    options = parser.parse_args()
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="careergraph-bounds-") as folder:
        environment = {
            "DATA_DIR": folder,
            "DEMO_DATA": "0",
            "MATCHING": "0",
            "LOG_LEVEL": "WARNING",
            "SECRET_KEY": secrets.token_hex(32),
        }
        settings = Settings(_env_file=None, **{name.lower(): value for name, value in environment.items()})  # type: ignore[arg-type, call-arg]

        fill(settings, VOLUME, now=datetime.now(UTC))
        with started([sys.executable, "server.py"], environment, Path(folder) / "server.log") as server:
            server.wait_until_ready()
            server.wait_until_idle()
            passed = [health(server, console), memory(server, options.texts, console)]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
