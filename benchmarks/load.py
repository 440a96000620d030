"""Load: requests a second and latencies of one call, with wrk where it is installed."""

import asyncio
import json
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, repeat, takewhile
from pathlib import Path
from urllib.parse import urlsplit


class LoadFailed(Exception):
    """A call was not answered as it should be; the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, but for its token.

    `pause_ms` is how long a connection waits before it sends the next, at least and at most.
    """

    method: str
    path: str
    body: bytes = b""
    pause_ms: tuple[int, int] | None = None

    def headers(self, token: str) -> dict[str, str]:
        """Its headers but the length."""
        headers = {"Authorization": f"Bearer {token}"}
        return {**headers, "Content-Type": "application/json"} if self.body else headers

    def encoded(self, host: str, token: str) -> bytes:
        """The request in HTTP/1.1."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", *map(": ".join, self.headers(token).items())]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Figures:
    """What a burst of calls measured."""

    requests: float
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float | None = None
    """The processor time that the server spent on a request, where the system tells."""


def has_wrk() -> bool:
    """Whether the load comes from wrk, and not from the asyncio client, which costs every side some figures."""
    return shutil.which("wrk") is not None


def burst(url: str, call: Call, tokens: Sequence[str], *, seconds: float, connections: int) -> Figures:
    """The same call for some time, with each of the tokens in turn.

    Raises LoadFailed if one is answered with anything but 200, and OSError or EOFError if one is not answered.
    """
    if has_wrk():
        return _wrk(url, call, tokens, seconds, connections)
    return asyncio.run(_burst(urlsplit(url).netloc, call, tokens, seconds, connections))


@contextmanager
def repeated(url: str, call: Call, token: str) -> Iterator[None]:
    """One more connection sends the call again and again until the block ends.

    Raises LoadFailed unless all are answered with 200.
    """
    host, ended = urlsplit(url).netloc, threading.Event()
    requests = takewhile(lambda _request: not ended.is_set(), repeat(call.encoded(host, token)))
    with ThreadPoolExecutor(1) as thread:
        sending = thread.submit(lambda: asyncio.run(_work(host, requests)))
        try:
            yield
        finally:
            ended.set()
        sending.result()


async def _burst(host: str, call: Call, tokens: Sequence[str], seconds: float, connections: int) -> Figures:
    began = time.perf_counter()
    requests = _until(began + seconds, [call.encoded(host, token) for token in tokens])
    worked = await asyncio.gather(*(_work(host, requests, call.pause_ms) for _ in range(connections)))
    elapsed = time.perf_counter() - began
    latencies = sorted(latency for of_one in worked for latency in of_one)
    return Figures(
        len(latencies),
        len(latencies) / elapsed,
        _percentile(latencies, 50) * 1000,
        _percentile(latencies, 99) * 1000,
    )


def _until(deadline: float, requests: Sequence[bytes]) -> Iterator[bytes]:
    for request in cycle(requests):
        if time.perf_counter() > deadline:
            return
        yield request


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


async def _work(host: str, requests: Iterator[bytes], pause_ms: tuple[int, int] | None = None) -> list[float]:
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    latencies = []
    try:
        for request in requests:
            if pause_ms is not None:
                await asyncio.sleep(random.uniform(*pause_ms) / 1000)  # noqa: S311 -- no secret
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_content_length(head))
            latencies.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200 "):
                asked, answered = request.splitlines()[0].decode(), head.splitlines()[0].decode()
                raise LoadFailed(f"{asked.removesuffix(' HTTP/1.1')}: {answered}")
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


# Every request is made before the load begins, so that making it costs the measured time nothing.
_LUA = """
local requests, last = {}, 0
function init(arguments)
  for token in io.lines(%(tokens)s) do
    wrk.headers["Authorization"] = "Bearer " .. token
    requests[#requests + 1] = wrk.format(%(method)s, nil, wrk.headers, %(body)s)
  end
end
function request()
  last = last %% #requests + 1
  return requests[last]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("FIGURES %%d %%f %%f %%f %%d %%d\\n",
    summary.requests, summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
%(headers)s
%(delay)s
"""


def _wrk(url: str, call: Call, tokens: Sequence[str], seconds: float, connections: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        file, script = Path(folder) / "tokens", Path(folder) / "call.lua"
        file.write_text("\n".join(tokens), encoding="ascii")
        constant = {name: value for name, value in call.headers("").items() if name != "Authorization"}
        values = {
            "tokens": json.dumps(str(file)),
            "method": json.dumps(call.method),
            "body": f"[==[{call.body.decode()}]==]" if call.body else "nil",
            "headers": "\n".join(f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}" for k, v in constant.items()),
            # Even a pause of nothing would cost a turn of wrk's timer.
            "delay": f"function delay() return math.random{call.pause_ms} end" if call.pause_ms else "",
        }
        script.write_text(_LUA % values, encoding="utf-8")
        # wrk counts whole seconds.
        duration = f"-d{max(1, round(seconds))}s"
        command = ["wrk", "-t1", f"-c{connections}", duration, "--timeout", "60s", "-s", str(script), url + call.path]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    line = next((line for line in done.stdout.splitlines() if line.startswith("FIGURES ")), None)
    if done.returncode or line is None:  # such as where nothing listens
        raise ConnectionError((done.stderr or done.stdout).strip())
    requests, per_second, p50, p99, refused, broken = map(float, line.split()[1:])
    if refused:
        raise LoadFailed(f"{call.method} {call.path}: {refused:.0f} of {requests:.0f} requests failed")
    if broken:
        raise ConnectionError(f"{broken:.0f} of {requests:.0f} requests were not answered in time or not at all")
    return Figures(requests, per_second, p50, p99)
