"""JSON schemas of whole replies: a dialect's envelope around the schema of its content.

What stands in an envelope as it is, such as the code of a success, is the only value there, so that programs tell
replies from one another by it. Messages are any text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from starlette.responses import Response

from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint, Failure
from rest_compat.json_schema import schema_of_constant
from rest_compat.published_operation import published_operation
from rest_compat.reply import Constant
from rest_compat.reply_schema import NULL, Place, Schema, any_of, schema_of, without_null
from schema.schema import build_schema

_MARK = "\ue000"
"""Begins the texts that stand in an envelope where a value comes."""
_TEXT: Schema = {"type": "string"}


class Envelopes:
    """The schemas of the replies of an endpoint."""

    def __init__(self, dialect: Dialect, endpoint: Endpoint) -> None:
        self._dialect = dialect
        self._endpoint = endpoint
        graph, operation = build_schema()._schema, published_operation(dialect, endpoint)
        # What is missing is another reply.
        certain = [outcome.value for outcome in endpoint.outcomes if outcome.missing and isinstance(outcome.value, str)]
        self._place = Place.root(graph, operation, certain)
        self._anywhere = Place.root(graph, operation)
        self._held: dict[str, Schema] = {}

    @property
    def success(self) -> Schema:
        """The reply of a call that succeeded."""
        schema = schema_of(self._endpoint.reply, self._place)
        replies = [self._success(self._marked(self._endpoint.reply, without_null(schema)))]
        if NULL in schema.get("anyOf", [schema]):
            replies.append(self._success(None))
        return merged([self._described(reply) for reply in replies])

    def refusal(self, failure: Failure) -> Schema:
        """The reply of a call that failed so."""
        data = self._marked(failure.data, schema_of(failure.data, self._anywhere))
        marked = replace(failure, code=self._mark(schema_of_constant(failure.code)), message=self._mark(_TEXT))
        reply = self._dialect.refusal(marked, None if failure.data is None else data)
        return self._described(orjson.loads(reply.body))

    def told(self, responses: Sequence[Response]) -> Schema:
        """Replies to requests that cannot be accepted; where they hold lists, those are of what is wrong."""
        kinds = [self._refused_as(orjson.loads(response.body)) for response in responses]
        return merged(kinds)

    def _refused_as(self, body: Mapping[str, Any]) -> Schema:
        # Which of the texts is the message shows an empty failure, which is written as the others are.
        shown = orjson.loads(self._dialect.refusal(Failure(0, _MARK)).body)
        wrong = {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}}
        properties = {
            name: _TEXT if shown.get(name) == _MARK else wrong if _is_form_error(value) else schema_of_constant(value)
            for name, value in body.items()
        }
        return {"type": "object", "properties": properties, "required": list(body)}

    def _success(self, data: Any) -> Any:
        endpoint = self._endpoint
        meta = None if endpoint.meta is None else self._mark(schema_of(endpoint.meta, self._place))
        reply = self._dialect.success(data, message=self._mark(_TEXT), meta=meta)
        return orjson.loads(reply.body)

    def _marked(self, template: Any, schema: Schema) -> Any:
        """What stands for the data: envelopes may merge its members with their own."""
        if template is None or isinstance(template, Constant):
            return template and template.value
        if isinstance(template, Mapping):
            return {name: self._mark(schema["properties"][name]) for name in template}
        return self._mark(schema)

    def _mark(self, schema: Schema) -> str:
        mark = f"{_MARK}{len(self._held)}"
        self._held[mark] = schema
        return mark

    def _described(self, value: Any) -> Schema:
        if isinstance(value, str) and value in self._held:
            return self._held[value]
        if isinstance(value, dict) and value:
            properties = {name: self._described(part) for name, part in value.items()}
            return {"type": "object", "properties": properties, "required": list(value)}
        return schema_of_constant(value)


def _is_form_error(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(words, list) for words in value.values())


def merged(schemas: Sequence[Schema]) -> Schema:
    """The schema of what one of these describes: objects that differ in one member alone become one."""
    kinds: list[Schema] = []
    for schema in schemas:
        for number, kind in enumerate(kinds):
            if (both := _in_one(kind, schema)) is not None:
                kinds[number] = both
                break
        else:
            kinds.append(schema)
    return any_of(kinds)


def _in_one(one: Schema, other: Schema) -> Schema | None:
    ours, theirs = one.get("properties", {}), other.get("properties", {})
    if set(ours) != set(theirs):
        return None
    different = [name for name, part in ours.items() if part != theirs[name]]
    if not different:
        return one
    name = different[0]
    return {**one, "properties": {**ours, name: either(ours[name], theirs[name])}} if len(different) == 1 else None


def either(one: Schema, other: Schema) -> Schema:
    """The schema of what one of two describes; of listed values of a type, one list."""
    if one.keys() == other.keys() == {"type", "enum"} and one["type"] == other["type"]:
        return {"type": one["type"], "enum": list(dict.fromkeys([*one["enum"], *other["enum"]]))}
    return any_of([one, other])
