"""Prepared operations of valid documents, with what graphql-core would compute at each execution."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    coerce_input_value,
    get_nullable_type,
    get_variable_values,
    is_non_null_type,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, input_is_nested_too_deeply

from schema.engine.shapes import Shapes

_NOTHING = VariableValues({}, {})
_INT_LIMIT = 2**31
MAX_VARIABLE_ERRORS = 50
"""As many as graphql-core tells by itself."""
_PLAIN: dict[Any, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool, GraphQLInt: int}
"""The values that a scalar takes as they are; of numbers, those that are not too large."""


class Variable(NamedTuple):
    """A variable of an operation."""

    name: str
    signature: GraphQLVariableSignature
    plain: type | None
    is_required: bool

    def coerced(self, value: Any) -> Any:
        """The value as arguments take it, or Undefined if it is none of the variable's type."""
        if type(value) is self.plain and (type(value) is not int or -_INT_LIMIT <= value < _INT_LIMIT):
            return value
        type_ = self.signature.type
        return Undefined if input_is_nested_too_deeply(value, type_) else coerce_input_value(value, type_)


class Prepared:
    """An operation of a valid document."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        *,
        cost: int = 0,
        size: int = 0,
        shapes: Shapes | None = None,
    ) -> None:
        self.schema = schema
        self.shapes = shapes
        """The shapes of the lists of an operation of our own, by root field."""
        self.cost = cost
        """What it may cost; 0 for an operation of our own."""
        self.size = size
        """The bytes that its document takes."""
        self.document = document
        self.operation = operation
        self.name = operation.name.value if operation.name is not None else None
        self.fragment_definitions = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.fragments = {name: FragmentDetails(each) for name, each in self.fragment_definitions.items()}

    @cached_property
    def label(self) -> str:
        """What metrics call it: its type and its first field, of which the schema has so many and no more."""
        type_ = self.operation.operation.value
        return f"{type_} {next(self._root_fields(self.operation.selection_set), '__typename')}"

    def _root_fields(self, selected: SelectionSetNode) -> Iterator[str]:
        """The names of the root fields but for `__typename`, in their order."""
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                if selection.name.value != "__typename":
                    yield selection.name.value
            elif isinstance(selection, FragmentSpreadNode):
                yield from self._root_fields(self.fragment_definitions[selection.name.value].selection_set)
            elif isinstance(selection, InlineFragmentNode):
                yield from self._root_fields(selection.selection_set)

    @cached_property
    def _variables(self) -> list[Variable] | None:
        """None where a variable has a default, or no type: they are for graphql-core."""
        variables = []
        for definition in self.operation.variable_definitions or ():
            signature = get_variable_signature(self.schema, definition)
            if isinstance(signature, GraphQLError) or signature.default is not None:
                return None
            plain = _PLAIN.get(get_nullable_type(signature.type))
            variables.append(Variable(signature.name, signature, plain, is_non_null_type(signature.type)))
        return variables

    def coerce(
        self, sent: Mapping[str, Any] | None, *, completely: bool = False, hide_suggestions: bool = False
    ) -> VariableValues | list[GraphQLError] | None:
        """The values of the variables as graphql-core coerces them, or None where that is its own to do.

        It is, too, where it would have something to object. `completely` has it do so here.
        """
        coerced = self._coerced(sent)
        if coerced is not None or not completely:
            return coerced
        return get_variable_values(
            self.schema,
            self.operation.variable_definitions or (),
            dict(sent or {}),
            max_errors=MAX_VARIABLE_ERRORS,
            hide_suggestions=hide_suggestions,
        )

    def _coerced(self, sent: Mapping[str, Any] | None) -> VariableValues | None:
        variables = self._variables
        if not variables:
            return None if variables is None else _NOTHING
        sent = sent or {}
        sources, coerced = {}, {}
        for variable in variables:
            name = variable.name
            if name not in sent:
                if variable.is_required:
                    return None
                sources[name] = VariableValueSource(variable.signature)
                continue
            value = sent[name]
            try:
                made = variable.coerced(value)
            except Exception:
                return None
            if made is Undefined:
                return None
            sources[name] = VariableValueSource(variable.signature, value)
            coerced[name] = made
        return VariableValues(sources, coerced)
