"""What the current request, operation or background task has done: its name, its caller and its statements.

Each has a `Work` in its context, which every layer adds to; what is started from it shares it. At the end
`watching.metrics` counts it, and the access log and the traces read it.
"""

from contextvars import ContextVar
from time import perf_counter
from typing import Any, NamedTuple

MAX_NAME = 64
"""The characters of an operation's name that are noted."""
MAX_SPANS = 500
"""The statements of one request that a trace shows; an export of 100,000 rows has more."""


class Statement(NamedTuple):
    """A statement that ran, by `time.perf_counter`."""

    sql: str
    began: float
    ended: float


class Work:
    """One unit of work. The defaults belong to the class, so that a new one costs next to nothing."""

    endpoint = "other"
    """The path of a route, or the template of an endpoint's path: never what a client wrote."""
    operation = ""
    """The type and the first root field of the GraphQL operation, as in `query viewer`; or a background task."""
    name: str | None = None
    """The operation's name in the client's document."""
    user_id: int | None = None
    code: str | None = None
    """The code of the first refusal or error."""
    statements = 0
    sql_seconds = 0.0
    spans: list[Statement] | None = None
    """The statements, while a trace is recorded."""

    executed_from = 0.0
    executed_to = 0.0
    """When the operation began and ended, by `time.perf_counter`."""

    def begins(self, operation: str, name: str | None) -> None:
        """The operation of this label and of this name begins."""
        self.operation = operation
        self.name = name[:MAX_NAME] if name else None
        self.executed_from = perf_counter()

    def ends(self) -> None:
        """The operation has ended; its reply remains to be written."""
        self.executed_to = perf_counter()

    def fields(self) -> dict[str, Any]:
        """What the log says of it, but for what there is not."""
        found = {"operation": self.operation, "name": self.name, "user": self.user_id, "code": self.code}
        return {name: value for name, value in found.items() if value}

    def spent(self) -> dict[str, float]:
        """What its statements took, for the log."""
        return {"statements": self.statements, "sql_milliseconds": round(self.sql_seconds * 1000, 1)}

    def refused(self, code: str) -> None:
        """Something was refused with this code; the first one counts."""
        if self.code is None:
            self.code = str(code)


BACKGROUND: dict[str, Work] = {}
"""The work outside of requests by its name, since the process began."""


def _background(name: str) -> Work:
    work = BACKGROUND[name] = Work()
    work.operation = name
    return work


_current: ContextVar[Work] = ContextVar("work", default=_background("background"))  # noqa: B039  # shared on purpose

current = _current.get
"""The work of this context; outside of requests that of the background."""
begin = _current.set
"""Make this the work of the context. A request has a context of its own, which ends with it."""


def forget_background() -> None:
    """Count nothing of what was done in the background so far: it was before the workers were forked."""
    for work in BACKGROUND.values():
        work.statements, work.sql_seconds = 0, 0.0


def run_as(name: str) -> None:
    """Count what the current task does from now on as the work of this background task."""
    begin(BACKGROUND.get(name) or _background(name))


def ran(sql: str, began: float) -> None:
    """A statement ran, or failed, since `began`."""
    ended = perf_counter()
    work = _current.get()
    work.statements += 1
    work.sql_seconds += ended - began
    if work.spans is not None and len(work.spans) < MAX_SPANS:
        work.spans.append(Statement(sql, began, ended))
