"""The arguments of a field: values that are the same in every run are computed once."""

from collections.abc import Mapping
from enum import Enum
from types import NoneType
from typing import Any

from graphql import GraphQLArgument, GraphQLError, GraphQLField, VariableNode, get_argument_values, is_non_null_type
from graphql.execution.values import VariableValues
from graphql.language import ArgumentNode, FieldNode, ListValueNode, ObjectValueNode, ValueNode

_IMMUTABLE = (int, float, str, NoneType, Enum)
_NO_VARIABLES = VariableValues({}, {})


class Arguments:
    """The arguments that one node of a document gives to a field.

    Those that a resolver could change are made anew for each call, unless a variable brought them.
    """

    __slots__ = ("_computed", "_constants", "_definition", "_node", "_variables")

    def __init__(self, definition: GraphQLField, node: FieldNode) -> None:
        self._definition = definition
        self._node = node
        self._constants: dict[str, Any] = {}
        self._variables: list[tuple[str, str, bool]] = []
        self._computed = False
        given = {argument.name.value: argument for argument in node.arguments or ()}
        for name, argument in definition.args.items():
            self._add(name, argument, given.get(name))

    def _add(self, name: str, argument: GraphQLArgument, given: ArgumentNode | None) -> None:
        """One of them: what it is without variables is its default, if it has one."""
        node = FieldNode(name=self._node.name, arguments=() if given is None else (given,))
        is_variable = given is not None and isinstance(given.value, VariableNode)
        holds_variables = given is not None and not is_variable and _holds_variables(given.value)
        try:
            found = get_argument_values(GraphQLField(self._definition.type, {name: argument}), node, _NO_VARIABLES)
        except GraphQLError:
            found = None  # it has to be there, or is wrong
        if found is not None and not holds_variables and all(isinstance(value, _IMMUTABLE) for value in found.values()):
            self._constants.update(found)
        elif not is_variable or found is not None:
            self._computed = True
        if given is not None and isinstance(given.value, VariableNode):
            out_name = argument.out_name or name
            self._variables.append((out_name, given.value.name.value, is_non_null_type(argument.type)))

    @property
    def are_constant(self) -> bool:
        """Whether they are the same in every run."""
        return not self._variables and not self._computed

    def of(self, variables: VariableValues, *, hide_suggestions: bool) -> Mapping[str, Any]:
        """The coerced arguments, by the names of the schema. Raises GraphQLError."""
        if self.are_constant:
            return self._constants
        if not self._computed:
            values, coerced = dict(self._constants), variables.coerced
            for name, variable, is_required in self._variables:
                value = coerced.get(variable, coerced)
                if value is coerced:
                    if is_required and name not in values:
                        break
                elif value is None and is_required:
                    break
                else:
                    values[name] = value
            else:
                return values
        return get_argument_values(self._definition, self._node, variables, hide_suggestions=hide_suggestions)


def _holds_variables(value: ValueNode) -> bool:
    """Whether a variable stands in the value, however deep: a scalar may make anything of it."""
    if isinstance(value, ListValueNode):
        return any(map(_holds_variables, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_holds_variables(field.value) for field in value.fields)
    return isinstance(value, VariableNode)
