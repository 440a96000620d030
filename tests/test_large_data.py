"""On much data: no call reads a table from end to end, and what cannot be found by an index is bounded."""

import pytest

from benchmarks.large.calling import requests
from benchmarks.large.data import fill
from models.db import Database
from models.settings import Settings
from resolvers import paging
from resolvers.scope import Services
from tests.support.clients import Clock, Product
from tests.support.plans import faults_of
from tests.support.statements import counted

USERS = 1000


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    ("sql", "faults"),
    [
        ("SELECT location FROM clock_ins", [("clock_ins", "scan")]),
        ("SELECT count(*) FROM posts WHERE title = 'x'", [("posts", "scan")]),
        ("SELECT p.title FROM posts AS p WHERE p.title = 'x'", [("posts", "scan")]),
        ("SELECT title FROM posts WHERE id = 1", []),
        ("SELECT name FROM levels_of_nothing", None),
    ],
)
async def test_a_scan_is_noticed(database: Database, sql: str, faults: list[tuple[str, str]] | None) -> None:
    if faults is None:
        with pytest.raises(Exception, match="levels_of_nothing"):
            await faults_of(database, [sql])
        return
    assert [(fault.table, fault.how) for fault in await faults_of(database, [sql])] == faults


async def test_no_call_scans_a_table(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    services = Services.from_settings(settings, clock)
    await fill(services, settings, users=USERS)
    causes: dict[str, str] = {}
    failed = []
    # An operation as everybody in turn, while its plan is kept; there are more operations than plans are kept of.
    for request in sorted(requests(services), key=lambda each: each.json["query"] if each.path == "/graphql" else ""):
        with counted() as statements:
            response = await request.send(product.http)
        causes |= {sql: f"{request.group}: {request.name}" for sql in statements if sql not in causes}
        if request.path == "/graphql" and "INTERNAL_ERROR" in response.text:
            failed.append(request.name)
    await services.close()

    faults = await faults_of(database, causes)

    assert failed == []
    assert len(causes) > 300
    assert [(fault.table, fault.how, causes[fault.sql]) for fault in faults] == []


async def test_a_list_looks_at_no_more_rows_than_it_says(
    product: Product, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = Services.from_settings(settings, clock)
    await fill(services, settings, users=USERS)
    await services.close()
    administrator = await product.administrator()
    query = '{ users(first: 1, filter: {nameContains: "学生"}) { totalCount nodes { name } } }'
    whole = await product.data(query, person=administrator)

    monkeypatch.setattr(paging, "MAX_SCANNED", 100)
    bounded = await product.data(query.replace("学生", "生"), person=administrator)

    assert whole["users"]["totalCount"] == USERS
    assert bounded["users"]["totalCount"] == 99  # and the administrator, who is none of them
