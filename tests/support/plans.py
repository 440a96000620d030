"""How a database carries out statements: which of them read a table from end to end, or sort what may be long."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from models.database_url import connection_options
from models.db import Database
from models.db.sqlite.connections import connect

MADE = frozenset({"asked", "page", "held", "CONSTANT", "anon_1"})
"""What statements name the keys that they are sent, and what they made of them: as short as what was asked for."""
BELOW = "below_"
"""Begins the names of what a row leads to, in statements that make replies: a row, or a page."""
COUNTED = frozenset(
    {
        *("attended", "expected", "counted", "joined", "first_days", "spans", "sent", "names"),
        *("of_users", "streaks", "streaking", "either", "aimed_at"),
        *("batches", "of_feeds", "contacted", "shown"),
    }
)
"""What statistics make of the rows that they found by an index, and count."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with a plan: the table that is read, and how."""

    table: str
    how: str
    sql: str


SMALL = frozenset(
    {
        *("dictionary_entries", "settings", "credit_rules", "levels", "row_totals", "audit_heads"),
        # An administrator adds each by hand.
        *("handlers", "contracts"),
    }
)
"""The tables that stay small."""
BOUNDED: Mapping[tuple[str, str], str] = {
    ("scanned", "scan"): "steps over ids up to `MAX_SCANNED`, where a list looks at each row",
    ("recommendations", "sort"): "a feed has at most 500 recommendations, `matches.KEPT`",
    ("packages", "sort"): "the packages of one recruiter, each granted by an administrator",
    ("feeds", "sort"): "the same, of the feeds of a page",
    ("sign_applications", "sort"): "those of the one person with an id number, who has one open application at a time",
    ("credentials", "sort"): "the user of a union id or else of an open id: a row of each kind at most",
    ("known_networks", "sort"): "those of one user, `networks.MAX_KNOWN` and the one that comes to them",
}
"""What reads or sorts a part of a table without an index, and what bounds the part."""


async def faults_of(database: Database, statements: Iterable[str]) -> list[Fault]:
    """What is wrong with the plans of statements, but for what is bounded.

    Statements without a plan of their own, such as BEGIN, are passed over.
    """
    wanted = [sql for sql in dict.fromkeys(statements) if _HAS_PLAN.match(sql)]
    found = _on_sqlite(database.sqlite_path, wanted) if database.is_sqlite else await _on_postgresql(database, wanted)
    return sorted({fault for fault in found if fault.table not in SMALL and (fault.table, fault.how) not in BOUNDED})


_HAS_PLAN = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


def _on_sqlite(path: str, statements: Sequence[str]) -> list[Fault]:
    found = []
    with closing(connect(path, ())) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for sql in statements:
            nulls = [None] * len(_PLACES.findall(_TEXTS.sub("", sql)))
            rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", nulls).fetchall()
            aliases = _aliases(sql, tables)
            faults = _faults_on_sqlite([(row[1], row[3]) for row in rows], aliases)
            is_grouped = _IS_GROUPED.search(sql) is not None
            found += [Fault(table, how, sql) for table, how in faults if not (is_grouped and how == "sort")]
    return found


_IS_GROUPED = re.compile(r"\bAS (counted|aimed_at|streaks)\b|\busers\.class_name = ")
"""Statistics, which sort what they group, and pages of what the students of one class did."""
_TEXTS = re.compile(r"'(?:[^']|'')*'")
_PLACES = re.compile(r"\?")
_SCAN = re.compile(r"SCAN (\w+)")
_SEARCH = re.compile(r"SEARCH (\w+) ")


def _aliases(sql: str, tables: set[str]) -> Mapping[str, str]:
    """The table behind each name that a statement gives one."""
    named = re.findall(r"\b(\w+) (?:AS )?(\w+)\b", sql)
    return {alias: table for table, alias in named if table in tables and alias not in tables}


