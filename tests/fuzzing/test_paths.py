"""Paths with characters that nobody expects keep the envelope of their API, on a real server."""

import re
import socket
from urllib.parse import urlsplit

import orjson
import pytest

from rest_compat.apis import DIALECTS
from tests.support.processes import Server

STRANGE = (
    "%0D%0A",
    "1%0A",
    "%0A1",
    "%00",
    "%FF%FE",
    "%ED%A0%80",
    "%E2%80%AE",
    "%2F..%2F",
    "%",
    "%zz",
    "9" * 5000,
    "%3F",
)
TEMPLATES = sorted(
    {
        (dialect.name, endpoint.method, endpoint.path)
        for dialect in DIALECTS
        for endpoint in dialect.endpoints
        if endpoint.route
    }
)
ENVELOPES = {
    "work_progress": {"code", "msg", "data"},
    "attendance": {"code", "msg", "data"},
    "developer_platform": {"status_code", "message"},
    "sign_cloud": {"status", "msg", "data"},
    "hr_feeds": {"status", "msg"},
}
PREFIXES = {dialect.name: dialect.prefixes[0] for dialect in reversed(DIALECTS)}


def answered(server: Server, method: str, path: bytes) -> tuple[int, dict[str, object]]:
    """The status and the JSON body that a path is answered with, sent as it is."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), 30) as connection:
        connection.sendall(b"%b %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % (method.encode(), path))
        reply = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = reply.partition(b"\r\n\r\n")
    return int(head.split()[1]), orjson.loads(body)


@pytest.mark.parametrize("value", [pytest.param(value, id=value[:10]) for value in STRANGE])
def test_what_a_path_holds_keeps_the_envelope(server: Server, value: str) -> None:
    for dialect, method, template in TEMPLATES:
        status, body = answered(server, method, re.sub(r"\{\w+\}", value, template).encode())

        assert status < 500, (template, body)
        assert set(body) >= ENVELOPES[dialect], (template, body)


@pytest.mark.parametrize("value", [pytest.param(value, id=value[:10]) for value in STRANGE if value != "%3F"])
@pytest.mark.parametrize("dialect", ENVELOPES)
def test_a_path_of_nothing_keeps_it_too(server: Server, dialect: str, value: str) -> None:
    status, body = answered(server, "GET", f"{PREFIXES[dialect]}/nothing/{value}".encode())

    assert status < 500
    assert set(body) >= ENVELOPES[dialect]
