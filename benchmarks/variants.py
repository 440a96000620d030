"""The servers that are compared, as data: how each is started and what it can answer."""

import importlib.util
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.calls import ADD, ALL_POSTS, FIRST_PAGE, KEYSET_PAGE, PACED_SEARCH, POSTS, SCAN, SEARCH, VIEWER
from benchmarks.processes import ROOT

NODE = ROOT / "benchmarks" / "peers" / "node"
POSTGRAPHILE = ROOT / "benchmarks" / "peers" / "postgraphile"
NODE_22 = POSTGRAPHILE / "node_modules" / "node" / "bin" / "node"
"""PostGraphile needs it, the other servers from npm do not."""
SQLITE = "SQLite"
POSTGRESQL = "PostgreSQL"
SMALL, MEDIUM, LARGE = 10_000, 200_000, 5_000_000
"""The numbers of clock-ins."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A server. `extra` names the Python package that it needs besides the product's, `built` what there is once its
    packages from npm are installed.

    `beside` names a call that it answers again and again while it is measured at others. `asked` names the calls that
    are put to it in other words, and those words.
    """

    key: str
    title: str
    command: tuple[str, ...]
    answers: frozenset[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    database: str = SQLITE
    clock_ins: int = SMALL
    extra: str = ""
    built: Path | None = None
    beside: str | None = None
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def dataset(self) -> tuple[str, int]:
        """The database that it runs on: its kind and how many clock-ins there are."""
        return self.database, self.clock_ins

    @property
    def missing(self) -> str | None:
        """What this machine lacks to run it, or None."""
        if self.extra and importlib.util.find_spec(self.extra) is None:
            return f"{self.extra} is not installed: make bench installs it"
        if self.command[0] == "node" and shutil.which("node") is None:
            return "Node.js is missing"
        if self.built is not None and not self.built.exists():
            return "its packages are not installed: make bench installs them where there is npm"
        return None


_PRODUCT = frozenset({SEARCH, VIEWER, POSTS, ADD, FIRST_PAGE, KEYSET_PAGE})
_READS = frozenset({SEARCH, VIEWER, POSTS})
_PAGES = frozenset({SEARCH, FIRST_PAGE, KEYSET_PAGE})


def _ours(
    key: str,
    title: str,
    answers: frozenset[str],
    *,
    database: str = SQLITE,
    clock_ins: int = SMALL,
    beside: str | None = None,
    **environment: str,
) -> Variant:
    command = (sys.executable, "server.py")
    return Variant(key, f"Careergraph{title}", command, answers, environment, database, clock_ins, beside=beside)


def _python(key: str, title: str, module: str, answers: set[str], *arguments: str, extra: str = "") -> Variant:
    command = (sys.executable, "-m", f"benchmarks.peers.{module}", *arguments)
    return Variant(key, title, command, frozenset(answers), extra=extra)


def _node(key: str, title: str, file: str, answers: set[str]) -> Variant:
    command = ("node", str(NODE / file))
    built = NODE / "node_modules" / "better-sqlite3" / "build"
    return Variant(key, title, command, frozenset(answers), {"NODE_ENV": "production"}, built=built)


def _postgraphile() -> Variant:
    return Variant(
        "postgraphile",
        "PostGraphile on PostgreSQL",
        (str(NODE_22), str(POSTGRAPHILE / "server.js")),
        frozenset({POSTS}),
        {"NODE_ENV": "production", "GRAPHILE_ENV": "production"},
        POSTGRESQL,
        built=NODE_22,
        asked={POSTS: ALL_POSTS},
    )


VARIANTS = {
    variant.key: variant
    for variant in (
        _ours("ours", "", _PRODUCT),
        _ours("interpreted", " without the compiled executor", _READS | {ADD}, COMPILED_EXECUTOR="0"),
        _ours("two-workers", " with 2 workers", _READS, WORKERS="2"),
        _ours("postgresql", " on PostgreSQL", _READS, database=POSTGRESQL),
        _ours("medium", f" with {MEDIUM:,} clock-ins", _PAGES | {PACED_SEARCH, SCAN}, clock_ins=MEDIUM),
        _ours("scanning", " that scans meanwhile", frozenset({PACED_SEARCH}), clock_ins=MEDIUM, beside=SCAN),
        _ours("large", f" with {LARGE:,} clock-ins", _PAGES, clock_ins=LARGE),
        _python("handwritten", "handwritten Starlette", "handwritten", {SEARCH, VIEWER, POSTS, ADD}),
        _python("strawberry", "plain Strawberry", "strawberry_plain", {VIEWER, POSTS}),
        _python(
            "strawberry-caches", "plain Strawberry with its caches", "strawberry_plain", {VIEWER, POSTS}, "--caches"
        ),
        _python("strawberry-orm", "plain Strawberry with the ORM", "strawberry_orm", {VIEWER}),
        _python("fastapi", "FastAPI with SQLModel", "fastapi_sqlmodel", {SEARCH}, extra="fastapi"),
        _python("ariadne", "Ariadne", "ariadne_posts", {POSTS}, extra="ariadne"),
        _node("mercurius", "Mercurius with JIT", "mercurius.js", {VIEWER, POSTS}),
        _node("apollo", "Apollo Server", "apollo.js", {VIEWER, POSTS}),
        _node("sofa", "sofa-api", "sofa.js", {SEARCH}),
        _postgraphile(),
    )
}
