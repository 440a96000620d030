"""The protocol of a run that the parts of a plan use."""

from collections.abc import Awaitable, Hashable, Sequence
from typing import Any, Protocol

from graphql import GraphQLResolveInfo
from graphql.execution.values import VariableValues

from schema.engine.context import Context, LoadAll


class Running(Protocol):
    """A run, as its plan's steps and outputs see it. Cells, frames and outputs are those of `plan`."""

    context: Context
    variables: VariableValues
    hide_suggestions: bool
    arrived: list[Any]

    @property
    def executor(self) -> Any:
        """graphql-core's, for this execution."""

    def load(self, batch: LoadAll, variant: Hashable, cells: Any, keys: list[Any]) -> None:
        """Fill the cells, before the next level, with what the batch function finds for the keys."""

    def wait(self, cells: Any, awaitable: Awaitable[Any]) -> None:
        """Fill the one cell, before the next level, with what is awaited."""

    def defer_failures(self, cells: Any, failures: Sequence[Exception]) -> None:
        """Fail the cells after whatever of this level fails at once."""

    def expand(self, frame: Any) -> list[dict[str, Any]]:
        """The replies of a frame, filled as far as nothing is awaited."""

    def complete(self, output: Any, cells: Any, values: Sequence[Any], *, is_bare: bool = False) -> Sequence[Any]:
        """The parts of the reply that the values become; None where one fails, or is awaited."""

    def deliver(self, cells: Any, values: Sequence[Any], *, is_bare: bool = False) -> None:
        """Put what the values become where it was awaited."""

    def info(self, cells: Any, number: int) -> GraphQLResolveInfo[Any]:
        """What a resolver is told of the field that it resolves."""

    def fail(self, cells: Any, number: int, error: Exception | None) -> None:
        """Note that a value fails."""
