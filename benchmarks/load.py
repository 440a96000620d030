"""Load: requests a second and latencies of one call, with wrk where it is installed."""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 8


class LoadFailed(Exception):
    """A call was not answered as it should be; the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes over the wire."""

    method: str
    path: str
    token: str
    body: bytes = b""

    def encoded(self, host: str) -> bytes:
        """The request in HTTP/1.1."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", *map(": ".join, self.headers.items())]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body

    @property
    def headers(self) -> dict[str, str]:
        """Its headers but the length."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return {**headers, "Content-Type": "application/json"} if self.body else headers


@dataclass(frozen=True, slots=True)
class Figures:
    """What a burst of calls measured."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float


def steady(url: str, call: Call, seconds: float) -> Figures:
    """The same call for some time."""
    if shutil.which("wrk"):
        return _wrk(url, call, seconds)
    return burst(url, _until(time.perf_counter() + seconds, call))


def burst(url: str, calls: Iterable[Call]) -> Figures:
    """Each call once, from CONNECTIONS connections. Raises LoadFailed unless all are answered with 200."""
    return asyncio.run(_burst(urlsplit(url).netloc, iter(calls)))


def _until(deadline: float, call: Call) -> Iterator[Call]:
    while time.perf_counter() < deadline:
        yield call


async def _burst(host: str, calls: Iterator[Call]) -> Figures:
    began = time.perf_counter()
    latencies = [
        latency
        for worked in await asyncio.gather(*(_work(host, calls) for _ in range(CONNECTIONS)))
        for latency in worked
    ]
    elapsed = time.perf_counter() - began
    latencies.sort()
    return Figures(len(latencies) / elapsed, _percentile(latencies, 50) * 1000, _percentile(latencies, 99) * 1000)


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


async def _work(host: str, calls: Iterator[Call]) -> list[float]:
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    latencies = []
    try:
        for call in calls:
            began = time.perf_counter()
            writer.write(call.encoded(host))
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_content_length(head))
            latencies.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200 "):
                raise LoadFailed(f"{call.method} {call.path}: {head.splitlines()[0].decode()}")
    finally:
        writer.close()
        await writer.wait_closed()
    return latencies


def _content_length(head: bytes) -> int:
    for line in head.splitlines()[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise LoadFailed("a reply without Content-Length")


_LUA = """
wrk.method = %(method)s
wrk.body = %(body)s
%(headers)s
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("FIGURES %%f %%f %%f %%d\\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def _wrk(url: str, call: Call, seconds: float) -> Figures:
    script = _LUA % {
        "method": json.dumps(call.method),
        "body": f"[==[{call.body.decode()}]==]" if call.body else "nil",
        "headers": "\n".join(f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}" for k, v in call.headers.items()),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "call.lua"
        file.write_text(script, encoding="utf-8")
        # wrk counts whole seconds.
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", str(file), url + call.path]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    line = next(line for line in output.splitlines() if line.startswith("FIGURES "))
    per_second, p50, p99, errors = line.split()[1:]
    if int(errors):
        raise LoadFailed(f"{call.method} {call.path}: {errors} requests failed")
    return Figures(float(per_second), float(p50), float(p99))
