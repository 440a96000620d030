"""`/openapi.json`: OpenAPI 3.1 of every old API, generated from the endpoint tables and the documented examples."""

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from graphql import OperationDefinitionNode, print_ast
from starlette.responses import Response

from auth.principal import TokenFault
from rest_compat.binding import BindingError, Parameter, bind, object_schema, put, split
from rest_compat.converters import Converter, File, NodeId
from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint, Failure, FileReply
from rest_compat.envelopes import Envelopes
from rest_compat.examples import Example, Reply, read_examples
from rest_compat.json_schema import fits, schema_of_values
from rest_compat.published_operation import published_operation
from rest_compat.reply import Constant, compiled
from rest_compat.reply_schema import Schema, any_of
from rest_compat.shared_replies import OF_CONNECTIONS, shared_components, shared_replies
from schema.engine import node_id

JSON = "application/json"
EXTENSION = "x-graphql-operation"
EXAMPLE_ID = 1
"""The id in example variables: the demonstration data has a user, a post and so on with this one."""
_INTRODUCTION = (
    "The old APIs. Each call is executed as one operation of the graph, which is shown with it and opens in"
    " GraphiQL.\n\nTo try calls, sign in with the API's own login below, and enter the token of its reply under"
    " “Authorize”."
)


def openapi(dialects: Sequence[Dialect], *, version: str) -> dict[str, Any]:
    """The document of these APIs."""
    paths: dict[str, dict[str, Any]] = {}
    tags: dict[str, None] = {}
    shared = dict(OF_CONNECTIONS)
    for dialect in dialects:
        examples = read_examples(dialect.folder)
        for endpoint in dialect.endpoints:
            example = examples.get(f"{endpoint.method} {endpoint.path}", Example())
            described = _operation(dialect.at(endpoint), endpoint, example)
            shared.update(shared_components(dialect.at(endpoint), endpoint))
            paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = described
            tags.update(dict.fromkeys(described["tags"]))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Careergraph: the old REST APIs", "version": version, "description": _INTRODUCTION},
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "securitySchemes": {dialect.name: dict(dialect.security_scheme) for dialect in dialects},
            "responses": shared,
        },
    }


def _operation(dialect: Dialect, endpoint: Endpoint, example: Example) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{endpoint.method.lower()}{endpoint.path}").rstrip("_"),
        "summary": endpoint.title,
        "description": f"For {endpoint.access.description}.",
        "tags": [f"{dialect.title} · {example.group}" if example.group else dialect.title],
        "security": _security(dialect, endpoint),
        "parameters": [
            *_parameters("path", endpoint.route, example),
            *_parameters("query", endpoint.query, example),
            *_parameters("cookie", endpoint.cookies, example),
            *_parameters(
                "header", {name: Parameter("", about=about) for name, about in dialect.headers.items()}, example
            ),
        ],
        "responses": {**_responses(dialect, endpoint, example), **shared_replies(dialect, endpoint)},
        EXTENSION: graphql_operation(dialect, endpoint, example),
    }
    if endpoint.body:
        required = any(parameter.required for parameter in endpoint.body.values())
        described["requestBody"] = {"required": required, "content": _bodies(endpoint.body, example)}
    return described


def _security(dialect: Dialect, endpoint: Endpoint) -> list[dict[str, list[str]]]:
    needed: list[dict[str, list[str]]] = [{dialect.name: []}]
    if endpoint.access.name != "public":
        return needed
    return [{}, *needed] if endpoint.reads_token else []


def _parameters(place: str, parameters: Mapping[str, Parameter], example: Example) -> Iterator[dict[str, Any]]:
    for name, parameter in parameters.items():
        schema = parameter.converter.json_schema
        if isinstance(parameter.default, str | int):
            schema = {**schema, "default": parameter.default}
        described = {"name": name, "in": place, "required": parameter.required or place == "path", "schema": schema}
        if parameter.about:
            described["description"] = parameter.about
        if name in example.request:
            described["example"] = _typed(schema, example.request[name])
        yield described


