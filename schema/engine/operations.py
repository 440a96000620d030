"""From a document to its result: an operation is measured, validated and run. Known documents are cached."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from sys import getsizeof
from typing import Any, cast

import graphql
from graphql import GraphQLError, GraphQLSyntaxError, OperationType
from strawberry import Schema
from strawberry.schema.schema import StreamResult
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from models.memory import Shares
from schema.engine.context import Context
from schema.engine.errors import RequestError, RequestErrorCode, RequestRefused, present_all, refusal
from schema.engine.executor import (
    MAX_ERRORS,
    MAX_UNPLANNED_COST,
    Plans,
    Prepared,
    TooManyErrors,
    UnplannedError,
    execute,
    resize,
)
from schema.engine.limits import MAX_CHARACTERS, MAX_EVENT_COST, Limits, check_cost, measured, too_large
from schema.engine.overdue import OverdueError, within
from schema.engine.pacing import has_many, in_slices, on_thread
from schema.engine.reading import BYTES_OF_DOCUMENT, BYTES_OF_TOKEN, faults, parsed
from schema.engine.wording import Message
from watching.work import current

MAX_KEPT_CHARACTERS = 20_000
"""The longest document that is remembered."""
MAX_READ_AT_ONCE = 500
"""The characters of a document that is not worth a thread to read it."""
MAX_VALUES_AT_ONCE = 1000
"""The values of variables that are not worth a thread to coerce them."""
MAX_COST_AT_ONCE = 100
"""The cost of an operation whose start is no longer than a slice of `schema.engine.pacing`."""
HIDDEN_SCHEMA = Message("Only administrators may introspect the schema of this server.")
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

    Errors are presented and logged by `schema.engine.errors`.
    """

    limits = Limits()
    documents_found = 0
    """How many operations came whose documents were remembered, and how many whose documents had to be read."""
    documents_read = 0

    def limited(self, limits: Limits) -> "GraphSchema":
        """The same schema under these limits, with a memory of its own."""
        limited = copy(self)
        limited.limits = limits
        limited._operations = Shares(limits.cache_bytes // 2)
        limited.documents_found = limited.documents_read = 0
        resize(limited, limits.cache_bytes // 2)
        return limited

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._operations: Shares[str, list[Operation]] = Shares(self.limits.cache_bytes // 2)

    @property
    def documents(self) -> Shares[str, list[Operation]]:
        """The remembered documents."""
        return self._operations

    @property
    def plans(self) -> Plans | None:
        """The remembered plans, unless graphql-core executes everything."""
        return getattr(self.execution_context_class, "plans", None)

    async def ready(
        self, query: str, name: str | None, variables: Mapping[str, object] | None, context: Context
    ) -> Operation:
        """What `operation` returns, while others run if that takes long. Raises RequestRefused."""
        is_short = len(query) <= MAX_READ_AT_ONCE and "__schema" not in query and "__type(" not in query
        if is_short or query in self._operations:
            return self.operation(query, name, variables, context)
        self.documents_read += 1
        operations = await on_thread(self._valid, query, name, variables, context)
        self._keep(query, operations, context)
        return self._chosen(operations, name, variables, context)

    def operation(
        self, query: str, name: str | None, variables: Mapping[str, object] | None, context: Context
    ) -> Operation:
        """The operation of that name, ready to run with these variables for this caller. Raises RequestRefused."""
        operations = self._operations.get(query, is_signed_in=context.scope.principal.is_signed_in)
        if operations is not None:
            self.documents_found += 1
        else:
            self.documents_read += 1
            operations = self._valid(query, name, variables, context)
            self._keep(query, operations, context)
        return self._chosen(operations, name, variables, context)

    def _valid(
        self, query: str, name: str | None, variables: Mapping[str, object] | None, context: Context
    ) -> list[Operation]:
        """The operations of a document that was not read before. It changes nothing, so that a thread may run it."""
        operations = self._read(query)
        operation = self._affordable(operations, name, variables, context)
        document, hides = operation.prepared.document, not self.sees_schema(context)
        if errors := faults(self._schema, document, hide_suggestions=hides):
            raise RequestRefused(errors)
        return operations

    def _keep(self, query: str, operations: list[Operation], context: Context) -> None:
        if len(query) <= MAX_KEPT_CHARACTERS:
            size = operations[0].prepared.size
            self._operations.put(query, operations, size, is_signed_in=context.scope.principal.is_signed_in)

    def _chosen(
        self, operations: list[Operation], name: str | None, variables: Mapping[str, object] | None, context: Context
    ) -> Operation:
        sees_schema = self.sees_schema(context)
        operation = self._affordable(operations, name, variables, context)
        if operation.introspects and not sees_schema:
            raise refusal(HIDDEN_SCHEMA, RequestErrorCode.INTROSPECTION_FORBIDDEN)
        return operation

    async def run(self, operation: Operation, variables: dict[str, Any] | None, context: Context) -> ExecutionResult:
        """The result of a query or a mutation, its errors as the client may see them.

        A query that takes too long is broken off. A mutation never is: whoever is told that it was would not
        know whether it took effect.
        """
        prepared, hides = operation.prepared, not self.sees_schema(context)
        work = current()
        work.begins(prepared.label, prepared.name)
        limit = self.limits.seconds if operation.type is OperationType.QUERY else None
        try:
            result, errors = await within(limit, self._executed(prepared, variables, context, hides))
        except UnplannedError:
            refused = too_large(Message("cost of what has no plan"), MAX_UNPLANNED_COST)
            return PreExecutionError(data=None, errors=present_all(refused.errors, context.wording))
        except TooManyErrors:
            refused = too_large(Message("errors"), MAX_ERRORS)
            return ExecutionResult(data=None, errors=present_all(refused.errors, context.wording))
        except OverdueError:
            work.refused(RequestErrorCode.OPERATION_TIMED_OUT)
            message = Message("The query took longer than {seconds} seconds.", seconds=f"{limit:g}")
            error = RequestError(message, RequestErrorCode.OPERATION_TIMED_OUT)
            return ExecutionResult(data=None, errors=present_all([error], context.wording))
        finally:
            work.ends()
        if result.data is None and all(error.path is None for error in result.errors or ()):
            return PreExecutionError(data=None, errors=errors)  # the variables do not fit: nothing ran
        return ExecutionResult(result.data, errors, result.extensions)

    async def _executed(
        self, prepared: Prepared, variables: dict[str, Any] | None, context: Context, hides: bool
    ) -> tuple[graphql.ExecutionResult, list[GraphQLError] | None]:
        """The result of an operation, and its errors as the client may see them."""
        values = None
        if variables and has_many(variables, MAX_VALUES_AT_ONCE):
            values = await on_thread(prepared.coerce, variables, completely=True, hide_suggestions=hides)
        if values is None and prepared.cost <= MAX_COST_AT_ONCE:
            result = execute(self, prepared, variables, context, hide_suggestions=hides)
        else:
            call = partial(execute, self, prepared, variables, context, values=values, hide_suggestions=hides)
            result = await in_slices(call)
        if not isinstance(result, graphql.ExecutionResult):
            result = await result
        errors = await in_slices(present_all, result.errors, context.wording) if result.errors else None
        return result, errors

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
            operation = await self.ready(query, name, variables, context)
        except RequestRefused as refused:
            yield PreExecutionError(data=None, errors=present_all(refused.errors, context.wording))
            return
        if operation.type is not OperationType.SUBSCRIPTION:
            yield await self.run(operation, variables, context)
            return
        current().begins(operation.prepared.label, operation.prepared.name)
        results = graphql.subscribe(
            self._schema,
            operation.prepared.document,
            context_value=context,
            variable_values=variables,
            operation_name=operation.prepared.name,
            executor_class=self.execution_context_class,
            hide_suggestions=not self.sees_schema(context),
        )
        if isawaitable(results):
            results = await results
        if isinstance(results, graphql.ExecutionResult):
            yield PreExecutionError(data=None, errors=present_all(results.errors, context.wording))
            return
        async with aclosing(cast("AsyncGenerator[graphql.ExecutionResult, None]", results)):
            try:
                async for result in results:
                    errors = present_all(result.errors, context.wording)
                    yield ExecutionResult(result.data, errors, result.extensions)
            except Exception as error:  # what the source of events raised
                located = GraphQLError(str(error), original_error=error)
                yield ExecutionResult(data=None, errors=present_all([located], context.wording))

    def sees_schema(self, context: Context) -> bool:
        """Whether the caller may introspect."""
        return self.limits.is_schema_open or context.scope.principal.is_administrator

    def _read(self, query: str) -> list[Operation]:
        """The operations of a document that was not read before, whose cost and validity remain to be seen."""
        if len(query) > MAX_CHARACTERS:
            raise too_large(Message("characters"), MAX_CHARACTERS)
        try:
            document, tokens = parsed(query, self.limits.tokens)
        except GraphQLSyntaxError as error:
            if error.description.startswith(_TOO_MANY_TOKENS):
                raise too_large(Message("tokens"), self.limits.tokens) from None
            error.extensions = {"code": RequestErrorCode.GRAPHQL_PARSE_FAILED}
            raise RequestRefused([error]) from None
        size = BYTES_OF_DOCUMENT + BYTES_OF_TOKEN * tokens + getsizeof(query)
        return [
            Operation(
                Prepared(self._schema, document, node, cost=found.cost + found.introspection, size=size),
                found.introspection > 0,
                found.cost,
            )
            for node, found in measured(document, self._schema, self.limits)
        ]

    def _affordable(
        self, operations: list[Operation], name: str | None, variables: Mapping[str, object] | None, context: Context
    ) -> Operation:
        if not name and len(operations) > 1:
            reason = Message("The document has several operations: operationName must select one.")
            raise refusal(reason, RequestErrorCode.OPERATION_RESOLUTION_FAILURE)
        operation = operations[0] if operations else None
        if name and operation is not None and operation.prepared.name != name:
            operation = next((each for each in operations if each.prepared.name == name), None)
        if operation is None:
            named = Message("The document has no operation {name}.", name=name)
            reason = named if name else Message("The document has no operation.")
            raise refusal(reason, RequestErrorCode.OPERATION_RESOLUTION_FAILURE)
        limits = self.limits
        maximum = limits.cost if context.scope.principal.is_signed_in else min(limits.anonymous_cost, limits.cost)
        if operation.type is OperationType.SUBSCRIPTION:
            maximum = min(maximum, MAX_EVENT_COST)
        if operation.worst_cost > maximum:
            prepared = operation.prepared
            check_cost(prepared.document, prepared.operation, variables or {}, self._schema, limits, maximum)
        return operation
