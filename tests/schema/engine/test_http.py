"""GraphQL over HTTP: what the audits do not ask, and whatever another site could make a browser send."""

import json
import socket
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from schema.engine.errors import REQUEST_ERRORS, RequestErrorCode
from schema.engine.http.media_types import GRAPHQL_RESPONSE, JSON, body_type, reply_type
from tests.support.over_http import client_of, graphql, signed_in
from tests.support.processes import Server

VERSION = "{ version }"
CREATE = 'mutation { createPost(input: {title: "别站", content: "文"}) { post { id } errors { code } } }'
PREFLIGHT = {"Apollo-Require-Preflight": "true"}
LIMIT = 2 * 1024 * 1024


@pytest.fixture
def client(server: Server) -> Iterator[httpx2.Client]:
    with client_of(server) as client:
        yield client


def asked(client: httpx2.Client, query: str, accept: str, **parameters: Any) -> tuple[int, str, dict[str, Any]]:
    """The status, the media type and the body of a reply."""
    response = client.post("/graphql", json={"query": query, **parameters}, headers={"Accept": accept})
    return response.status_code, response.headers["content-type"], response.json()


def codes(reply: Mapping[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in reply["errors"]]


@pytest.mark.parametrize(
    ("accept", "type_"),
    [
        ("", JSON),
        (" ", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (GRAPHQL_RESPONSE.upper(), GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, {JSON};q=0.9", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE};q=0.9", JSON),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8 ; Q=0.5, */*;q=0.1", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0, */*", JSON),
        (f"{JSON};q=0, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
        (f"{JSON};q=nonsense", JSON),
        (f"{JSON};q=0", None),
        ("application/*;q=0", None),
        ("text/html", None),
        ("text/event-stream", None),
        ("nonsense", None),
        (",;,=;q=q", None),
    ],
)
def test_who_names_the_new_media_type_gets_it(accept: str, type_: str | None) -> None:
    assert reply_type(accept) == type_


@pytest.mark.parametrize(
    ("content_type", "type_"),
    [
        ("application/json", JSON),
        ("Application/JSON; charset=UTF-8", JSON),
        ('application/json; charset="utf8"', JSON),
        ("application/json; charset=utf-16", None),
        ("application/json; charset=gbk; x=y", None),
        ("application/jsonp", "application/jsonp"),
        ("text/plain; application/json", "text/plain"),
        ("", ""),
    ],
)
def test_a_body_is_utf_8(content_type: str, type_: str | None) -> None:
    assert body_type(content_type) == type_


REFUSED = {
    "{": "GRAPHQL_PARSE_FAILED",
    "": "GRAPHQL_PARSE_FAILED",
    "{ nonsense }": "GRAPHQL_VALIDATION_FAILED",
    "query ($n: Int!) { posts(first: $n) { totalCount } }": "GRAPHQL_VALIDATION_FAILED",
    "query A { version } query B { version }": "OPERATION_RESOLUTION_FAILURE",
    "fragment A on Query { version }": "OPERATION_RESOLUTION_FAILURE",
    "subscription { notificationReceived { id } }": "OPERATION_NOT_SUPPORTED",
    "{ version " * 30 + "}" * 30: "OPERATION_TOO_LARGE",
}


@pytest.mark.parametrize("query", REFUSED)
def test_what_does_not_run_is_400_only_where_the_media_type_says_so(client: httpx2.Client, query: str) -> None:
    old_status, old_type, old_reply = asked(client, query, JSON)
    status, type_, reply = asked(client, query, GRAPHQL_RESPONSE)

    assert (old_status, old_type) == (200, f"{JSON}; charset=utf-8")
    assert (status, type_) == (400, f"{GRAPHQL_RESPONSE}; charset=utf-8")
    assert set(old_reply) == set(reply) == {"errors"}
    assert codes(old_reply) == codes(reply) == [REFUSED[query]]


def test_a_field_that_fails_is_part_of_a_result(client: httpx2.Client) -> None:
    for query, data in (
        ("{ version: viewer { id } }", {"version": None}),
        ("{ posts(first: 101) { totalCount } }", None),
    ):
        status, _, reply = asked(client, query, GRAPHQL_RESPONSE)

        assert status == 200
        assert reply["data"] == data
        assert reply["errors"][0]["path"]


def test_the_name_says_which_of_several_operations_runs(client: httpx2.Client) -> None:
    document = "query A { a: __typename } query B { b: __typename } mutation C { c: __typename }"

    assert asked(client, document, JSON, operationName="A")[2] == {"data": {"a": "Query"}}
    assert asked(client, document, JSON, operationName="B")[2] == {"data": {"b": "Query"}}
    assert asked(client, document, JSON, operationName="C")[2] == {"data": {"c": "Mutation"}}
    for name in ("D", "a", None, ""):
        assert codes(asked(client, document, JSON, operationName=name)[2]) == ["OPERATION_RESOLUTION_FAILURE"]
    assert codes(asked(client, VERSION, JSON, operationName="A")[2]) == ["OPERATION_RESOLUTION_FAILURE"]


def test_variables_that_do_not_fit_are_told_and_nothing_runs(client: httpx2.Client) -> None:
    query = "query ($n: Int!) { version posts(first: $n) { totalCount } }"

    values: list[object] = ["5", 5.5, 1e30, [1], {}, None, True, "x" * 10_000]
    for value in values:
        status, _, reply = asked(client, query, GRAPHQL_RESPONSE, variables={"n": value})

        assert status == 400
        assert set(reply) == {"errors"}
        assert set(codes(reply)) == {"GRAPHQL_VALIDATION_FAILED"}


def test_what_cannot_be_accepted_is_406(client: httpx2.Client) -> None:
    response = client.post("/graphql", json={"query": VERSION}, headers={"Accept": "text/html"})

    assert response.status_code == 406
    assert response.headers["content-type"] == f"{JSON}; charset=utf-8"
    assert codes(response.json()) == ["NOT_ACCEPTABLE"]


def test_what_is_accepted_may_stand_in_several_headers(client: httpx2.Client) -> None:
    for accepted, type_ in (
        (["text/html", GRAPHQL_RESPONSE], GRAPHQL_RESPONSE),
        ([f"{GRAPHQL_RESPONSE};q=0.1", "text/html", JSON], JSON),
        (["text/html", "image/*"], None),
    ):
        response = client.post(
            "/graphql", json={"query": VERSION}, headers=httpx2.Headers([("Accept", each) for each in accepted])
        )

        assert response.headers["content-type"] == f"{type_ or JSON}; charset=utf-8"
        assert response.status_code == (200 if type_ else 406)


@pytest.mark.parametrize("rest", ["", ", text/html" * 1000], ids=["short", "long"])
def test_a_type_is_found_among_many_each_time(client: httpx2.Client, rest: str) -> None:
    for _ in range(2):
        assert asked(client, VERSION, GRAPHQL_RESPONSE + rest)[:2] == (200, f"{GRAPHQL_RESPONSE}; charset=utf-8")
        assert asked(client, VERSION, f"{JSON}{rest}")[:2] == (200, f"{JSON}; charset=utf-8")
        assert asked(client, VERSION, f"text/plain{rest}")[0] == 406


def test_a_body_may_come_in_pieces(client: httpx2.Client) -> None:
    body = json.dumps({"query": VERSION}).encode()
    pieces = (body[start : start + 3] for start in range(0, len(body), 3))

    response = client.post("/graphql", content=pieces, headers={"Content-Type": JSON})

    assert set(response.json()) == {"data"}


def test_of_two_types_of_a_body_the_first_counts(client: httpx2.Client) -> None:
    for types, status in (((JSON, "text/plain"), 200), (("text/plain", JSON), 415)):
        headers = httpx2.Headers([("Content-Type", each) for each in types])

        assert client.post("/graphql", content=json.dumps({"query": VERSION}), headers=headers).status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "QUERY"])
def test_other_methods_are_405(client: httpx2.Client, method: str) -> None:
    response = client.request(method, "/graphql", params={"query": VERSION})

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    assert method == "HEAD" or codes(response.json()) == ["METHOD_NOT_ALLOWED"]


def test_a_refused_request_is_told_in_the_media_type_that_it_accepts(client: httpx2.Client) -> None:
    response = client.post("/graphql", content=b"{", headers={"Accept": GRAPHQL_RESPONSE, "Content-Type": JSON})

    assert response.status_code == 400
    assert response.headers["content-type"] == f"{GRAPHQL_RESPONSE}; charset=utf-8"
    assert codes(response.json()) == ["BAD_REQUEST"]


def test_replies_are_not_cached(client: httpx2.Client) -> None:
    for response in (
        client.get("/graphql", params={"query": VERSION}),
        client.post("/graphql", json={"query": VERSION}),
        client.post("/graphql", content=b"{", headers={"Content-Type": JSON}),
    ):
        assert response.headers["cache-control"] == "no-store"
        assert "Accept" in response.headers["vary"]


def test_batches_are_refused_with_the_reason(client: httpx2.Client) -> None:
    for accept in (JSON, GRAPHQL_RESPONSE):
        response = client.post("/graphql", json=[{"query": VERSION}] * 2, headers={"Accept": accept})

        assert response.status_code == 400
        assert codes(response.json()) == ["BATCHING_NOT_SUPPORTED"]


def test_get_takes_every_parameter(client: httpx2.Client) -> None:
    parameters = {
        "query": "query A($n: Int!) { posts(first: $n) { pageInfo { hasPreviousPage } } } query B { version }",
        "variables": '{"n": 1}',
        "operationName": "A",
        "extensions": '{"some": "value"}',
    }

    assert client.get("/graphql", params=parameters).json() == {
        "data": {"posts": {"pageInfo": {"hasPreviousPage": False}}}
    }
    empty = {"query": VERSION, "variables": "", "operationName": "", "extensions": ""}
    assert set(client.get("/graphql", params=empty).json()) == {"data"}


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"query": ""},
        {"variables": "{}"},
        {"extensions": "{}"},
        {"query": VERSION, "variables": "{"},
        {"query": VERSION, "variables": "[]"},
        {"query": VERSION, "variables": "NaN"},
        {"query": VERSION, "variables": "9" * 5000},
        {"query": VERSION, "variables": "[" * 5000},
        {"query": VERSION, "extensions": "1"},
        {"query": VERSION, "extensions": '"\\ud800"'},
    ],
)
def test_get_is_read_as_strictly(client: httpx2.Client, parameters: dict[str, str]) -> None:
    response = client.get("/graphql", params=parameters, headers={"Accept": JSON})

    assert response.status_code == 400
    assert codes(response.json()) == ["BAD_REQUEST"]


