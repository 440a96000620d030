"""Runs operations over a small schema, where time decides nothing, with both executors."""

from types import SimpleNamespace
from typing import Any, cast

import graphql
from graphql import ExecutionResult, parse, validate
from strawberry import Schema
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from auth.principal import Principal
from models.language import Language
from resolvers.scope import Scope
from schema.engine.context import Context
from schema.engine.executor import CompiledExecutor, execute
from tests.schema.engine.executor.comparison import EagerPlans, compiling, prepared, settled

Answer = tuple[str, list[Any], list[str]]
"""The data, the errors, and what mutations left."""


class Traced(Context):
    """The context of user 1, which knows what mutations left."""

    def __init__(self) -> None:
        services = SimpleNamespace(database=SimpleNamespace(is_sqlite=True))
        super().__init__(
            cast("Scope", SimpleNamespace(principal=Principal(user_id=1), services=services, language=Language.ENGLISH))
        )
        self.trace: list[str] = []


class Both:
    """Both executors for one schema, the compiled one as the product runs it and plugged into graphql-core."""

    def __init__(self, schema: Schema) -> None:
        self.plans = EagerPlans()
        self.executor: Any = type("Executor", (CompiledExecutor,), {"plans": self.plans})
        self.schema = compiling(schema, self.executor)

    async def answer(self, text: str, variables: dict[str, Any] | None = None, *, is_planned: bool = True) -> Answer:
        """What both answer; fails unless it is the same, the second time too."""
        assert validate(self.schema._schema, parse(text)) == []
        wanted = await self._plugged_in(StrawberryGraphQLCoreExecutionContext, text, variables)
        unplanned = self.plans.unplanned
        assert await self.compiled(text, variables) == wanted
        # The second time, nothing that a resolver did to its arguments is left.
        assert await self.compiled(text, variables) == wanted
        assert await self._plugged_in(self.executor, text, variables) == wanted
        assert (self.plans.unplanned == unplanned) is is_planned
        return wanted

    async def compiled(self, text: str, variables: dict[str, Any] | None = None) -> Answer:
        """What the compiled executor answers."""
        context = Traced()
        return _shown(await settled(self.start(text, variables, context)), context)

    def start(self, text: str, variables: dict[str, Any] | None, context: Context) -> Any:
        """What the compiled executor answers, or what brings it."""
        return execute(self.schema, prepared(self.schema, text), variables, context)

    async def _plugged_in(self, executor: Any, text: str, variables: dict[str, Any] | None) -> Answer:
        context = Traced()
        result = graphql.execute(
            self.schema._schema, parse(text), context_value=context, variable_values=variables, executor_class=executor
        )
        return _shown(await settled(result), context)


def _shown(result: ExecutionResult, context: Traced) -> Answer:
    errors = [(error.message, error.path, error.locations) for error in result.errors or ()]
    return repr(result.data), errors, context.trace
