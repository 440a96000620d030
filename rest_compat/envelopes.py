"""JSON schemas of whole replies: a dialect's envelope around the schema of its content."""

from collections.abc import Mapping
from typing import Any

import orjson

from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint, Failure
from rest_compat.published_operation import published_operation
from rest_compat.reply import Constant
from rest_compat.reply_schema import NULL, Place, Schema, any_of, schema_of, without_null
from schema.schema import build_schema

_MARK = "\ue000"
"""Begins the texts that stand in an envelope where a value comes."""
_TYPES: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


class Envelopes:
    """The schemas of the replies of an endpoint."""

    def __init__(self, dialect: Dialect, endpoint: Endpoint) -> None:
        self._dialect = dialect
        self._endpoint = endpoint
        self._place = Place.root(build_schema()._schema, published_operation(dialect, endpoint))
        self._held: dict[str, Schema] = {}

    @property
    def success(self) -> Schema:
        """The reply of a call that succeeded."""
        schema = schema_of(self._endpoint.reply, self._place)
        replies = [self._success(self._marked(self._endpoint.reply, without_null(schema)))]
        if NULL in schema.get("anyOf", [schema]):
            replies.append(self._success(None))
        return any_of([self._described(reply) for reply in replies])

    def refusal(self, failure: Failure) -> Schema:
        """The reply of a call that failed so."""
        data = self._marked(failure.data, schema_of(failure.data, self._place))
        reply = self._dialect.refusal(failure, None if failure.data is None else data)
        return self._described(orjson.loads(reply.body))

    def _success(self, data: Any) -> Any:
        endpoint = self._endpoint
        meta = None if endpoint.meta is None else self._mark(schema_of(endpoint.meta, self._place))
        reply = self._dialect.success(data, message=endpoint.message, meta=meta)
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
        if isinstance(value, dict):
            properties = {name: self._described(part) for name, part in value.items()}
            return {"type": "object", "properties": properties, "required": list(value)}
        if isinstance(value, list):
            return {"type": "array"}
        return NULL if value is None else {"type": _TYPES[type(value)]}
