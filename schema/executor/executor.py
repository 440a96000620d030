"""The executor that the schema is given: it runs the plan of an operation, or leaves the operation to graphql-core."""

from typing import Any, ClassVar

from graphql import DocumentNode
from strawberry import Schema
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.executor.plans import Plans
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
        plan = self.plans.find(self) if self._is_plain and serially is None else None
        return super().execute_operation(serially) if plan is None else Run(self, plan).result()

    @property
    def _is_plain(self) -> bool:
        """Whether nobody wants to take part in the execution."""
        middleware = self.middleware_manager
        return self.abort_signal is None and self.hooks is None and not (middleware and middleware.middlewares)


def trust(schema: Schema, document: DocumentNode) -> None:
    """Compile the operation of a valid document now, if the schema compiles any, and keep its plans for good."""
    plans = getattr(schema.execution_context_class, "plans", None)
    if isinstance(plans, Plans):
        plans.trust(schema._schema, document)


def executor_class(size: int = PLANS) -> type[CompiledExecutor]:
    """An executor for one schema, which keeps so many plans."""
    return type("SchemaExecutor", (CompiledExecutor,), {"plans": Plans(size)})
