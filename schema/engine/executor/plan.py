"""Plans: what an operation does, worked out once. A plan holds nothing of who runs it, or with what."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

from graphql import GraphQLObjectType

from models.generated import generated
from schema.engine.executor.steps import Step, origin_of

MAX_BUILT = 100
"""The fields of a selection up to which a function is made, and kept, that makes its replies."""


@cache
def _builder(count: int) -> Callable[..., list[dict[str, Any]]]:
    """A function that makes dictionaries of so many keys from columns: a literal is the fastest way to one."""
    keys = "".join(f", k{n}" for n in range(count))
    items = ", ".join(f"k{n}: v{n}" for n in range(count))
    values = "".join(f"v{n}, " for n in range(count))
    source = f"lambda columns{keys}: [{{{items}}} for {values} in zip(*columns)]"
    return cast("Callable[..., list[dict[str, Any]]]", generated(source))


class Selection:
    """The fields that are selected of one type, in the order of the reply."""

    __slots__ = ("_build", "_keys", "columns", "origin", "steps")

    def __init__(self, type_: GraphQLObjectType, steps: Sequence[Step]) -> None:
        self.origin: Any = origin_of(type_)
        self.steps = steps
        self._keys = [step.key for step in steps]
        self._build = _builder(len(steps)) if 0 < len(steps) <= MAX_BUILT else None
        read = [step.columns for step in steps]
        self.columns: frozenset[str] | None = None if None in read else frozenset().union(*filter(None, read))
        """The columns that are read of each row, or None if it may be any."""

    def replies(self, columns: Sequence[Sequence[Any]], length: int) -> list[dict[str, Any]]:
        """The reply of each object, from what each field has for all of them."""
        if not columns:
            return [{} for _ in range(length)]
        if self._build is None:
            return [dict(zip(self._keys, values, strict=True)) for values in zip(*columns, strict=True)]
        return self._build(columns, *self._keys)


class Plan:
    """An operation for one combination of the conditions of its @skip and @include.

    It has so many steps, and batch functions that load some columns.
    """

    __slots__ = ("is_mutation", "narrowed", "root", "steps")

    def __init__(self, root: Selection, *, steps: int, narrowed: int, is_mutation: bool) -> None:
        self.root = root
        self.steps = steps
        self.narrowed = narrowed
        self.is_mutation = is_mutation
