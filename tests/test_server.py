"""The server as a process: what it answers to anything at all, and to whom."""

import json
import re

import httpx2
import pytest

from tests.support.over_http import client_of, graphql
from tests.support.processes import Server

LIMIT = 2 * 1024 * 1024
VERSION = {"query": "{ version }"}
ASK_RESET = """
mutation { sendPasswordResetCode(input: {kind: EMAIL, address: "a@example.com"}) { accepted } }
"""


def test_it_says_that_it_lives_and_is_ready(server: Server) -> None:
    with client_of(server) as client:
        healthy, ready = client.get("/healthz"), client.get("/readyz")

    assert (healthy.status_code, healthy.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert healthy.headers["x-content-type-options"] == "nosniff"
    assert "server" not in healthy.headers


def test_its_metrics_count_requests(server: Server) -> None:
    def answered(client: httpx2.Client) -> float:
        metrics = client.get("/metrics")
        assert metrics.headers["content-type"].startswith("text/plain")
        found = re.search(
            r'^http_requests_total\{endpoint="other",method="PUT",operation="",status="404"\} (\S+)$',
            metrics.text,
            re.MULTILINE,
        )
        return float(found[1]) if found else 0

    with client_of(server) as client:
        before = answered(client)
        assert client.put("/nowhere").status_code == 404
        assert answered(client) == before + 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(body, id=name)
        for name, body in {
            "one": b"1",
            "null": b"null",
            "list": b"[1,2]",
            "empty list": b"[]",
            "batch": b'[{"query": "{ version }"}]',
            "text": b'"{ version }"',
            "true": b"true",
            "nothing": b"",
            "space": b" ",
            "broken": b'{"query": "{ version }"',
            "two": b'{"query": "{ version }"}{}',
            "NaN": b'{"query": "{ version }", "variables": {"a": NaN}}',
            "Infinity": b'{"query": "{ version }", "variables": {"a": Infinity}}',
            "surrogate": rb'{"query": "{ version }", "variables": {"a": "\ud800"}}',
            "surrogate in the query": rb'{"query": "{ version } # \udfff"}',
            "no UTF-8": b'{"query": "\xff"}',
            "UTF-16": '{"query": "{ version }"}'.encode("utf-16"),
            "deep": b'{"query": "{ version }", "variables": ' + b'{"a":' * 2000 + b"1" + b"}" * 2001,
            "deep list": b"[" * 100_000,
            "5,000 digits": b'{"query": "{ version }", "variables": {"a": ' + b"9" * 5000 + b"}}",
            "no query": b"{}",
            "null query": b'{"query": null}',
            "query is a number": b'{"query": 1}',
            "query is an object": b'{"query": {}}',
            "variables are a list": b'{"query": "{ version }", "variables": [1]}',
            "variables are a text": b'{"query": "{ version }", "variables": "{}"}',
            "operationName is a number": b'{"query": "{ version }", "operationName": 1}',
            "extensions are a list": b'{"query": "{ version }", "extensions": [1]}',
        }.items()
    ],
)
def test_a_body_that_is_no_operation_is_400_in_json(server: Server, body: bytes) -> None:
    with client_of(server) as client:
        response = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    (error,) = response.json()["errors"]
    assert error["message"]
    assert error["extensions"]["code"] in {"BAD_REQUEST", "BATCHING_NOT_SUPPORTED"}


@pytest.mark.parametrize("type_", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_type_is_refused_in_json(server: Server, type_: str) -> None:
    with client_of(server) as client:
        response = client.post("/graphql", content=b'{"query": "{ version }"}', headers={"Content-Type": type_})

    assert response.status_code == 415
    assert [error["extensions"] for error in response.json()["errors"]] == [{"code": "UNSUPPORTED_MEDIA_TYPE"}]


def test_a_query_may_be_asked_by_get_and_a_mutation_may_not(server: Server) -> None:
    with client_of(server) as client:
        query = client.get("/graphql", params={"query": "{ version }"}, headers={"Accept": "application/json"})
        mutation = client.get("/graphql", params={"query": ASK_RESET}, headers={"Accept": "application/json"})
        broken = client.get(
            "/graphql", params={"query": "{ version }", "variables": "1"}, headers={"Accept": "application/json"}
        )

    assert set(query.json()) == {"data"}
    assert (mutation.status_code, mutation.headers["allow"]) == (405, "POST")
    assert [error["extensions"] for error in mutation.json()["errors"]] == [{"code": "METHOD_NOT_ALLOWED"}]
    assert broken.status_code == 400
    assert [error["extensions"] for error in broken.json()["errors"]] == [{"code": "BAD_REQUEST"}]


@pytest.mark.parametrize("path", ["/graphql", "/api/v1/user/login", "/nowhere"])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
def test_a_body_over_two_megabytes_is_413(server: Server, path: str, declared: bool) -> None:
    body = json.dumps({"account": "x" * LIMIT, **VERSION}).encode()
    parts = (body[start : start + 65536] for start in range(0, len(body), 65536))
    with client_of(server) as client:
        response = client.post(path, content=body if declared else parts, headers={"Content-Type": "application/json"})
        # Nothing reads the body of an unknown path, so nothing knows how long one without a length is.
        unread = path == "/nowhere" and not declared
        assert response.status_code == (404 if unread else 413)
        assert isinstance(response.json(), dict)
        assert graphql(client, "{ version }")


def test_a_body_of_two_megabytes_is_answered(server: Server) -> None:
    empty = json.dumps({**VERSION, "extensions": {"padding": ""}})
    body = json.dumps({**VERSION, "extensions": {"padding": "x" * (LIMIT - len(empty))}}).encode()
    assert len(body) == LIMIT
    with client_of(server) as client:
        response = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert set(response.json()) == {"data"}
