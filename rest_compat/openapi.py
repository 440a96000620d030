"""`/openapi.json`: OpenAPI 3.1 of every old API, generated from the endpoint tables and the documented examples."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from graphql import OperationDefinitionNode, print_ast

from rest_compat.binding import BindingError, Parameter, bind, object_schema, put, split
from rest_compat.converters import File, NodeId
from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint
from rest_compat.examples import Example, read_examples
from rest_compat.published_operation import published_operation
from rest_compat.published_replies import JSON, PublishedReplies
from rest_compat.samples import sample
from rest_compat.shared_replies import OF_CONNECTIONS, shared_components, shared_replies
from schema.engine import node_id

EXTENSION = "x-graphql-operation"
LICENSE = {"name": "MIT", "identifier": "MIT"}
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
    shared, schemas = dict(OF_CONNECTIONS), dict[str, Any]()
    for dialect in dialects:
        examples = read_examples(dialect.folder)
        for endpoint in dialect.endpoints:
            example = examples.get(f"{endpoint.method} {endpoint.path}", Example())
            described = _operation(dialect.at(endpoint), endpoint, example, schemas)
            shared.update(shared_components(dialect.at(endpoint), endpoint))
            paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = described
            tags.update(dict.fromkeys(described["tags"]))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Careergraph: the old REST APIs",
            "version": version,
            "description": _INTRODUCTION,
            "license": LICENSE,
        },
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "securitySchemes": {dialect.name: dict(dialect.security_scheme) for dialect in dialects},
            "responses": shared,
            "schemas": schemas,
        },
    }


def _operation(dialect: Dialect, endpoint: Endpoint, example: Example, schemas: dict[str, Any]) -> dict[str, Any]:
    """The operation; its schemas are added to those of the document."""
    id_ = re.sub(r"\W+", "_", f"{endpoint.method.lower()}{endpoint.path}").rstrip("_")
    name = "".join(part[0].upper() + part[1:] for part in id_.split("_"))
    replies = PublishedReplies(dialect, endpoint, name, schemas)
    described: dict[str, Any] = {
        "operationId": id_,
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
        "responses": {**replies.responses(example), **shared_replies(dialect, endpoint)},
        EXTENSION: graphql_operation(dialect, endpoint, example),
    }
    if endpoint.body:
        required = any(parameter.required for parameter in endpoint.body.values())
        schemas[f"{name}Body"] = object_schema(endpoint.body)
        content = _bodies(endpoint.body, example, {"$ref": f"#/components/schemas/{name}Body"})
        described["requestBody"] = {"required": required, "content": content}
    return described


def _security(dialect: Dialect, endpoint: Endpoint) -> list[dict[str, list[str]]]:
    needed: list[dict[str, list[str]]] = [{dialect.name: []}]
    if any(not parameter.path for parameter in endpoint.route.values()):
        return []  # the path says who calls
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


def _bodies(parameters: Mapping[str, Parameter], example: Example, schema: Mapping[str, str]) -> dict[str, Any]:
    """The media types that can carry these parameters: files need multipart, nested rows no form."""
    value = {name: value for name, value in example.request.items() if name in parameters}
    shown = {"example": value} if value else {}
    converters = [parameter.converter for parameter in parameters.values()]
    if any(isinstance(converter, File) for converter in converters):
        return {"multipart/form-data": {"schema": schema}}
    bodies: dict[str, Any] = {JSON: {"schema": schema, **shown}}
    if not any(converter.json_schema.get("items", {}).get("type") == "object" for converter in converters):
        bodies["application/x-www-form-urlencoded"] = {"schema": schema, **shown}
    bodies["application/yaml"] = {"schema": schema, **shown}
    return bodies


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
            values[name] = sample(parameter.converter.json_schema)
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
