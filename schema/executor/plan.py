"""Plans: what an operation does, worked out once. A plan holds nothing of who runs it, or with what."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLObjectType

from schema.executor.steps import Step, origin_of


class Selection:
    """The fields that are selected of one type, in the order of the reply."""

    __slots__ = ("_keys", "origin", "steps")

    def __init__(self, type_: GraphQLObjectType, steps: Sequence[Step]) -> None:
        self.origin: Any = origin_of(type_)
        self.steps = steps
        self._keys = [step.key for step in steps]

    def replies(self, columns: Sequence[Sequence[Any]], length: int) -> list[dict[str, Any]]:
        """The reply of each object, from what each field has for all of them."""
        if not columns:
            return [{} for _ in range(length)]
        keys = self._keys
        return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]


class Plan:
    """An operation for one combination of the conditions of its @skip and @include."""

    __slots__ = ("is_mutation", "root")

    def __init__(self, root: Selection, *, is_mutation: bool) -> None:
        self.root = root
        self.is_mutation = is_mutation