def test_bytes_that_are_no_text_are_no_fault_of_ours(client: httpx2.Client) -> None:
    response = client.get("/graphql?query=%7Bversion%7D%23%ff%ed%a0%80&operationName=%00%ff")

    assert response.status_code == 200
    assert codes(response.json()) == ["OPERATION_RESOLUTION_FAILURE"]


def test_a_browser_gets_the_explorer_only_where_it_asks_for_no_operation(client: httpx2.Client) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

    assert client.get("/graphql", headers=browser).headers["content-type"].startswith("text/html")
    assert client.get("/graphql?q=shared", headers=browser).headers["content-type"].startswith("text/html")
    assert client.get("/graphql", params={"query": VERSION}, headers=browser).json()["data"]
    assert client.get("/graphql", params={"extensions": "{}"}, headers=browser).status_code == 400
    assert client.get("/graphql").status_code == 400


def test_a_compressed_body_is_refused(client: httpx2.Client) -> None:
    response = client.post("/graphql", content=b"\x1f\x8b", headers={"Content-Type": JSON, "Content-Encoding": "gzip"})

    assert response.status_code == 415


def test_a_body_over_the_limit_is_413_before_it_has_ended(server: Server) -> None:
    """The client says that more will come, and never sends it."""
    address = urlsplit(server.url)
    lines = ("POST /graphql HTTP/1.1", f"Host: {address.netloc}", f"Content-Type: {JSON}", "Transfer-Encoding: chunked")
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        for _ in range(LIMIT // 65536):
            connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
        connection.sendall(b"1\r\n \r\n")  # in one piece: nothing unread is left when the server closes
        reply = connection.makefile("rb")
        status = reply.readline()
        content = b"".join(iter(reply.readline, b"\r\n")) + reply.readline()

    assert status.split()[1] == b"413"
    assert b"PAYLOAD_TOO_LARGE" in content


def titles(client: httpx2.Client) -> list[str]:
    nodes = graphql(client, "{ viewer { posts(first: 100) { nodes { title } } } }")["viewer"]["posts"]["nodes"]
    return [node["title"] for node in nodes]


def parts(query: str = CREATE, **fields: str) -> dict[str, Any]:
    """The arguments of a multipart request."""
    sent = {"operations": json.dumps({"query": query}), "map": "{}"} | fields
    return {"files": {name: (None, value.encode()) for name, value in sent.items()}}


CROSS_SITE: dict[str, dict[str, Any]] = {
    "a link": {"method": "GET", "params": {"query": CREATE}},
    "a link with the method in it": {"method": "GET", "params": {"query": CREATE, "_method": "POST"}},
    "a form": {"method": "POST", "data": {"query": CREATE}},
    "a form of plain text": {
        "method": "POST",
        "content": json.dumps({"query": CREATE}),
        "headers": {"Content-Type": "text/plain"},
    },
    "plain text that names JSON": {
        "method": "POST",
        "content": json.dumps({"query": CREATE}),
        "headers": {"Content-Type": "text/plain; application/json"},
    },
    "a form that names JSON": {
        "method": "POST",
        "content": json.dumps({"query": CREATE}),
        "headers": {"Content-Type": "application/x-www-form-urlencoded; application/json"},
    },
    "a body without a type": {"method": "POST", "content": json.dumps({"query": CREATE})},
    "a query string with an empty body": {"method": "POST", "params": {"query": CREATE}},
    "a multipart form": {"method": "POST", **parts()},
    "a beacon of a persisted query": {
        "method": "GET",
        "params": {"query": CREATE, "extensions": json.dumps({"persistedQuery": {"version": 1}})},
    },
}


@pytest.mark.parametrize("kind", CROSS_SITE)
def test_no_request_that_a_browser_sends_unasked_changes_anything(server: Server, kind: str) -> None:
    """With the caller's credential, as if a browser attached it by itself."""
    with client_of(server) as anonymous:
        token = signed_in(anonymous, *server.administrator)
    with client_of(server, token) as client:
        before = titles(client)
        response = client.request(url="/graphql", **CROSS_SITE[kind])

        assert response.status_code in {400, 405, 415}
        assert "data" not in response.json()
        assert titles(client) == before


UPLOAD = "mutation ($files: [Upload!]!, $one: Upload) { __typename }"


@pytest.mark.parametrize(
    "fields",
    [
        {"operations": "{"},
        {"operations": "1"},
        {"operations": "null"},
        {"map": "{"},
        {"map": "[]"},
        {"map": "null"},
        {"map": '{"0": "variables.one"}'},
        {"map": '{"0": [1]}'},
        {"map": '{"1": ["variables.one"]}'},
        {"map": '{"operations": ["variables.one"]}'},
        {"map": '{"0": ["query"]}'},
        {"map": '{"0": ["variables"]}'},
        {"map": '{"0": [""]}'},
        {"map": '{"0": ["variables.two"]}'},
        {"map": '{"0": ["variables.text"]}'},
        {"map": '{"0": ["variables.text.0"]}'},
        {"map": '{"0": ["variables.list.1"]}'},
        {"map": '{"0": ["variables.list.-1"]}'},
        {"map": '{"0": ["variables.list.x"]}'},
        {"map": '{"0": ["variables.list.99999999999999999999"]}'},
        {"map": '{"0": ["variables.list.٠"]}'},
        {"map": '{"0": ["variables.__class__.one"]}'},
        {"map": '{"0": ["variables.one", "variables.one"]}'},
        {"map": json.dumps({"0": [f"variables.list.{number}" for number in range(11)]})},
        {"third": "field"},
    ],
)
def test_a_form_that_is_no_multipart_request_is_400(client: httpx2.Client, fields: dict[str, str]) -> None:
    operations = {"query": "{ version }", "variables": {"one": None, "text": "x", "list": [None]}}
    sent = {"operations": json.dumps(operations), "map": '{"0": ["variables.one"]}'} | fields
    files: list[tuple[str, Any]] = [(name, (None, value.encode())) for name, value in sent.items()]

    response = client.post("/graphql", files=[*files, ("0", ("a.txt", b"a"))], headers=PREFLIGHT)

    assert response.status_code == 400
    assert codes(response.json()) == ["BAD_REQUEST"]


def test_a_form_needs_its_parts_and_a_boundary(client: httpx2.Client) -> None:
    bodies = {
        "multipart/form-data; boundary=x": b"--x--\r\n",
        "multipart/form-data": b"--x--\r\n",
        "multipart/form-data; boundary=y": b"nonsense",
    }
    for type_, body in bodies.items():
        response = client.post("/graphql", content=body, headers={**PREFLIGHT, "Content-Type": type_})

        assert (response.status_code, codes(response.json())) == (400, ["BAD_REQUEST"]), type_


def test_a_form_may_send_its_texts_as_files(client: httpx2.Client) -> None:
    operations = json.dumps({"query": VERSION, "variables": {"one": None}}).encode()
    files: list[tuple[str, Any]] = [
        ("operations", ("blob", b"\xef\xbb\xbf" + operations, "application/json")),
        ("map", ("blob", b'{"0": ["variables.one"]}', "application/json")),
        ("0", ("a.txt", b"a")),
    ]

    assert set(client.post("/graphql", files=files, headers=PREFLIGHT).json()) == {"data"}


def test_a_text_sent_as_a_file_is_no_longer_than_another(client: httpx2.Client) -> None:
    files: list[tuple[str, Any]] = [("operations", ("blob", b"x" * (1024 * 1024 + 1))), ("map", ("blob", b"{}"))]

    response = client.post("/graphql", files=files, headers=PREFLIGHT)

    assert (response.status_code, codes(response.json())) == (400, ["BAD_REQUEST"])


def test_a_form_whose_texts_are_files_puts_none_of_them_anywhere(client: httpx2.Client) -> None:
    operations = json.dumps({"query": "query ($one: Upload) { version }", "variables": {"one": None}}).encode()
    files: list[tuple[str, Any]] = [
        ("operations", ("blob", operations)),
        ("map", ("blob", b'{"operations": ["variables.one"]}')),
    ]

    response = client.post("/graphql", files=files, headers=PREFLIGHT)

    assert (response.status_code, codes(response.json())) == (400, ["BAD_REQUEST"])


def test_a_body_may_begin_with_a_byte_order_mark(client: httpx2.Client) -> None:
    headers = {"Content-Type": "application/json"}
    content = b"\xef\xbb\xbf" + json.dumps({"query": VERSION}).encode()

    assert set(client.post("/graphql", content=content, headers=headers).json()) == {"data"}
    assert client.post("/graphql", content=b"\xef\xbb\xbf" + content, headers=headers).status_code == 400


def test_with_a_slash_at_the_end_it_is_the_same_endpoint(client: httpx2.Client) -> None:
    asked_for = {"query": VERSION}
    answers = [client.post(path, json=asked_for) for path in ("/graphql", "/graphql/")]
    gets = [client.get(path, params=asked_for) for path in ("/graphql", "/graphql/")]
    pages = [client.get(path, headers={"Accept": "text/html"}) for path in ("/graphql", "/graphql/")]
    large = client.post("/graphql/", content=b"x" * (LIMIT + 1), headers={"Content-Type": "application/json"})

    for one, other in (answers, gets, pages):
        assert (other.status_code, other.content) == (one.status_code, one.content) == (200, one.content)
    assert (large.status_code, codes(large.json())) == (413, ["PAYLOAD_TOO_LARGE"])


def test_a_form_holds_few_files(client: httpx2.Client) -> None:
    files: list[tuple[str, Any]] = [(name, (None, value)) for name, value in (("operations", b"{}"), ("map", b"{}"))]

    response = client.post(
        "/graphql", files=[*files, *((str(number), ("a", b"a")) for number in range(11))], headers=PREFLIGHT
    )

    assert response.status_code == 400


def test_a_file_where_none_belongs_is_a_variable_that_does_not_fit(client: httpx2.Client) -> None:
    operations = {"query": "query ($n: Int) { posts(first: $n) { totalCount } }", "variables": {"n": None}}
    fields = {"operations": json.dumps(operations), "map": '{"0": ["variables.n"]}'}
    files: list[tuple[str, Any]] = [(name, (None, value.encode())) for name, value in fields.items()]

    response = client.post("/graphql", files=[*files, ("0", ("a.txt", b"a"))], headers=PREFLIGHT)

    assert response.status_code == 200
    assert set(codes(response.json())) == {"GRAPHQL_VALIDATION_FAILED"}


def test_every_code_is_explained() -> None:
    assert set(REQUEST_ERRORS) == set(RequestErrorCode)
    assert all(REQUEST_ERRORS.values())
