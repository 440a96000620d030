"""Log lines: for people in development, JSON in production; ours, and those of uvicorn, asyncio and the libraries.

A line of the access log is written without structlog, which takes as long as a tenth of a request. Values of our own
lines are chosen by us: none is a token, a password or what a person wrote.
"""

import asyncio
import contextlib
import json
import logging
import sys
import time
import traceback
from functools import lru_cache
from select import PIPE_BUF
from types import TracebackType
from typing import Any, BinaryIO

import orjson
import structlog

LINE_SECONDS = 0.05
"""How long a line of the access log may wait for others, with which it is written."""
MAX_WAITING_BYTES = 64_000

_lines: "Lines | None" = None


class Lines:
    """Lines of JSON that are written several at a time: a system call takes as long as a line."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting = bytearray()

    def add(self, line: bytes) -> None:
        """Write a line soon."""
        waiting = self._waiting
        is_first = not waiting
        waiting += line
        if is_first:
            try:
                asyncio.get_running_loop().call_later(LINE_SECONDS, self.flush)
            except RuntimeError:
                self.flush()
        elif len(waiting) > MAX_WAITING_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in parts that a pipe takes whole, so that the lines of several workers do not mix."""
        waiting, self._waiting = self._waiting, bytearray()
        start = 0
        with contextlib.suppress(OSError, ValueError):  # who read the log is gone; requests are answered all the same
            while start < len(waiting):
                end = start + PIPE_BUF
                if end < len(waiting):
                    end = waiting.rfind(b"\n", start, end) + 1 or waiting.find(b"\n", start) + 1
                self._stream.write(waiting[start:end])
                self._stream.flush()
                start = end


class _Stream:
    """Standard error for lines that may be lost: where they cannot be written, requests are answered all the same."""

    def write(self, text: str) -> None:
        """Write the text if that can be done."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Pass on what was written."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()


class _Handler(logging.StreamHandler[Any]):
    """Ours, which a second configuration replaces."""


def configure(level: int, *, is_json: bool) -> None:
    """Configure structlog, the standard library's logging and the last words of a process, on standard error."""
    global _lines  # like the configuration of structlog and logging, which is the process's too
    _lines = Lines(sys.stderr.buffer) if is_json and level <= logging.INFO else None
    stream: Any = _Stream()
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
        exception_formatter=structlog.dev.plain_traceback
    )
    if is_json:
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    for other in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(max(level, logging.INFO))
    # Clients and drivers tell at INFO of every request that they make.
    for name in ("httpx", "httpx2", "httpcore", "alembic", "opentelemetry"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(is_json)
    sys.excepthook = _json_excepthook if is_json else sys.__excepthook__


def write_line(log: Any, line: dict[str, Any]) -> None:
    """Write a line of the level INFO with its event and its timestamp; `log` is used where lines are for people."""
    if _lines is None:
        del line["timestamp"], line["level"]
        log.info(**line)
        return
    try:
        encoded = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a path with lone surrogates
        encoded = json.dumps(line).encode() + b"\n"
    _lines.add(encoded)


def flush_lines() -> None:
    """Write what waits to be written."""
    if _lines is not None:
        _lines.flush()


def wait_for_others() -> bool:
    """Whether lines are written several at a time."""
    return _lines is not None


def timestamp(now: float) -> str:
    """A time as log lines have it."""
    second = int(now)
    return _second(second) + _MILLISECONDS[int((now - second) * 1000)]


_MILLISECONDS = [f".{number:03}Z" for number in range(1000)]


@lru_cache(maxsize=2)
def _second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def say_cannot_start(reason: str, *, is_json: bool) -> None:
    """Tell on standard error why a process does not start, before or after logging is configured."""
    if is_json:
        line = {"timestamp": timestamp(time.time()), "level": "critical", "event": "cannot_start", "reason": reason}
        print(orjson.dumps(line).decode(), file=sys.stderr)
    else:
        print(f"Careergraph cannot start:\n{reason}", file=sys.stderr)


def _json_excepthook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, where)
        return
    text = "".join(traceback.format_exception(kind, error, where))
    line = {"timestamp": timestamp(time.time()), "level": "critical", "event": "ended_by_exception", "exception": text}
    print(orjson.dumps(line).decode(), file=sys.stderr)
