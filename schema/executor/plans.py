"""The plans that are kept: the most recent ones, and those of trusted operations for good."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from itertools import product
from typing import Generic, TypeVar

from graphql import GraphQLError, GraphQLSchema
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from graphql.language import OperationDefinitionNode

from schema.executor.compiler import UnsupportedError, compile_plan, condition_names
from schema.executor.plan import Plan
from schema.executor.prepared import Prepared

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Source = tuple[str, str | None]
"""The text of a document, and the name of one of its operations."""


class Recent(Generic[K, V]):
    """A mapping that forgets what was not used for longest."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def get(self, key: K) -> V:
        """The value, which is there."""
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        self._values[key] = value
        if len(self._values) > self._size:
            self._values.popitem(last=False)


class Plans:
    """Plans by the text of their operation and the values of its conditions.

    An operation that comes for the first time gets no plan: most of those never come again. Nor does one that
    the compiler does not support; that is remembered as well. By its text, an operation keeps its plan when the
    parser has forgotten its document.
    """

    def __init__(self, size: int) -> None:
        self._seen: Recent[int, None] = Recent(4 * size)
        self._conditions: Recent[Source, tuple[str, ...] | None] = Recent(size)
        self._plans: Recent[Hashable, Plan | None] = Recent(size)
        self._trusted_conditions: dict[Source, tuple[str, ...] | None] = {}
        self._trusted: dict[Hashable, Plan | None] = {}

    def __len__(self) -> int:
        return len(self._plans)

    def find(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDetails],
        variables: VariableValues,
        *,
        at_once: bool = False,
    ) -> Plan | None:
        """The plan to run, or None if graphql-core is to execute the operation.

        `at_once` asks for one that is not kept if the operation comes for the first time.
        """
        if operation.loc is None:
            return None
        source = _source_of(operation)
        comes_again = False
        if source in self._trusted_conditions:
            names = self._trusted_conditions[source]
        elif source in self._conditions:
            names = self._conditions.get(source)
        elif self._is_known(source):
            names = _conditions(operation, fragments)
            self._conditions.put(source, names)
            comes_again = True
        elif at_once:
            names = _conditions(operation, fragments)
        else:
            return None
        if names is None:
            return None
        values = variables.coerced
        conditions = {name: values[name] for name in names if isinstance(values.get(name), bool)}
        if len(conditions) < len(names):
            return None  # the field fails, which is for graphql-core to tell
        key = (source, *conditions.values())
        if key in self._trusted:
            return self._trusted[key]
        if key not in self._plans:
            is_new = not comes_again and source not in self._conditions
            if is_new or (conditions and not comes_again and not self._is_known(key)):
                return _compiled(schema, operation, fragments, conditions, selects_columns=False) if at_once else None
            self._plans.put(key, _compiled(schema, operation, fragments, conditions))
        return self._plans.get(key)

    def trust(self, prepared: Prepared) -> None:
        """Compile an operation now, and keep its plans for good."""
        operation, fragments = prepared.operation, prepared.fragments
        source = _source_of(operation)
        if source in self._trusted_conditions:
            return
        names = self._trusted_conditions[source] = _conditions(operation, fragments)
        for values in product((False, True), repeat=len(names or ())):
            conditions = dict(zip(names or (), values, strict=True))
            self._trusted[source, *values] = _compiled(prepared.schema, operation, fragments, conditions)

    def _is_known(self, key: Hashable) -> bool:
        known = hash(key) in self._seen
        self._seen.put(hash(key), None)
        return known


def _source_of(operation: OperationDefinitionNode) -> Source:
    name = operation.name.value if operation.name is not None else None
    return (operation.loc.source.body if operation.loc is not None else "", name)


def _conditions(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDetails]) -> tuple[str, ...] | None:
    try:
        return condition_names(operation, fragments)
    except UnsupportedError:
        return None


def _compiled(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: dict[str, FragmentDetails],
    conditions: Mapping[str, bool],
    *,
    selects_columns: bool = True,
) -> Plan | None:
    try:
        return compile_plan(schema, operation, fragments, conditions, selects_columns=selects_columns)
    except (UnsupportedError, GraphQLError, RecursionError):
        return None
