"""Runs operations from their plans, or leaves them to graphql-core. The schema is given `CompiledExecutor`."""

from collections.abc import Awaitable
from typing import Any, ClassVar

import graphql
from graphql import ExecutionResult
from graphql.execution.executor import default_field_resolver, default_type_resolver
from graphql.pyutils import is_awaitable
from strawberry import Schema
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.context import Context
from schema.executor.plans import Plans
from schema.executor.prepared import Prepared
from schema.executor.run import Run

PLANS = 512


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
    hide_suggestions: bool = False,
) -> ExecutionResult | Awaitable[ExecutionResult]:
    """The result of an operation, or what brings it, as `graphql.execute` has it.

    Where there is a plan, it is run without asking again what is known of the operation.
    """
    executor_class: Any = schema.execution_context_class
    plans = getattr(executor_class, "plans", None)
    if plans is not None and (values := prepared.coerce(variables)) is not None:
        plan = plans.find(prepared.schema, prepared.operation, prepared.fragments, values)
        if plan is not None:

            def executor() -> CompiledExecutor:
                made: CompiledExecutor = executor_class(
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
                return made

            return Run(plan, context, values, executor=executor, hide_suggestions=hide_suggestions).result()
        executor_class = StrawberryGraphQLCoreExecutionContext  # asked again, it would be for the second time
    return graphql.execute(
        prepared.schema,
        prepared.document,
        context_value=context,
        variable_values=variables,
        operation_name=prepared.name,
        executor_class=executor_class,
        hide_suggestions=hide_suggestions,
    )


def trust(schema: Schema, prepared: Prepared) -> None:
    """Compile an operation of our own now, if the schema compiles any, and keep its plans for good."""
    plans = getattr(schema.execution_context_class, "plans", None)
    if isinstance(plans, Plans):
        plans.trust(prepared)


def executor_class(size: int = PLANS) -> type[CompiledExecutor]:
    """An executor for one schema, which keeps so many plans."""
    return type("SchemaExecutor", (CompiledExecutor,), {"plans": Plans(size)})