def _typed(schema: Mapping[str, Any], text: Any) -> Any:
    """An example of a parameter: documents write numbers as texts, as a URL has them."""
    return int(text) if schema["type"] == "integer" and isinstance(text, str) and text.isdecimal() else text


def _bodies(parameters: Mapping[str, Parameter], example: Example) -> dict[str, Any]:
    """The media types that can carry these parameters: files need multipart, nested rows no form."""
    schema = object_schema(parameters)
    value = {name: value for name, value in example.request.items() if name in parameters}
    shown = {"example": value} if value else {}
    converters = [parameter.converter for parameter in parameters.values()]
    if any(isinstance(converter, File) for converter in converters):
        return {"multipart/form-data": {"schema": schema}}
    bodies: dict[str, Any] = {JSON: {"schema": schema, **shown}}
    if not any(converter.json_schema.get("items", {}).get("type") == "object" for converter in converters):
        bodies["application/x-www-form-urlencoded"] = {"schema": schema, **shown}
    import yaml  # nobody needs it to start

    text = {"example": yaml.safe_dump(value, allow_unicode=True, sort_keys=False)} if value else {}
    bodies["application/yaml"] = {"schema": schema, **text}
    return bodies


def _responses(dialect: Dialect, endpoint: Endpoint, example: Example) -> dict[str, Any]:
    by_status: dict[int, list[Any]] = {}
    for reply in (*example.replies, *_replies(dialect, endpoint)):
        bodies = by_status.setdefault(reply.status, [])
        if reply.body not in bodies:
            bodies.append(reply.body)
    described = _described(dialect, endpoint)
    responses: dict[str, dict[str, Any]] = {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": {
                JSON: {
                    "schema": _holding(described.get(status, []), bodies),
                    "examples": {
                        f"reply_{number}": {"summary": _summary(body), "value": body}
                        for number, body in enumerate(bodies, 1)
                    },
                }
            },
        }
        for status, bodies in sorted(by_status.items())
    }
    success = responses.setdefault("200", {"description": HTTPStatus.OK.phrase, "content": {}})
    if isinstance(endpoint.reply, FileReply):
        success["content"][endpoint.reply.media_type] = {}
    elif JSON not in success["content"]:
        success["content"][JSON] = {"schema": any_of(described[200])}
    return responses


def _described(dialect: Dialect, endpoint: Endpoint) -> dict[int, list[Schema]]:
    """The schemas of the replies that an endpoint may make, by status."""
    envelopes = Envelopes(dialect, endpoint)
    found: dict[int, list[Schema]] = {} if isinstance(endpoint.reply, FileReply) else {200: [envelopes.success]}
    for failure in [*_failures(endpoint), *dialect.errors.values(), dialect.internal]:
        found.setdefault(failure.status, []).append(envelopes.refusal(failure))
    for reply in (dialect.invalid("-"), dialect.missing("-"), dialect.rejected("-"), _faulty(dialect, endpoint)):
        found.setdefault(reply.status_code, []).append(schema_of_values([_read(reply).body]))
    return found


def _faulty(dialect: Dialect, endpoint: Endpoint) -> Response:
    return dialect.input_errors([(name, "-") for name in endpoint.parameters] or [("", "-")], is_malformed=False)


def _holding(described: Sequence[Schema], bodies: Sequence[Any]) -> Schema:
    """The schema of these replies; what a document shows and the product does not answer is there as it is shown."""
    known = any_of(described) if described else None
    others = [body for body in bodies if known is None or not fits(known, body)]
    return any_of([*described, *([schema_of_values(others)] if others else [])])


def _replies(dialect: Dialect, endpoint: Endpoint) -> Iterator[Reply]:
    """The refusals that the table knows of, besides those that the document shows."""
    for failure in _failures(endpoint):
        if failure.data is None or isinstance(failure.data, Constant):
            yield _refusal(dialect, failure)
    if (fault := _binding_fault(endpoint)) is not None:
        yield _read(dialect.binding_errors([fault]))
    if endpoint.access.name != "public" or endpoint.knows_caller:
        faults = [fault for fault in TokenFault if fault is not TokenFault.PASSWORD_CHANGE_REQUIRED]
        yield from (_read(dialect.unauthenticated(fault)) for fault in faults)
        yield _refusal(dialect, dialect.password_change_required)
        if endpoint.access.name not in ("public", "signed_in"):
            yield _refusal(dialect, dialect.forbidden)
    if endpoint.body:
        yield _refusal(dialect, dialect.too_large)


