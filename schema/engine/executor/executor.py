"""Runs operations from their plans, or leaves them to graphql-core. The schema is given `CompiledExecutor`.

graphql-core cannot pause. What may cost more than a little runs from a plan, or not at all.
"""

from collections.abc import Awaitable
from typing import Any, ClassVar

import graphql
from graphql import ExecutionResult, GraphQLError
from graphql.execution.executor import default_field_resolver, default_type_resolver
from graphql.execution.values import VariableValues
from graphql.pyutils import is_awaitable
from strawberry import Schema
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.engine.context import Context
from schema.engine.executor.plans import PLANS_BYTES, Plans
from schema.engine.executor.prepared import Prepared
from schema.engine.executor.run import Run

MAX_UNPLANNED_COST = 500
"""What graphql-core may execute: some tens of milliseconds."""


class UnplannedError(Exception):
    """A large operation has something that the compiler does not support."""


class CompiledExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, but for operations that there is a plan for.

    Operations are selected and variables are coerced by graphql-core. Which of the two executes an operation
    is decided before any of its fields runs.
    """

    plans: ClassVar[Plans]

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The result, or what brings it."""
        plan = None
        if self._is_plain and serially is None:
            plan = self.plans.find(self.schema, self.operation, self.fragments, self.variable_values)
        if plan is None:
            return super().execute_operation(serially)
        run = Run(
            plan,
            self.context_value,
            self.variable_values,
            executor=lambda: self,
            root=self.root_value,
            hide_suggestions=self.hide_suggestions,
        )
        return run.result()

    @property
    def _is_plain(self) -> bool:
        """Whether nobody wants to take part in the execution."""
        middleware = self.middleware_manager
        return (
            self.abort_signal is None
            and self.hooks is None
            and self.is_awaitable is is_awaitable
            and not (middleware and middleware.middlewares)
        )


def execute(
    schema: Schema,
    prepared: Prepared,
    variables: dict[str, Any] | None,
    context: Context,
    *,
    values: VariableValues | list[GraphQLError] | None = None,
    hide_suggestions: bool = False,
) -> ExecutionResult | Awaitable[ExecutionResult]:
    """The result of an operation, or what brings it, as `graphql.execute` has it.

    Where there is a plan, it is run without asking again what is known of the operation. A large operation gets one
    at once. Raises UnplannedError where a large one cannot have any. `values` are the variables' if they were
    coerced before.
    """
    executor_class: Any = schema.execution_context_class
    plans = getattr(executor_class, "plans", None)
    is_large = prepared.cost > MAX_UNPLANNED_COST
    if plans is not None and values is None:
        values = prepared.coerce(variables, completely=is_large, hide_suggestions=hide_suggestions)
    if isinstance(values, list):
        return ExecutionResult(None, values)
    if plans is not None and values is not None:

        def made(class_: Any = executor_class) -> Any:
            return class_(
                prepared.schema,
                prepared.fragment_definitions,
                prepared.fragments,
                None,
                context,
                prepared.operation,
                values,
                default_field_resolver,
                default_type_resolver,
                default_field_resolver,
                hide_suggestions=hide_suggestions,
            )

        plan = plans.find(
            prepared.schema,
            prepared.operation,
            prepared.fragments,
            values,
            at_once=is_large,
            is_signed_in=context is not None and context.scope.principal.is_signed_in,
            document_size=prepared.size,
        )
        if plan is not None:
            run = Run(plan, context, values, executor=made, hide_suggestions=hide_suggestions, is_large=is_large)
            return run.result()
        if is_large:
            raise UnplannedError
        # Not the class of the schema: asked again, it would be for the second time.
        result: ExecutionResult | Awaitable[ExecutionResult]
        result = made(StrawberryGraphQLCoreExecutionContext).execute_operation()
        return result
    return graphql.execute(
        prepared.schema,
        prepared.document,
        context_value=context,
        variable_values=variables,
        operation_name=prepared.name,
        executor_class=executor_class,
        hide_suggestions=hide_suggestions,
    )


def resize(schema: Schema, size: int) -> None:
    """Have the plans of a schema, if it has any, take at most so many bytes."""
    plans = getattr(schema.execution_context_class, "plans", None)
    if isinstance(plans, Plans):
        plans.resize(size)


def trust(schema: Schema, prepared: Prepared) -> None:
    """Compile an operation of our own now, if the schema compiles any, and keep its plans for good."""
    plans = getattr(schema.execution_context_class, "plans", None)
    if isinstance(plans, Plans):
        plans.trust(prepared)


def executor_class(size: int = PLANS_BYTES) -> type[CompiledExecutor]:
    """An executor for one schema, whose plans take so many bytes."""
    return type("SchemaExecutor", (CompiledExecutor,), {"plans": Plans(size)})
