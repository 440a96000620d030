"""Log lines: for people in development, JSON in production; ours, and those of uvicorn, asyncio and the libraries.

A line of the access log is written without structlog, which takes as long as a tenth of a request. Values of our own
lines are chosen by us: none is a token, a password or what a person wrote.
"""

import contextlib
import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO

import orjson
import structlog

_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
_json_lines: BinaryIO | None = None
"""Where lines of the access log go as JSON; None while structlog renders them, or leaves them out."""


class _Handler(logging.StreamHandler[Any]):
    """Ours, which a second configuration replaces."""


def configure(level: int, *, is_json: bool) -> None:
    """Configure structlog, the standard library's logging and the last words of a process, on standard error."""
    global _json_lines  # like the configuration of structlog and logging, which is the process's too
    _json_lines = sys.stderr.buffer if is_json and level <= logging.INFO else None
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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = _Handler(sys.stderr)
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


def write_line(log: Any, event: str, fields: Mapping[str, Any]) -> None:
    """Write a line of the level INFO; `log` is used where lines are for people."""
    if _json_lines is None:
        log.info(event, **fields)
        return
    line = {"timestamp": datetime.now(UTC), "level": "info", "event": event, **fields}
    try:
        encoded = orjson.dumps(line, option=_OPTIONS)
    except TypeError:  # a path with lone surrogates
        encoded = json.dumps(line, default=str).encode() + b"\n"
    with contextlib.suppress(OSError, ValueError):  # who read the log is gone; requests are answered all the same
        _json_lines.write(encoded)
        _json_lines.flush()


def say_cannot_start(reason: str, *, is_json: bool) -> None:
    """Tell on standard error why a process does not start, before or after logging is configured."""
    if is_json:
        line = {"timestamp": datetime.now(UTC), "level": "critical", "event": "cannot_start", "reason": reason}
        print(orjson.dumps(line, option=orjson.OPT_UTC_Z).decode(), file=sys.stderr)
    else:
        print(f"Careergraph cannot start:\n{reason}", file=sys.stderr)


def _json_excepthook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, where)
        return
    line = {"timestamp": datetime.now(UTC), "level": "critical", "event": "ended_by_exception"}
    line["exception"] = "".join(traceback.format_exception(kind, error, where))
    print(orjson.dumps(line, option=orjson.OPT_UTC_Z).decode(), file=sys.stderr)
