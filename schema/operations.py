"""From a document to its result: an operation is measured, validated and run. What is known is not read again."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, cast

import graphql
from graphql import (
    GraphQLError,
    GraphQLSyntaxError,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    specified_rules,
)
from strawberry import Schema
from strawberry.schema.schema import StreamResult
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from schema.context import Context
from schema.errors import RequestErrorCode, RequestRefused, present_all, refusal
from schema.executor import Prepared, execute
from schema.limits import MAX_CHARACTERS, Limits, check_cost, measured, too_large
from schema.texts import Texts

MAX_KEPT_CHARACTERS = 500_000
"""How long the documents together may be that are kept in the form that runs."""
MAX_ERRORS = 10
"""The errors that validation tells; each may take a search for what was meant."""
_RULES = (
    tuple(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule),
    # Fragments that nobody spreads, or in circles, were not counted among its comparisons.
    (OverlappingFieldsCanBeMergedRule,),
)
_TOO_MANY_TOKENS = "Document contains more than"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a valid document that is within the limits."""

    prepared: Prepared
    introspects: bool
    worst_cost: int
    """What it costs when each page that a variable sizes is as large as a page can be."""

    @property
    def type(self) -> OperationType:
        """Whether it is a query, a mutation or a subscription."""
        return self.prepared.operation.operation


class GraphSchema(Schema):
    """Strawberry's schema, which reads operations of clients within limits and runs them.

    Errors are presented and logged by `schema.errors`.
    """

    limits = Limits()

    def limited(self, limits: Limits) -> "GraphSchema":
        """The same schema under these limits, with a memory of its own."""
        limited = copy(self)
        limited.limits = limits
        limited._operations = Texts(MAX_KEPT_CHARACTERS)
        return limited

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._operations: Texts[list[Operation]] = Texts(MAX_KEPT_CHARACTERS)

    def operation(
        self, query: str, name: str | None, variables: Mapping[str, object] | None, context: Context
    ) -> Operation:
        """The operation of that name, ready to run with these variables for this caller. Raises RequestRefused."""
        sees_schema = self._sees_schema(context)
        operations = self._operations.get(query)
        if operations is None:
            operations = self._read(query)
            operation = self._affordable(operations, name, variables)
            for rules in _RULES:
                errors = graphql.validate(
                    self._schema,
                    operation.prepared.document,
                    rules,
                    max_errors=MAX_ERRORS,
                    hide_suggestions=not sees_schema,
                )
                if errors:
                    raise RequestRefused(errors)
            self._operations.put(query, operations, len(query))
        else:
            operation = self._affordable(operations, name, variables)
        if operation.introspects and not sees_schema:
            raise refusal(
                "Only administrators may ask this server for its schema.", RequestErrorCode.INTROSPECTION_FORBIDDEN
            )
        return operation

    async def run(self, operation: Operation, variables: dict[str, Any] | None, context: Context) -> ExecutionResult:
        """The result of a query or a mutation, its errors as the client may see them.

        A query that takes too long is broken off. A mutation never is: whoever is told that it was would not
        know whether it took effect.
        """
        limit = self.limits.seconds if operation.type is OperationType.QUERY else None
        try:
            async with asyncio.timeout(limit) as timeout:
                result = execute(
                    self, operation.prepared, variables, context, hide_suggestions=not self._sees_schema(context)
                )
                if isawaitable(result):
                    result = await result
        except TimeoutError:
            if not timeout.expired():
                raise
            message = f"The query took longer than {limit:g} seconds."
            error = GraphQLError(message, extensions={"code": RequestErrorCode.OPERATION_TIMED_OUT})
            return ExecutionResult(data=None, errors=[error])
        errors = present_all(result.errors)
        if result.data is None and all(error.path is None for error in result.errors or ()):
            return PreExecutionError(data=None, errors=errors)  # the variables do not fit: nothing ran
        return ExecutionResult(result.data, errors, result.extensions)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        *_args: Any,
        **_options: Any,
    ) -> StreamResult:
        """The results of an operation of a client, of which a subscription may have several."""
        return self._results(query or "", variable_values, context_value, operation_name)

    async def _results(
        self, query: str, variables: dict[str, Any] | None, context: Context, name: str | None
    ) -> AsyncGenerator[ExecutionResult, None]:
        try:
            operation = self.operation(query, name, variables, context)
        except RequestRefused as refused:
            yield PreExecutionError(data=None, errors=present_all(refused.errors))
            return
        if operation.type is not OperationType.SUBSCRIPTION:
            yield await self.run(operation, variables, context)
            return
        results = graphql.subscribe(
            self._schema,
            operation.prepared.document,
            context_value=context,
            variable_values=variables,
            operation_name=operation.prepared.name,
            executor_class=self.execution_context_class,
            hide_suggestions=not self._sees_schema(context),
        )
        if isawaitable(results):
            results = await results
        if isinstance(results, graphql.ExecutionResult):
            yield PreExecutionError(data=None, errors=present_all(results.errors))
            return
        async with aclosing(cast("AsyncGenerator[graphql.ExecutionResult, None]", results)):
            try:
                async for result in results:
                    yield ExecutionResult(result.data, present_all(result.errors), result.extensions)
            except Exception as error:  # what the source of events raised
                located = GraphQLError(str(error), original_error=error)
                yield ExecutionResult(data=None, errors=present_all([located]))

    def _sees_schema(self, context: Context) -> bool:
        return self.limits.is_schema_open or context.scope.principal.is_administrator

    def _read(self, query: str) -> list[Operation]:
        """The operations of a document that was not read before, whose cost and validity remain to be seen."""
        if len(query) > MAX_CHARACTERS:
            raise too_large("characters", MAX_CHARACTERS)
        try:
            document = graphql.parse(query, max_tokens=self.limits.tokens)
        except GraphQLSyntaxError as error:
            if error.description.startswith(_TOO_MANY_TOKENS):
                raise too_large("tokens", self.limits.tokens) from None
            error.extensions = {"code": RequestErrorCode.GRAPHQL_PARSE_FAILED}
            raise RequestRefused([error]) from None
        return [
            Operation(Prepared(self._schema, document, node), size.introspection > 0, size.cost)
            for node, size in measured(document, self._schema, self.limits)
        ]

    def _affordable(
        self, operations: list[Operation], name: str | None, variables: Mapping[str, object] | None
    ) -> Operation:
        if not name and len(operations) > 1:
            reason = "The document has several operations: operationName must say which one to run."
            raise refusal(reason, RequestErrorCode.OPERATION_RESOLUTION_FAILURE)
        operation = next((each for each in operations if not name or each.prepared.name == name), None)
        if operation is None:
            reason = f"The document has no operation {name}." if name else "The document has no operation."
            raise refusal(reason, RequestErrorCode.OPERATION_RESOLUTION_FAILURE)
        if operation.worst_cost > self.limits.cost:
            prepared = operation.prepared
            check_cost(prepared.document, prepared.operation, variables or {}, self._schema, self.limits)
        return operation