def _faults_on_sqlite(plan: Sequence[tuple[int, str]], aliases: Mapping[str, str]) -> list[tuple[str, str]]:
    """Those of the steps of a plan, each with the number of what it is part of."""
    faults = []
    parts: dict[int, list[str]] = {}
    for part, step in plan:
        read = parts.setdefault(part, [])
        if scanned := _SCAN.match(step):
            name = aliases.get(scanned.group(1), scanned.group(1))
            read.append(name)
            if "VIRTUAL TABLE" not in step and name not in MADE | COUNTED and not name.startswith(BELOW):
                faults.append((name, "scan"))
        elif searched := _SEARCH.match(step):
            read.append(aliases.get(searched.group(1), searched.group(1)))
            if "AUTOMATIC" in step and read[-1] not in COUNTED:
                faults.append((read[-1], "an index made for the statement"))
        elif step.startswith("USE TEMP B-TREE") and read and read[0] not in MADE and not read[0].startswith(BELOW):
            faults.append((read[0], "sort"))
    return faults


_INDEXES_ONLY = {
    "plan_cache_mode": "force_generic_plan",  # the plan for any values
    "jit": "off",
    # What is left goes through an index, wherever there is one that serves the statement.
    **dict.fromkeys(
        ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin"), "off"
    ),
}
_COUNT = "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'explained'"


async def _on_postgresql(database: Database, statements: Sequence[str]) -> list[Fault]:
    found = []
    options = {**connection_options(database._url), "server_settings": _INDEXES_ONLY}
    connection = await asyncpg.connect(**options)
    try:
        for sql in statements:
            # The words of an index are found by a bitmap alone.
            await connection.execute(f"SET enable_bitmapscan = {'on' if '@>' in sql else 'off'}")
            await connection.execute(f"PREPARE explained AS {sql}")
            count = await connection.fetchval(_COUNT)
            nulls = f"({', '.join(['NULL'] * count)})" if count else ""
            plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE explained{nulls}")
            await connection.execute("DEALLOCATE explained")
            found += [Fault(table, how, sql) for table, how in _faults_on_postgresql(orjson.loads(plan)[0]["Plan"])]
    finally:
        await connection.close()
    return found


def _faults_on_postgresql(node: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The tables that no index opens to the statement.

    Which of several indexes is taken depends on how much data there is, and is seen by measuring.
    """
    faults = [(node["Relation Name"], "scan")] if node["Node Type"] == "Seq Scan" else []
    return faults + [fault for below in node.get("Plans", ()) for fault in _faults_on_postgresql(below)]


async def explained(database: Database, statements: Iterable[str]) -> list[tuple[str, set[str]]]:
    """Which statements sort rows, or read a table without an index; an index that is walked in its order is none."""
    wanted = list(dict.fromkeys(statements))
    found = []
    if database.is_sqlite:
        with closing(connect(database.sqlite_path, ())) as connection:
            for sql in wanted:
                nulls = [None] * len(_PLACES.findall(_TEXTS.sub("", sql)))
                steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", nulls)]
                read = [match.group(1) for step in steps if (match := re.match(r"(?:SCAN|SEARCH) (\w+)", step))]
                sorts = any(step.startswith("USE TEMP B-TREE") for step in steps) and read[0] not in MADE
                found.append((sql, {"sort"} if sorts else set()))
        return found
    options = {**connection_options(database._url), "server_settings": _INDEXES_ONLY}
    connection = await asyncpg.connect(**options)
    try:
        for sql in wanted:
            await connection.execute(f"PREPARE explained AS {sql}")
            count = await connection.fetchval(_COUNT)
            places = f"({', '.join(['NULL'] * count)})" if count else ""
            plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE explained{places}")
            await connection.execute("DEALLOCATE explained")
            found.append((sql, set(_steps_on_postgresql(orjson.loads(plan)[0]["Plan"], is_page=True))))
    finally:
        await connection.close()
    return found


def _steps_on_postgresql(node: Mapping[str, Any], *, is_page: bool) -> Iterator[str]:
    """The sorts and scans; what sorts the pages of several keys, once they are read, is none."""
    below = node.get("Plans", ())
    is_of_pages = is_page and node["Node Type"] == "Sort" and any(each["Node Type"] == "Nested Loop" for each in below)
    if "Sort" in node["Node Type"] and not is_of_pages:
        yield "sort"
    if node["Node Type"] == "Seq Scan" and node["Relation Name"] not in SMALL:
        yield "scan"
    for each in below:
        yield from _steps_on_postgresql(each, is_page=False)
