"""How a database carries out statements: which of them read a table from end to end, or sort what may be long."""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from models.db import Database

_UNBOUNDED = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with a plan: the table that is read, and how."""

    table: str
    how: str
    sql: str


async def faults_of(database: Database, statements: Iterable[str], *, small: Iterable[str]) -> list[Fault]:
    """What is wrong with the plans of statements, but for the tables that stay small.

    Statements without a plan of their own, such as BEGIN, are passed over.
    """
    wanted = [sql for sql in dict.fromkeys(statements) if _HAS_PLAN.match(sql)]
    found = _on_sqlite(database.sqlite_path, wanted) if database.is_sqlite else await _on_postgresql(database, wanted)
    return sorted({fault for fault in found if fault.table not in small})


_HAS_PLAN = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


def _on_sqlite(path: str, statements: Sequence[str]) -> list[Fault]:
    found = []
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for sql in statements:
            nulls = [None] * len(_PLACES.findall(_TEXTS.sub("", sql)))
            rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", nulls).fetchall()
            aliases = _aliases(sql, tables)
            found += [Fault(table, how, sql) for table, how in _faults_on_sqlite([row[3] for row in rows], aliases)]
    return found


_TEXTS = re.compile(r"'(?:[^']|'')*'")
_PLACES = re.compile(r"\?")
_SCAN = re.compile(r"SCAN (\w+)(?! VIRTUAL)")
_SEARCH = re.compile(r"SEARCH (\w+) ")


def _aliases(sql: str, tables: set[str]) -> Mapping[str, str]:
    """The table behind each name that a statement gives one."""
    named = re.findall(r"\b(\w+) (?:AS )?(\w+)\b", sql)
    return {alias: table for table, alias in named if table in tables and alias not in tables}


def _faults_on_sqlite(plan: Sequence[str], aliases: Mapping[str, str]) -> list[tuple[str, str]]:
    faults = []
    read = []
    for step in plan:
        if (scanned := _SCAN.match(step)) and "VIRTUAL TABLE" not in step:
            name = aliases.get(scanned.group(1), scanned.group(1))
            faults.append((name, "scan"))
        elif searched := _SEARCH.match(step):
            read.append(aliases.get(searched.group(1), searched.group(1)))
        elif "AUTOMATIC" in step:
            faults.append((read[-1] if read else "", "an index made for the statement"))
        elif step.startswith("USE TEMP B-TREE"):
            faults.append((read[0] if read else "", step.lower()))
    return faults


async def _on_postgresql(database: Database, statements: Sequence[str]) -> list[Fault]:
    found = []
    connection = await asyncpg.connect(database.engine.url.render_as_string(hide_password=False).replace("+asyncpg", ""))
    try:
        # The plan for any values, and tables are scanned only where there is no other way.
        for setting in ("plan_cache_mode = force_generic_plan", "enable_seqscan = off", "jit = off"):
            await connection.execute(f"SET {setting}")
        for sql in statements:
            await connection.execute(f"PREPARE explained AS {sql}")
            count = await connection.fetchval("SELECT cardinality(parameter_types) FROM pg_prepared_statements")
            nulls = f"({', '.join(['NULL'] * count)})" if count else ""
            plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE explained{nulls}")
            await connection.execute("DEALLOCATE explained")
            found += [Fault(table, how, sql) for table, how in _faults_on_postgresql(orjson.loads(plan)[0]["Plan"])]
    finally:
        await connection.close()
    return found


def _faults_on_postgresql(node: Mapping[str, Any], *, is_bounded: bool = False) -> list[tuple[str, str]]:
    kind = node["Node Type"]
    faults = []
    table = node.get("Relation Name", "")
    if kind == "Seq Scan":
        faults.append((table, "scan"))
    elif kind in ("Index Scan", "Index Only Scan"):
        condition = node.get("Index Cond", "")
        if " = " not in condition and not is_bounded:
            faults.append((table, "scan of an index"))
        elif " = " not in condition and "Filter" in node:
            faults.append((table, "scan in order, filtered"))
    elif kind == "Bitmap Index Scan" and " = " not in node.get("Index Cond", ""):
        faults.append((node["Index Name"], "scan of an index"))
    elif kind in ("Sort", "Incremental Sort"):
        faults.append((_first_table(node), "sort"))
    inner = is_bounded or kind == "Limit"
    for below in node.get("Plans", ()):
        faults += _faults_on_postgresql(below, is_bounded=inner and kind not in ("Sort", "Aggregate", "Hash"))
    return faults


def _first_table(node: Mapping[str, Any]) -> str:
    if "Relation Name" in node:
        return str(node["Relation Name"])
    return next((name for below in node.get("Plans", ()) if (name := _first_table(below))), "")
