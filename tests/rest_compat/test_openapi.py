"""`/openapi.json`: what it says of the endpoints is what the product does."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import httpx2
import jsonschema
import pytest
from graphql import OperationDefinitionNode, get_variable_values, parse, validate
from openapi_spec_validator import OpenAPIV31SpecValidator

from auth.policies import public, signed_in
from rest_compat.apis import DIALECTS
from rest_compat.binding import Parameter
from rest_compat.converters import File, Integer, NodeId, Text
from rest_compat.endpoint import Endpoint
from rest_compat.middleware import MAX_BODY
from rest_compat.openapi import EXTENSION, openapi
from rest_compat.work_progress import failures
from rest_compat.work_progress.dialect import WorkProgress
from schema.schema import build_schema
from tests.contract.rows import document as rows
from tests.support.clients import Product
from tests.support.openapi import VERSION, document, resolved, undescribed

UNAVAILABLE = "服务暂时不可用，请稍后再试"
ALL = document()
CALLS = [
    pytest.param(call, id=f"{method.upper()} {path}")
    for path, methods in ALL["paths"].items()
    for method, call in methods.items()
]
REFUSED = {("delete_api_v1_user_dire_del", "direction")}
"""The values in examples of requests that the API answers with a failure: 4 is no direction."""
GENERATED = {"string"}
"""What the document's generator wrote where it had no example."""


def documented() -> list[Any]:
    return [pytest.param(row, id=row["id"]) for row in rows("work_progress")]


def holds(shown: Any, documented: Any) -> bool:
    """Whether a reply is a documented one, with whatever keys were added."""
    if isinstance(documented, dict):
        return isinstance(shown, dict) and all(
            name in shown and holds(shown[name], value) for name, value in documented.items()
        )
    if isinstance(documented, list):
        return len(shown) == len(documented) and all(map(holds, shown, documented))
    return bool(shown == documented)


def vague(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """Where a schema does not say what is there."""
    if "anyOf" in schema:
        for part in schema["anyOf"]:
            yield from vague(part, path)
    elif "type" not in schema:
        yield path
    elif "object" in schema["type"]:
        parts = [*schema.get("properties", {}).items(), ("*", schema.get("additionalProperties", False))]
        if not parts[:-1] and "additionalProperties" not in schema:
            yield path
        for name, part in parts:
            yield from vague(part, f"{path}.{name}") if part is not False else ()
    elif schema["type"] == "array" and schema.get("maxItems") != 0:
        yield from vague(schema["items"], f"{path}[]") if "items" in schema else [f"{path}[]"]


def replies_of(call: Mapping[str, Any], status: int = 200) -> list[Any]:
    examples = resolved(call["responses"][str(status)])["content"]["application/json"]["examples"]
    return [example["value"] for example in examples.values()]


def test_it_is_valid_openapi() -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(ALL).iter_errors()] == []
    assert ALL["info"]["version"] == VERSION


def test_every_endpoint_is_there() -> None:
    expected = {(dialect.name, row.method, row.path) for dialect in DIALECTS for row in dialect.endpoints}

    assert len(CALLS) == len(expected)
    for _name, method, path in expected:
        assert method.lower() in ALL["paths"][path]
    identifiers = [call["operationId"] for methods in ALL["paths"].values() for call in methods.values()]
    assert len(set(identifiers)) == len(identifiers)


async def test_the_server_serves_it_and_a_client_may_keep_it(product: Product) -> None:
    first = await product.http.get("/openapi.json")
    again = await product.http.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["content-type"] == "application/json"
    assert first.json()["paths"] == ALL["paths"]
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("row", documented())
def test_every_documented_reply_and_parameter_is_in_it(row: Mapping[str, Any]) -> None:
    call = ALL["paths"][row["path"]][row["method"].lower()]

    for example in row["response_examples"]:
        if example["msg"] not in GENERATED:
            assert any(holds(shown, example) for shown in replies_of(call))
    bodies = call.get("requestBody", {}).get("content", {})
    fields = resolved(bodies["application/json"]["schema"])["properties"] if "application/json" in bodies else {}
    for parameter in row["params"]:
        if parameter["in"] == "body":
            assert parameter["name"] in fields
        else:
            assert parameter["name"] in {described["name"] for described in call["parameters"]}
    if row["request_example"]:
        assert bodies["application/json"]["example"] == row["request_example"]
        assert bodies["application/yaml"]["example"] == row["request_example"]