def _failures(endpoint: Endpoint) -> list[Failure]:
    return [
        *endpoint.errors.values(),
        *(outcome.failure for outcome in endpoint.outcomes),
        *endpoint.unknown.values(),
        endpoint.failure,
    ]


def _refusal(dialect: Dialect, failure: Failure) -> Reply:
    return _read(dialect.refusal(failure, compiled(failure.data)({})))


def _read(response: Response) -> Reply:
    return Reply(response.status_code, orjson.loads(response.body))


def _binding_fault(endpoint: Endpoint) -> BindingError | None:
    """What is said of a request that does not bind, by the first parameter that can be wrong."""
    for name, parameter in endpoint.parameters.items():
        wrong = None if parameter.required and name not in endpoint.route else object()
        try:
            bind({name: parameter}, {name: wrong})
        except BindingError as error:
            return error
    return None


def _summary(body: Any) -> str:
    """What tells a reply from the others: its code and message, that is, its first values that are no structure."""
    values = body.values() if isinstance(body, dict) else []
    scalars = [str(value) for value in values if isinstance(value, str | int) and value != ""]
    return " · ".join(scalars[:2]) or "reply"


def graphql_operation(dialect: Dialect, endpoint: Endpoint, example: Example) -> dict[str, Any]:
    """The operation behind an endpoint, with the variables of an example and the link that opens both in GraphiQL."""
    parsed = published_operation(dialect, endpoint)
    document = print_ast(parsed)
    definition = next(part for part in parsed.definitions if isinstance(part, OperationDefinitionNode))
    variables = _variables(endpoint, example)
    shown = orjson.dumps(variables, option=orjson.OPT_INDENT_2).decode() if variables else ""
    return {
        "name": definition.name.value if definition.name else "",
        "type": definition.operation.value,
        "document": document,
        "variables": variables,
        "explorer": f"/graphql?{urlencode({'q': document, **({'variables': shown} if shown else {})})}",
    }


def _variables(endpoint: Endpoint, example: Example) -> dict[str, Any]:
    """The variables that the documented request binds to; what it lacks, or has wrong, is made up."""
    # GraphiQL sends no files.
    parameters = {n: p for n, p in endpoint.parameters.items() if not isinstance(p.converter, File)}
    values = {name: value for name, value in example.request.items() if name in parameters}
    for name, parameter in parameters.items():
        undocumented = name in endpoint.body and not example.request
        if isinstance(parameter.converter, NodeId) and (name in values or parameter.required or undocumented):
            values[name] = EXAMPLE_ID
        elif undocumented or not _binds(name, parameter, values):
            values[name] = _sample(parameter.converter)
    variables = bind(parameters, values)
    for path, value in endpoint.fixed.items():
        put(variables, split(path), value)
    if endpoint.signed_in_variable is not None:
        variables[endpoint.signed_in_variable] = False
    if endpoint.viewer_variable is not None:
        variables.setdefault(endpoint.viewer_variable, node_id.encode("User", EXAMPLE_ID))
    return variables


def _binds(name: str, parameter: Parameter, values: Mapping[str, Any]) -> bool:
    try:
        bind({name: parameter}, values)
    except BindingError:
        return False
    return True


def _sample(converter: Converter) -> Any:
    """A value that the converter takes."""
    return _sample_of(converter.json_schema)


_SAMPLES = {"string": "text", "boolean": True, "date": "2026-09-01", "date-time": "2026-09-01T08:00:00+08:00"}


def _sample_of(schema: Mapping[str, Any]) -> Any:
    if known := schema.get("enum") or schema.get("examples"):
        return known[0]
    match schema["type"]:
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "array":
            return [_sample_of(schema["items"])]
        case "object":
            return {name: _sample_of(part) for name, part in schema["properties"].items()}
        case name:
            return _SAMPLES.get(schema.get("format", ""), _SAMPLES.get(name))
