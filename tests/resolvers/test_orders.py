"""The orders of all lists, and the filters: what the databases do for them."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product as combinations
from typing import Any

import pytest

import resolvers
from models.db import Database
from models.db.prepared import preparer_for
from resolvers.loaders import FilteredPages, PagesByForeignKey
from resolvers.ordering import Shape
from resolvers.paging import Listing
from tests.support.plans import explained

VALUES: dict[str, Any] = {
    **dict.fromkeys(("after_id", "before_id", "size", "skipped", "viewer_id", "key", "most_scanned"), 1),
    **dict.fromkeys(("after_key", "before_key")),
    "asked": "[]",
    "now": datetime(2026, 1, 1, tzinfo=UTC),
}
SORTED = {
    ("resolvers.signing.applications", "of_handlers"): "those of one handler, who is found first",
}
"""The lists that PostgreSQL sorts, and what bounds them."""
OF_CLASSES = "resolvers.teaching.classes"
"""Its lists are those of one class, whose name is the key, and sort what they find of it."""


def lists() -> Iterator[tuple[str, str, Any]]:
    """Those of the whole business, by their modules and names."""
    for found in pkgutil.walk_packages(resolvers.__path__, "resolvers."):
        if found.name == OF_CLASSES:
            continue
        module = importlib.import_module(found.name)
        for name, each in vars(module).items():
            if isinstance(each, FilteredPages):
                each, _ = each.using(frozenset())
            if isinstance(each, Listing | PagesByForeignKey) and each.orders.__module__ == "resolvers.orders":
                yield found.name, name, each


def statements(database: Database, each: Any) -> Iterator[str]:
    """The SQL of a page in each order, from either end, before and after any row."""
    for order, ends in combinations(each.orders, ((False, True, False), (False, False, False), (True, False, True))):
        shape = Shape(order.value, *ends)
        if isinstance(each, Listing):
            found = [each.statement(frozenset(), shape)]
        else:
            pages = each.statements(shape)
            found = [pages.of_one, pages.on_sqlite if database.is_sqlite else pages.on_postgresql]
        for statement in found:
            given = dict(VALUES)
            if not database.is_sqlite:
                given["asked"] = [1]
            yield preparer_for(database.engine.dialect).bind(statement, given)[0].sql


@pytest.mark.usefixtures("migrated")
async def test_no_order_of_a_list_sorts_or_scans_a_table(database: Database) -> None:
    found = list(lists())
    assert len(found) > 30
    faults = []
    for module, name, each in found:
        for sql, steps in await explained(database, statements(database, each)):
            read = "scan" in steps or ("sort" in steps and (module, name) not in SORTED)
            faults += [(module, name, sql)] if read else []
    assert faults == [], "\n".join(map(str, faults))