@pytest.mark.parametrize(
    ("status", "media_type", "body"),
    [
        (200, "application/json", '{"code": 1, "msg": "success", "data": null}'),
        (200, "application/json", '{"code": 0, "msg": "用户名或密码错误", "data": {"token": "t"}}'),
        (200, "application/json", '{"code": 2, "msg": "用户名或密码错误", "data": null}'),
        (200, "application/json", '{"code": 1, "data": {"token": "t"}}'),
        (200, "text/plain", "success"),
        (418, "application/json", '{"code": 1, "msg": "success", "data": {"token": "t"}}'),
    ],
)
def test_what_no_schema_describes_is_noticed_in_each_test(status: int, media_type: str, body: str) -> None:
    request = httpx2.Request("POST", "http://careergraph.test/admin/user/login")
    right = httpx2.Response(200, json={"code": 1, "msg": "success", "data": {"token": "t"}}, request=request)
    wrong = httpx2.Response(status, content=body.encode(), headers={"content-type": media_type}, request=request)

    assert undescribed(right) is None
    assert undescribed(wrong) is not None


def test_every_reply_and_body_has_a_schema_that_says_what_is_there() -> None:
    schemas = ALL["components"]["schemas"]
    contents = [
        (f"{call['operationId']} {status} {media_type}", content)
        for methods in ALL["paths"].values()
        for call in methods.values()
        for status, response in [*call["responses"].items(), ("body", call.get("requestBody", {"content": {}}))]
        for media_type, content in resolved(response)["content"].items()
    ]

    assert [place for name, schema in schemas.items() for place in vague(schema, name)] == []
    assert [place for place, content in contents if "schema" not in content] == []
    used = {reference for _, content in contents for reference in re.findall(r"schemas/(\w+)", str(content["schema"]))}
    assert used == set(schemas)


@pytest.mark.parametrize("call", CALLS)
def test_every_example_satisfies_its_schema(call: Mapping[str, Any]) -> None:
    for response in map(resolved, call["responses"].values()):
        for content in response["content"].values():
            for example in content.get("examples", {}).values():
                jsonschema.validate(example["value"], resolved(content["schema"]))


@pytest.mark.parametrize("call", CALLS)
def test_every_example_of_a_request_satisfies_its_schema(call: Mapping[str, Any]) -> None:
    for parameter in call["parameters"]:
        if "example" in parameter:
            jsonschema.validate(parameter["example"], parameter["schema"])
    for content in call.get("requestBody", {}).get("content", {}).values():
        properties = resolved(content["schema"])["properties"]
        for name, value in content.get("example", {}).items():
            if (call["operationId"], name) not in REFUSED:
                jsonschema.validate(value, properties[name])


@pytest.mark.parametrize("call", CALLS)
def test_the_operation_behind_each_call_can_be_run_as_it_stands(call: Mapping[str, Any]) -> None:
    schema = build_schema()._schema
    behind = call[EXTENSION]
    document = parse(behind["document"])
    definition = document.definitions[0]
    assert isinstance(definition, OperationDefinitionNode)

    assert validate(schema, document) == []
    takes_files = "multipart/form-data" in call.get("requestBody", {}).get("content", {})
    if not takes_files:  # GraphiQL sends none, so the examples have none
        values = get_variable_values(schema, definition.variable_definitions or (), behind["variables"])
        assert not isinstance(values, list), values
    link = urlsplit(behind["explorer"])
    shared = parse_qs(link.query)
    assert link.path == "/graphql"
    assert shared["q"] == [behind["document"]]
    assert json.loads(shared.get("variables", ["{}"])[0]) == behind["variables"]


async def test_what_it_says_of_refusals_is_what_the_product_answers(product: Product) -> None:
    student = await product.student()
    search, add = ALL["paths"]["/api/v1/user/search"]["get"], ALL["paths"]["/api/v1/clock_in/add"]["post"]

    nobody = await product.rest("GET", "/api/v1/user/search")
    somebody = await product.rest("GET", "/api/v1/user/search", person=student)
    unbound = await product.rest("POST", "/api/v1/clock_in/add", {}, person=student)

    assert nobody.json() in replies_of(search, nobody.status_code)
    assert somebody.json() in replies_of(search, somebody.status_code)
    assert unbound.json() in replies_of(add, unbound.status_code)
    assert search["security"] == [{"work_progress": []}]
    assert ALL["paths"]["/api/v1/user/login"]["post"]["security"] == []
    assert ALL["paths"]["/special_feed/page/"]["get"]["security"] == [{"hr_feeds": []}]
    assert ALL["paths"]["/hr/valid_token/{user}/{token}/"]["get"]["security"] == []  # the path says who calls


