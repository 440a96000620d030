"""OpenTelemetry traces over OTLP: a span for each request, its operation and its statements.

Spans are made when a request has ended, of the times that its work has noted, so that nothing of OpenTelemetry is
imported or called where no endpoint is configured. They hold names, never values.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from watching.work import Statement, Work

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import Tracer, TracerProvider

SHUTDOWN_SECONDS = 5
_VERB = re.compile(r"\s*(\w+)")
_PARTS = re.compile(r"[()]|\b(?:FROM|INTO|UPDATE|JOIN)\s+(?:\"?(\w+))?")
_CARRIED = {b"traceparent", b"tracestate"}

_tracing: "_Tracing | None" = None


class _Tracing:
    def __init__(self, provider: "TracerProvider", tracer: "Tracer") -> None:
        from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self.provider = provider
        self._tracer = tracer
        self._kinds = SpanKind
        self._failed = Status(StatusCode.ERROR)
        self._within = set_span_in_context
        self._extract = TraceContextTextMapPropagator().extract

    def record(
        self,
        work: Work,
        name: str,
        attributes: Mapping[str, Any],
        *,
        headers: list[tuple[bytes, bytes]],
        began: float,
        is_failed: bool,
    ) -> None:
        """Send the spans of a piece of work that ends now."""
        ended = time.perf_counter()
        offset = time.time_ns() - int(ended * 1e9)

        def at(moment: float) -> int:
            return int(moment * 1e9) + offset

        carrier = {key.decode(): value.decode("latin-1") for key, value in headers if key in _CARRIED}
        parent = self._extract(carrier) if carrier else None
        kept = {key: value for key, value in attributes.items() if value not in (None, "")}
        root = self._tracer.start_span(name, parent, self._kinds.SERVER, kept, start_time=at(began))
        if root.is_recording():
            around = inside = self._within(root)
            executed_to = work.executed_to or ended
            if work.operation:
                kind, _, _field = work.operation.partition(" ")
                about = {"graphql.operation.type": kind, "graphql.operation.name": work.name or ""}
                operation = self._tracer.start_span(
                    work.operation, around, attributes=about, start_time=at(work.executed_from)
                )
                inside = self._within(operation)
                operation.end(at(executed_to))
            for each in work.spans or ():
                is_inside = work.operation and work.executed_from <= each.began < executed_to
                self._statement(each, inside if is_inside else around, at(each.began), at(each.ended))
            if is_failed:
                root.set_status(self._failed)
        root.end(at(ended))

    def _statement(self, statement: Statement, around: "Context", began: int, ended: int) -> None:
        verb, table = _VERB.match(statement.sql), _table(statement.sql)
        name = verb[1].upper() if verb else "SQL"
        attributes = {"db.operation.name": name}
        if table:
            attributes["db.collection.name"] = table
        shown = f"{name} {table}" if table else name
        span = self._tracer.start_span(shown, around, self._kinds.CLIENT, attributes, start_time=began)
        span.end(ended)


def _table(sql: str) -> str | None:
    """The table of the outermost FROM, or of the selection which that reads; else the first that is named."""
    depth = wanted = 0
    first: str | None = None
    for part in _PARTS.finditer(sql):
        if part[0] == "(":
            depth += 1
        elif part[0] == ")":
            depth -= 1
        elif depth == wanted:
            if part[1]:
                return part[1]
            wanted += 1
        first = first or part[1]
    return first


def are_recorded() -> bool:
    """Whether requests have to note their statements."""
    return _tracing is not None


def record_request(work: Work, scope: Mapping[str, Any], method: str, status: int, began: float) -> None:
    """Send the trace of an HTTP request that has ended."""
    if _tracing is None:
        return
    attributes = {
        "http.request.method": method,
        "http.route": work.endpoint,
        "http.response.status_code": status,
        "careergraph.request_id": scope["request_id"],
        "user.id": None if work.user_id is None else str(work.user_id),
        "error.type": work.code,
    }
    name = f"{method} {work.endpoint}"
    _tracing.record(work, name, attributes, headers=scope["headers"], began=began, is_failed=status >= 500)


def record_socket_operation(work: Work, scope: Mapping[str, Any], began: float) -> None:
    """Send the trace of an operation over WebSocket that has ended."""
    if _tracing is None:
        return
    attributes = {
        "http.route": work.endpoint,
        "careergraph.request_id": scope["request_id"],
        "user.id": None if work.user_id is None else str(work.user_id),
        "error.type": work.code,
    }
    is_failed = work.code is not None
    _tracing.record(
        work, f"WEBSOCKET {work.endpoint}", attributes, headers=scope["headers"], began=began, is_failed=is_failed
    )


@asynccontextmanager
async def recording(endpoint: str, *, service: str, environment: str, version: str) -> AsyncIterator[None]:
    """While the block runs, traces go to the URL `endpoint`, if there is one.

    The sender has a thread, so this belongs after the fork. Headers, time limits, sampling and the like are read by
    OpenTelemetry from its own variables.
    """
    global _tracing  # asked for at each request
    if not endpoint:
        yield
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    about = {"service.name": service, "service.version": version, "deployment.environment.name": environment}
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    _tracing = _Tracing(provider, provider.get_tracer("careergraph"))  # type: ignore[arg-type]
    try:
        yield
    finally:
        _tracing = None
        await asyncio.to_thread(provider.force_flush, SHUTDOWN_SECONDS * 1000)
        await asyncio.to_thread(provider.shutdown)
