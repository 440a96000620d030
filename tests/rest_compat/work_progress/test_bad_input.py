"""Bad input to every endpoint: the recorder's envelope, never a 5xx, and nothing written.

The matrix is made of the endpoint rows: whatever a parameter's converter cannot accept is tried on it.
"""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.db import Database
from models.tables import metadata
from rest_compat.binding import Parameter, Rows
from rest_compat.converters import Boolean, Code, File, Integer, Milliseconds, NodeId, Number, Text
from rest_compat.endpoint import Endpoint
from rest_compat.work_progress.endpoints import ENDPOINTS
from rest_compat.work_progress.shapes import UserOrSelf
from tests.contract.rows import all_rows
from tests.rest_compat.work_progress.replies import assert_invalid, refused, reply
from tests.support.clients import Person, Product

WRITES = [endpoint for endpoint in ENDPOINTS if endpoint.body]
READS = [endpoint for endpoint in ENDPOINTS if endpoint.query]
RAW_BODIES = [
    *(b"1", b"null", b"[]", b"[1,2]", b'"text"', b"true", b"1.5", b"NaN", b"-Infinity"),
    *(b"{", b'{"a"', b"{'a': 1}", b'{"a": 1,}', b"{}{}", b"\xff\xfe", b'{"a": "\xff"}', b"\x00", b"\xef\xbb\xbf"),
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"a": NaN}',
]
YAML_BODIES = [
    *("1", "text", "- 1", "a: [", "a: b: c", "\t", "a: &x [1]\nb: *x", "a: 1\n---\nb: 2", "? [a]\n: b", "%YAML 9.9"),
    *("a: " + "[" * 100, "{a: " * 50_000, 'a: "\\ud800"', "a: \x00", "&a [*a]", "<<: {a: 1}\n? *b"),
]
WRONG_SECRETS = {"password": refused(1, "账号或密码错误"), "old_password": refused(-2, "原密码错误")}
"""What is only compared with a secret may hold anything that is a text: it is wrong."""
NOT_NUMBERS: list[Any] = ["text", "", " ", "1_0", "²", "0x10", "1.5", "1e3", 1.5, True, False, [], [1], {}, {"a": 1}]
TOO_LARGE: list[Any] = [2**63, 2**64, 10**30, -(2**63) - 1, -(10**30), "9" * 5000, str(2**63), 1e300]