@pytest.mark.parametrize("call", CALLS)
def test_each_call_says_what_it_may_get_whatever_it_asks_for(call: Mapping[str, Any]) -> None:
    shared = {status: resolved(call["responses"][status]) for status in ("408", "429", "503", "default")}

    assert {status: list(response["content"]) for status, response in shared.items()} == {
        "408": ["text/plain"],
        "429": ["text/plain"],
        "503": ["application/json"],
        "default": ["application/json"],
    }
    assert list(shared["503"]["headers"]) == ["Retry-After"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/api/v1/ver", {"code": 503, "msg": UNAVAILABLE, "data": None}),
        ("get", "/api/me", {"status_code": 503, "message": UNAVAILABLE}),
        ("post", "/admin/user/login/", {"code": 0, "msg": UNAVAILABLE, "data": None}),
        ("get", "/companies", {"status": 503, "msg": UNAVAILABLE, "data": None}),
        ("post", "/image", {"error_code": 503, "msg": UNAVAILABLE, "data": {}}),
        ("get", "/special_feed/page/", {"status": "unavailable", "msg": UNAVAILABLE}),
        ("post", "/hr/register/", {"status": "unavailable", "msg": UNAVAILABLE, "username": "", "errors": {}}),
    ],
)
def test_an_outage_is_shown_in_each_envelope(method: str, path: str, body: Mapping[str, Any]) -> None:
    call = ALL["paths"][path][method]

    assert replies_of(call, 503)[0] == body
    assert [len(reply) for reply in replies_of(call, 503)] == [len(body)] * 2  # the other says that nobody knows


async def test_what_it_says_of_any_other_refusal_is_what_the_product_answers(product: Product) -> None:
    wrong_method = await product.http.request("PATCH", "/api/v1/ver")
    large = await product.http.post("/api/v1/user/login", content=b" " * (MAX_BODY + 1))

    shown = resolved(ALL["paths"]["/api/v1/ver"]["get"]["responses"]["default"])["content"]["application/json"]
    assert [wrong_method.status_code, large.status_code] == [405, 413]
    for reply in (wrong_method, large):
        assert reply.json() in [example["value"] for example in shown["examples"].values()]


class Sketch(WorkProgress):
    """An API whose document shows nothing, with parameters of every kind."""

    name = "sketch"
    title = "Sketch"
    endpoints = (
        Endpoint(
            "GET",
            "/sketch/{id}",
            "One",
            "work_logs",
            public,
            failures.INTERNAL,
            route={"id": Parameter("user", NodeId("User"), required=True, about="whose")},
            query={"size": Parameter("first", Integer(minimum=1), default=10)},
        ),
        Endpoint(
            "POST",
            "/sketch",
            "Add",
            "create_post",
            signed_in,
            failures.INTERNAL,
            body={"title": Parameter("input.title", Text(), required=True), "picture": Parameter("input.file", File())},
        ),
    )
    security_scheme: ClassVar[Mapping[str, Any]] = {"type": "apiKey", "in": "header", "name": "X-auth-token"}


def test_an_api_without_examples_appears_by_itself(tmp_path: Path) -> None:
    (tmp_path / "operations").symlink_to(WorkProgress.folder / "operations")
    Sketch.folder = tmp_path

    sketched = openapi([Sketch()], version="0")

    assert [str(error) for error in OpenAPIV31SpecValidator(sketched).iter_errors()] == []
    one, add = sketched["paths"]["/sketch/{id}"]["get"], sketched["paths"]["/sketch"]["post"]
    assert one["tags"] == ["Sketch"]
    assert one["parameters"] == [
        {
            "name": "id",
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "format": "int64"},
            "description": "whose",
        },
        {
            "name": "size",
            "in": "query",
            "required": False,
            "schema": {"type": "integer", "minimum": 1, "default": 10},
        },
    ]
    assert one[EXTENSION]["variables"] == {"user": "VXNlcjox", "first": 10}
    assert add[EXTENSION]["variables"] == {"input": {"title": "text"}}
    assert list(add["requestBody"]["content"]) == ["multipart/form-data"]
    assert add["security"] == [{"sketch": []}]
    assert sketched["components"]["securitySchemes"]["sketch"]["name"] == "X-auth-token"
    assert replies_of(add, 401)[0] == {"code": 11, "msg": "未提供 Authorization 鉴权头", "data": None}


def test_the_sign_clouds_headers_cookie_and_optional_token_are_in_it() -> None:
    call = ALL["paths"]["/verifycode"]["post"]

    places = {(described["in"], described["name"], described["required"]) for described in call["parameters"]}
    assert places == {
        ("cookie", "captcha", False),
        ("header", "X-platform-code", False),
        ("header", "X-location", False),
        ("header", "X-unique-key", False),
        ("header", "X-city", False),
    }
    assert call["security"] == [{}, {"sign_cloud": []}]
    assert ALL["components"]["securitySchemes"]["sign_cloud"] == {
        "type": "apiKey",
        "in": "header",
        "name": "X-auth-token",
    }
