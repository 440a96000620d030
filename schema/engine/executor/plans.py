"""The cache of plans: the most recent ones within its memory, and those of trusted operations permanently."""

from collections.abc import Hashable, Mapping
from itertools import product
from sys import getsizeof
from typing import NamedTuple

from graphql import GraphQLError, GraphQLSchema
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from graphql.language import OperationDefinitionNode

from models.memory import Shares
from resolvers.paging import BYTES_OF_SELECTION
from schema.engine.executor.compiler import UnsupportedError, compile_plan, condition_names
from schema.engine.executor.plan import Plan
from schema.engine.executor.prepared import Prepared
from schema.engine.shapes import Shapes

Source = tuple[str, str | None, int]
"""The text of a document, and the name of one of its operations; of an operation of our own, which is parsed without
its places, its identity instead."""


BYTES_OF_STEP = 4500
"""What a step of a plan takes, with what belongs to it; measured by a test."""
BYTES_OF_PLAN = 5000
BYTES_OF_CONDITIONS = 1000
BYTES_OF_SEEN = 200
SEEN_BYTES = 1_000_000
"""The memory for the hashes of operations that came once."""
PLANS_BYTES = 32_000_000


class Conditions(NamedTuple):
    """The variables that decide which fields an operation selects; None where there can be no plan."""

    names: tuple[str, ...] | None


class Known(NamedTuple):
    """A plan; None where there can be none."""

    plan: Plan | None


class Plans:
    """Plans by the text of their operation and the values of its conditions.

    An operation that comes for the first time gets no plan: most of those never come again. Nor does one that
    the compiler does not support; that is remembered as well. By its text, an operation keeps its plan when the
    parser has forgotten its document. They take at most `size` bytes, of which those of clients that are not signed
    in have a share.
    """

    def __init__(self, size: int = PLANS_BYTES) -> None:
        self._seen: Shares[int, bool] = Shares(SEEN_BYTES)
        self._size = size
        self._conditions: Shares[Source, Conditions] = Shares(size // 8)
        self._plans: Shares[Hashable, Known] = Shares(size - size // 8)
        self._trusted_conditions: dict[Source, tuple[str, ...] | None] = {}
        self._trusted: dict[Hashable, Plan | None] = {}
        self._prepared: dict[Source, Prepared] = {}
        self.found = 0
        """How many operations of clients had a plan, and how many had none yet."""
        self.missed = 0

    def __len__(self) -> int:
        return len(self._plans)

    @property
    def size(self) -> int:
        """The bytes of the plans that are kept."""
        return self._conditions.size + self._plans.size

    def find(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDetails],
        variables: VariableValues,
        *,
        at_once: bool = False,
        is_signed_in: bool = False,
        document_size: int = 0,
    ) -> Plan | None:
        """The plan to run, or None if graphql-core is to execute the operation.

        `at_once` asks for one that is not kept if the operation comes for the first time. What is kept keeps the
        document, too, which takes so many bytes.
        """
        source = _source_of(operation)
        comes_again = False
        known = None
        if source in self._trusted_conditions:
            names = self._trusted_conditions[source]
        elif operation.loc is None:
            return None
        elif (known := self._conditions.get(source, is_signed_in=is_signed_in)) is not None:
            names = known.names
        elif comes_again := self._is_known(source, is_signed_in=is_signed_in):
            names = _conditions(operation, fragments)
            size = BYTES_OF_CONDITIONS + getsizeof(source[0])
            self._conditions.put(source, Conditions(names), size, is_signed_in=is_signed_in)
        elif at_once:
            names = _conditions(operation, fragments)
        else:
            self.missed += 1
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
        if (found := self._plans.get(key, is_signed_in=is_signed_in)) is not None:
            self.found += 1
            return found.plan
        self.missed += 1
        is_new = not comes_again and known is None
        if is_new or (conditions and not comes_again and not self._is_known(key, is_signed_in=is_signed_in)):
            return _compiled(schema, operation, fragments, conditions, selects_columns=False) if at_once else None
        plan = _compiled(schema, operation, fragments, conditions)
        size = BYTES_OF_PLAN + document_size + getsizeof(source[0])
        if plan is not None:
            size += BYTES_OF_STEP * plan.steps + BYTES_OF_SELECTION * plan.narrowed
        self._plans.put(key, Known(plan), size, is_signed_in=is_signed_in)
        return plan

    def resize(self, size: int) -> None:
        """Have the plans that are not trusted take at most so many bytes from now on."""
        if size != self._size:
            self._size = size
            self._conditions = Shares(size // 8)
            self._plans = Shares(size - size // 8)

    def trust(self, prepared: Prepared) -> None:
        """Compile an operation now, and keep its plans for good."""
        operation, fragments = prepared.operation, prepared.fragments
        source = _source_of(operation)
        if source in self._trusted_conditions:
            if self._prepared[source].shapes != prepared.shapes:
                prepared.shapes = {}  # two endpoints share it, which shape its lists differently
            return
        self._prepared[source] = prepared  # and with it its operation, whose identity no other can have then
        names = self._trusted_conditions[source] = _conditions(operation, fragments)
        for values in product((False, True), repeat=len(names or ())):
            conditions = dict(zip(names or (), values, strict=True))
            self._trusted[source, *values] = _compiled(
                prepared.schema, operation, fragments, conditions, shapes=prepared.shapes or {}
            )

    def _is_known(self, key: Hashable, *, is_signed_in: bool) -> bool:
        number = hash(key)
        known = self._seen.get(number, is_signed_in=is_signed_in) is not None
        self._seen.put(number, True, BYTES_OF_SEEN, is_signed_in=is_signed_in)
        return known


def _source_of(operation: OperationDefinitionNode) -> Source:
    if operation.loc is None:
        return "", None, id(operation)
    return operation.loc.source.body, operation.name.value if operation.name is not None else None, 0


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
    shapes: Shapes | None = None,
) -> Plan | None:
    try:
        return compile_plan(schema, operation, fragments, conditions, selects_columns=selects_columns, shapes=shapes)
    except (UnsupportedError, GraphQLError, RecursionError):
        return None