def row_id(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def ids_of(endpoint: Endpoint) -> list[str]:
    """The parameters of its body that name an object."""
    return [name for name, parameter in endpoint.body.items() if isinstance(parameter.converter, NodeId)]


def unacceptable(parameter: Parameter) -> list[Any]:
    """JSON values that the parameter can never accept."""
    match parameter.converter:
        case Text():
            return [5, 1.5, 2**63, True, False, [], ["x"], {}, {"a": 1}, "\0", "x\0y", "\ud800", "x\udfffy"]
        case File():
            return ["x", "", 1, 1.5, True, [], {}, ["x"]]
        case Boolean():
            return ["maybe", "", 2, 1.5, [], {}, [True]]
        case Rows():
            return ["x", 1, True, {}, {"a": 1}, [], [1], ["x"], [None], [[]], [{}], [{"account": 1, "name": "x"}]]
        case Code():
            return NOT_NUMBERS
        case Number():
            return [value for value in NOT_NUMBERS if value not in ("1.5", 1.5)] + TOO_LARGE
        case NodeId() | Integer() | Milliseconds():
            return NOT_NUMBERS + TOO_LARGE
    raise AssertionError(f"No bad values are known for {parameter.converter}")


async def snapshot(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    return {
        table.name: [tuple(row) for row in await database.fetch(select(table).order_by(*table.primary_key))]
        for table in metadata.sorted_tables
    }


class Attacker:
    """Somebody who may call an endpoint, with a request that it would accept."""

    def __init__(self, product: Product, person: Person, mine: Mapping[str, int]) -> None:
        self._product = product
        self._person = person
        self._ids = mine

    def valid(self, endpoint: Endpoint) -> dict[str, Any]:
        """The documented request, with ids that exist; nothing of a file, which no JSON can be."""
        body = {} if endpoint.takes_files else dict(all_rows()[row_id(endpoint)].request)
        if endpoint.operation == "change_password":
            body["old_password"] = "admin"
        return body | ({"id": self._ids[endpoint.operation]} if "id" in body else {})

    async def send(self, endpoint: Endpoint, body: Any) -> httpx2.Response:
        """The call with a JSON body, in which anything may stand."""
        return await self.send_raw(endpoint, json.dumps(body).encode())

    async def send_raw(
        self, endpoint: Endpoint, content: bytes | AsyncIterator[bytes], media_type: str = "application/json"
    ) -> httpx2.Response:
        headers = {**self._person.bearer, "content-type": media_type}
        return await self._product.http.request(endpoint.method, endpoint.path, content=content, headers=headers)

    async def ask(self, endpoint: Endpoint, query: str) -> httpx2.Response:
        """The call with a query string as it stands."""
        url = f"{endpoint.path}?{query}"
        return await self._product.http.request(endpoint.method, url, headers=self._person.bearer)


@pytest.fixture
async def attacker(product: Product) -> Attacker:
    """The administrator, who may call everything, with a work log and a post."""
    person = await product.administrator()
    log = all_rows()["POST /api/v1/wl/add"].request
    await product.rest("POST", "/api/v1/wl/add", log, person=person)
    await product.rest("POST", "/api/v1/post/add", {"title": "x", "content": "x"}, person=person)
    logs = await product.rest("GET", "/api/v1/wl/list", person=person)
    posts = await product.rest("GET", "/api/v1/post/search")
    log_id, post_id = logs.json()["data"]["work_logs"][0]["id"], posts.json()["data"]["rows"][0]["id"]
    mine = {"change_password": person.id, "add_work_log_status": log_id}
    return Attacker(product, person, {**mine, "create_comment": post_id, "delete_post": post_id})


@pytest.fixture
async def untouched(attacker: Attacker, database: Database) -> AsyncIterator[None]:  # noqa: ARG001 -- comes first
    """Whatever the test sends, no table changes."""
    before = await snapshot(database)
    yield
    assert await snapshot(database) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # refused before the database
@pytest.mark.usefixtures("untouched")
async def test_parameters_that_are_missing_or_of_another_type(attacker: Attacker, subtests: pytest.Subtests) -> None:
    for endpoint in WRITES:
        with subtests.test(row_id(endpoint)):
            valid = attacker.valid(endpoint)
            for name, parameter in endpoint.body.items():
                for value in unacceptable(parameter):
                    response = await attacker.send(endpoint, {**valid, name: value})
                    if name in WRONG_SECRETS and response.status_code == 200:
                        assert reply(response) == WRONG_SECRETS[name]
                    else:
                        assert_invalid(response)
                if parameter.required:
                    assert_invalid(await attacker.send(endpoint, {**valid, name: None}), name)
                    assert_invalid(
                        await attacker.send(endpoint, {key: valid[key] for key in valid if key != name}), name
                    )


@pytest.mark.usefixtures("untouched")
async def test_ids_of_nobody(attacker: Attacker, subtests: pytest.Subtests) -> None:
    for endpoint in [row for row in WRITES if ids_of(row)]:
        with subtests.test(row_id(endpoint)):
            valid = attacker.valid(endpoint)
            for name in ids_of(endpoint):
                zeros = () if isinstance(endpoint.body[name].converter, UserOrSelf) else (0, "0", -0.0)
                for nobody in (*zeros, -1, 10**15, 2**53, 2**63 - 1, -(2**63) + 1, "-1"):
                    response = await attacker.send(endpoint, {**valid, name: nobody})
                    body = response.json()
                    assert (response.status_code, set(body)) == (200, {"code", "msg", "data"})
                    assert body["code"] in {-1, 1}, body


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # refused before the database
@pytest.mark.usefixtures("untouched")
async def test_bodies_that_are_no_objects(attacker: Attacker, subtests: pytest.Subtests) -> None:
    for endpoint in WRITES:
        with subtests.test(row_id(endpoint)):
            for content in (b"", b"  ", b"{}", *RAW_BODIES):
                assert_invalid(await attacker.send_raw(endpoint, content))
            for yaml in YAML_BODIES:
                assert_invalid(await attacker.send_raw(endpoint, yaml.encode(), "application/x-yaml"))
            for form in (b"", b"=", b"&&&", b"%", b"a=1&" * 2000):
                assert_invalid(await attacker.send_raw(endpoint, form, "application/x-www-form-urlencoded"))
            for multipart in (b"", b"--b", b"--b\r\n\r\n", b"--b--", b"\xff"):
                assert_invalid(await attacker.send_raw(endpoint, multipart, "multipart/form-data; boundary=b"))
                assert_invalid(await attacker.send_raw(endpoint, multipart, "multipart/form-data"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # refused before the database
@pytest.mark.usefixtures("untouched")
async def test_values_that_no_reader_of_json_should_choke_on(attacker: Attacker, subtests: pytest.Subtests) -> None:
    for endpoint in WRITES:
        with subtests.test(row_id(endpoint)):
            valid = attacker.valid(endpoint)
            for name in endpoint.body:
                body = json.dumps({**valid, name: "HERE"}).encode()
                for raw in (
                    b"1" * 5000,
                    b"-" + b"9" * 5000,
                    b"1e999",
                    b"NaN",
                    b"Infinity",
                    b'"\\ud800"',
                    b"[" * 5000 + b"]" * 5000,
                ):
                    assert_invalid(await attacker.send_raw(endpoint, body.replace(b'"HERE"', raw)))


@pytest.mark.usefixtures("untouched")
async def test_texts_in_forms_and_yaml_that_cannot_be_stored(attacker: Attacker, subtests: pytest.Subtests) -> None:
    for endpoint in [row for row in WRITES if row.operation != "sign_in"]:
        with subtests.test(row_id(endpoint)):
            valid = attacker.valid(endpoint)
            for name, parameter in endpoint.body.items():
                if not isinstance(parameter.converter, Text) or name == "old_password":
                    continue
                rest = "&".join(f"{key}={valid[key]}" for key in valid if key != name)
                for encoded in ("%00", "x%00y", "%ff%fe", "%ED%A0%80"):
                    form = f"{rest}&{name}={encoded}123456".encode()
                    assert_invalid(await attacker.send_raw(endpoint, form, "application/x-www-form-urlencoded"))
                lines = "\n".join(f"{key}: {valid[key]}" for key in valid if key != name)
                for escaped in ('"\\0123456"', '"\\x00abcdef"', '"\\ud800abcdef"'):
                    yaml = f"{lines}\n{name}: {escaped}\n".encode()
                    assert_invalid(await attacker.send_raw(endpoint, yaml, "application/x-yaml"))


@pytest.mark.usefixtures("untouched")
async def test_queries(attacker: Attacker, subtests: pytest.Subtests) -> None:
    for endpoint in READS:
        with subtests.test(row_id(endpoint)):
            for name, parameter in endpoint.query.items():
                is_text = isinstance(parameter.converter, Text)
                for query in ("%00", "x%00y"):
                    assert_invalid(await attacker.ask(endpoint, f"{name}={query}"))
                for query in (
                    "%ff",
                    "%ED%A0%80",
                    "%",
                    "%zz",
                    "+",
                    "x" * 4000,
                    "9" * 5000,
                    "[]",
                    "{}",
                    "null",
                    "true",
                    "NaN",
                ):
                    response = await attacker.ask(endpoint, f"{name}={query}")
                    if is_text and query == "+":  # a space is as good as nothing
                        assert response.json() == (await attacker.ask(endpoint, "")).json()
                    elif is_text:
                        assert (response.status_code, response.json()["data"]["rows"]) == (200, [])
                    else:
                        assert_invalid(response, name)
                if isinstance(parameter.converter, (NodeId, Integer)):
                    for number in (2**63, 2**64, 10**30, -(10**30)):
                        assert_invalid(await attacker.ask(endpoint, f"{name}={number}"), name)
            for query in ("", "&", "=", "%00=1", "%ff=%ff", "?", "unknown=1", "page=1&page=x;"):
                response = await attacker.ask(endpoint, query)
                assert set(response.json()) == {"code", "msg", "data"}
                assert response.status_code in {200, 400}, query


async def _stream(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536 + 1):
        yield b" " * 65536


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # refused before the database
@pytest.mark.usefixtures("untouched")
async def test_a_body_over_two_megabytes(attacker: Attacker, subtests: pytest.Subtests) -> None:
    for endpoint in WRITES:
        with subtests.test(row_id(endpoint)):
            too_large = refused(100, "请求体过大", status=413)
            for media_type in ("application/json", "application/x-yaml", "application/x-www-form-urlencoded"):
                declared = await attacker.send_raw(endpoint, b" " * (2 * 1024 * 1024 + 1), media_type)
                streamed = await attacker.send_raw(endpoint, _stream(2 * 1024 * 1024), media_type)
                assert reply(declared) == too_large
                assert reply(streamed) == too_large
            boundary = b'--b\r\ncontent-disposition: form-data; name="x"\r\n\r\n'
            most = (6 if endpoint.takes_files else 2) * 1024 * 1024
            multipart = await attacker.send_raw(endpoint, boundary + b"x" * most, "multipart/form-data; boundary=b")
            assert reply(multipart) == too_large


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # refused before the database
async def test_a_body_of_two_megabytes_is_read(attacker: Attacker) -> None:
    (add,) = (endpoint for endpoint in WRITES if endpoint.operation == "clock_in")
    body = b'{"location": "ea"}'
    response = await attacker.send_raw(add, body + b" " * (2 * 1024 * 1024 - len(body)))
    assert response.json() == {"code": 0, "msg": "success", "data": None}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from(["8888888888", "admin", "上午", "2024-02-30", "1", "-1", "%", "\0", "\ud800"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
ANYTHING = st.sampled_from(WRITES).flatmap(
    lambda endpoint: st.tuples(
        st.just(endpoint),
        st.dictionaries(st.sampled_from(sorted(endpoint.body)), JSON, min_size=1, max_size=3),
    )
)


@given(ANYTHING)
@settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_any_json_in_any_parameter(
    attacker: Attacker, database: Database, call: tuple[Endpoint, dict[str, Any]]
) -> None:
    endpoint, changes = call
    before = await snapshot(database)

    response = await attacker.send(endpoint, {**attacker.valid(endpoint), **changes})

    assert response.status_code in {200, 400, 401}, response.text
    body = response.json()
    assert set(body) == {"code", "msg", "data"}
    if body["code"] != 0 and endpoint.operation != "import_users":
        assert await snapshot(database) == before
