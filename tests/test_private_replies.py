"""What no cache may keep, and what is made of the addresses and texts that clients send."""

import re

import httpx2
import pytest
from sqlalchemy import text
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from auth import clients
from models.db import Database
from resolvers.spreadsheets import harmless
from rest_compat.apis import DIALECTS
from tests.support.clients import Product

ENDPOINTS = [endpoint for dialect in DIALECTS for endpoint in dialect.endpoints]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_no_reply_of_any_endpoint_may_be_kept(product: Product) -> None:
    """With the administrator's token, with none and with a bad one, through each way that carries one."""
    administrator = await product.administrator()
    tokens: tuple[dict[str, str], ...] = (
        {},
        administrator.bearer,
        {"Authorization": "Bearer no", "X-auth-token": "no"},
    )
    assert len(ENDPOINTS) >= 86
    for endpoint in ENDPOINTS:
        path = re.sub(r"\{\w+\}", "1", endpoint.path)
        for headers in tokens:
            for method in (endpoint.method, "PATCH"):
                reply = await product.http.request(method, path, headers=headers)
                assert reply.headers.get_list("cache-control") == ["no-store"], (method, path)
    for method, path in (("POST", "/graphql"), ("GET", "/graphql?query={viewer{id}}"), ("GET", "/nowhere")):
        reply = await product.http.request(
            method, path, headers=administrator.bearer, json={"query": "{ viewer { id } }"}
        )
        assert reply.headers.get_list("cache-control") == ["no-store"], path


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%" + "z" * 40, "fe80::1"),
        ("fe80::1%" + "z" * 300, ""),
        ("x" * 300, ""),
        ("unknown", ""),
        ("192.0.2.7'; --", ""),
        ("0" * 60 + "1", ""),
    ],
)
async def test_an_address_is_parsed_before_it_is_stored(
    product: Product, database: Database, sent: str, stored: str
) -> None:
    administrator = await product.administrator()
    transport = httpx2.ASGITransport(app=ProxyHeadersMiddleware(product.app, "127.0.0.1"))  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url="http://careergraph.test") as http:
        reply = await http.post(
            "/graphql",
            json={"query": 'mutation { setExamDate(input: {date: "2026-12-20"}) { date errors { code } } }'},
            headers={**administrator.bearer, "X-Forwarded-For": sent},
        )

    assert reply.json() == {"data": {"setExamDate": {"date": "2026-12-20", "errors": []}}}
    row = await database.fetch_one(text("SELECT client, request_id FROM audit_events WHERE action = 'set_exam_date'"))
    assert row is not None
    assert (row.client, row.request_id) == (stored, reply.headers["x-request-id"])


def test_no_address_is_longer_than_its_column() -> None:
    longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
    assert clients.address(longest) == longest
    assert clients.address(None) == ""
    assert len(longest) <= clients.LONGEST


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("2031000001", "2031000001"),
        ("张三-李四", "张三-李四"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1+1", "' =1+1"),
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("＝1＋1", "'＝1＋1"),
    ],
)
def test_a_cell_is_no_formula(cell: str, written: str) -> None:
    assert harmless(cell) == written
