"""Random operations over a schema: fragments, aliases, conditions, variables, arguments right and wrong."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)
from graphql.type import is_required_input_field

ODD: Sequence[Any] = (None, True, 2**31, -(2**31), 1.5, float("nan"), "", "odd", [], [None], {}, {"odd": 1})
"""Values that few variables take."""
Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


CHANCES = {"last": 0.25, "before": 0.15, "orderBy": 0.2}
REFUSED_WITH = {"last": ("first", "page"), "before": ("page",), "page": ("last", "before")}
"""What is not chosen together: more than few of the operations would be refused."""


@dataclass(frozen=True)
class Operation:
    """A document and the variables to run it with."""

    text: str
    variables: dict[str, Any]

    @property
    def hides_suggestions(self) -> bool:
        """Whether errors suggest nothing: half of the operations, the same for both executors."""
        return len(self.text) % 2 == 0

    def __str__(self) -> str:
        return f"{self.text}\n{self.variables}"


@dataclass
class Generator:
    """Makes operations. `values` has what to send for each scalar, right and wrong."""

    schema: GraphQLSchema
    random: Random
    values: dict[str, Sequence[Any]]
    mutations: Sequence[str] = ()
    left_out: Collection[str] = ()
    """Root fields, and others behind the names of their types."""
    depth: int = 5
    _fragments: list[str] = field(default_factory=list)
    _variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _conditions: list[str] = field(default_factory=list)

    def query(self) -> Operation:
        """A query."""
        assert self.schema.query_type is not None
        names = [name for name in self.schema.query_type.fields if name not in self.left_out]
        return self._operation("query", self.schema.query_type, names, self._count(1, 4))

    def mutation(self) -> Operation:
        """A mutation with one or several fields."""
        assert self.schema.mutation_type is not None
        return self._operation("mutation", self.schema.mutation_type, list(self.mutations), self._count(1, 3))

    def _operation(self, kind: str, root: GraphQLObjectType, names: Sequence[str], count: int) -> Operation:
        self._fragments, self._variables, self._conditions = [], {}, []
        fields = [self._field(root, self.random.choice(names), self.depth) for _ in range(count)]
        if self._chance(0.1):
            fields.insert(self._count(0, len(fields)), "__typename")
        if self._chance(0.15):
            fields.append(f"... on {root.name} {{ {self._field(root, self.random.choice(names), 2)} }}")
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self._variables.items())
        text = f"{kind} Generated{f'({declared})' if declared else ''} {{\n  " + "\n  ".join(fields) + "\n}"
        values = {name: value for name, (_, value) in self._variables.items() if value is not _LEFT_OUT}
        if self._chance(0.02):
            values[self.random.choice(list(self._variables or ("unknown",)))] = self.random.choice(ODD)
        return Operation("\n".join([text, *self._fragments]), values)

    def _selection(self, type_: Composite, depth: int) -> str:
        fields = {} if isinstance(type_, GraphQLUnionType) else type_.fields
        names = [name for name in fields if f"{type_.name}.{name}" not in self.left_out]
        leaves = [name for name in names if not is_composite_type(get_named_type(fields[name].type))]
        others = [name for name in names if name not in leaves]
        parts = [self._field(type_, self.random.choice(leaves), depth) for _ in range(self._count(1, 3)) if leaves]
        if depth > 0:
            parts += [self._field(type_, self.random.choice(others), depth) for _ in range(self._count(0, 2)) if others]
        if self._chance(0.15) or not parts:
            parts.append("__typename")
        if parts and self._chance(0.1):
            parts.append(self.random.choice(parts))  # merged
        self.random.shuffle(parts)
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            possible = self.random.sample(self.schema.get_possible_types(type_), k=3)
            parts += [f"... on {each.name} {{ {self._selection(each, depth - 1)} }}" for each in possible]
        return " ".join(self._maybe_fragment(type_, part) for part in parts)

    def _maybe_fragment(self, type_: Composite, part: str) -> str:
        if self._chance(0.08):
            condition = f" on {type_.name}" if self._chance(0.7) else ""
            return f"...{condition}{self._directives()} {{ {part} }}"
        if self._chance(0.05):
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {type_.name} {{ {part} }}")
            return f"...{name}{self._directives()}"
        return part

    def _field(self, type_: Composite, name: str, depth: int) -> str:
        assert not isinstance(type_, GraphQLUnionType)
        definition = type_.fields[name]
        arguments = self._arguments(definition)
        # The same alias never stands for two different things, so that the operation is valid.
        alias = f"a{self._count(0, 99999)}: " if arguments or self._chance(0.12) else ""
        named = get_named_type(definition.type)
        below = f" {{ {self._selection(named, depth - 1)} }}" if is_composite_type(named) else ""
        if below and not alias:
            alias = f"b{self._count(0, 99999)}: " if self._chance(0.5) else ""
        return f"{alias}{name}{arguments}{self._directives()}{below}"

    def _directives(self) -> str:
        if not self._chance(0.06):
            return ""
        name, value = self.random.choice(("skip", "include")), self._chance(0.5)
        condition = str(value).lower()
        if self._chance(0.6):
            variable = f"c{self._count(0, 2)}"
            self._variables.setdefault(variable, ("Boolean!" if self._chance(0.8) else "Boolean! = true", value))
            condition = f"${variable}"
        return f" @{name}(if: {condition})"

    def _arguments(self, definition: GraphQLField) -> str:
        parts: dict[str, str] = {}
        for name, argument in definition.args.items():
            if is_required_argument(argument) or (
                self._chance(CHANCES.get(name, 0.35)) and parts.keys().isdisjoint(REFUSED_WITH.get(name, ()))
            ):
                parts[name] = f"{name}: {self._argument(name, argument)}"
        return f"({', '.join(parts.values())})" if parts else ""

    def _argument(self, name: str, argument: GraphQLArgument) -> str:
        value = self._value(name, argument.type)
        if not self._chance(0.4):
            return _literal(value, argument.type)
        variable = f"v{len(self._variables)}"
        type_ = str(argument.type)
        if self._chance(0.1):
            self._variables[variable] = (
                f"{type_} = {_literal(value, argument.type)}",
                self.random.choice((value, _LEFT_OUT)),
            )
            return f"${variable}"
        if not is_non_null_type(argument.type) and self._chance(0.1):
            value = _LEFT_OUT
        elif is_required_argument(argument) is False and is_non_null_type(argument.type) and self._chance(0.2):
            type_ = type_.rstrip("!")  # a variable that may be left out, or null, for an argument with a default
            value = self.random.choice((value, None, _LEFT_OUT))
        self._variables[variable] = (type_, value)
        return f"${variable}"

    def _value(self, name: str, type_: Any) -> Any:
        if not is_non_null_type(type_) and self._chance(0.08):
            return None
        type_ = get_nullable_type(type_)
        if is_list_type(type_):
            return [self._value(name, type_.of_type) for _ in range(self._count(0, 3))]
        if is_input_object_type(type_):
            return self._input(type_)
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        key = f"{type_.name}.{name}"
        return self.random.choice(self.values[key if key in self.values else type_.name])

    def _input(self, type_: GraphQLInputObjectType) -> dict[str, Any]:
        return {
            name: self._value(name, each.type)
            for name, each in type_.fields.items()
            if is_required_input_field(each) or self._chance(0.5)
        }

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def _count(self, low: int, high: int) -> int:
        return self.random.randint(low, high)


_LEFT_OUT: Any = object()


def _literal(value: Any, type_: Any) -> str:
    type_ = get_nullable_type(type_)
    if value is None:
        return "null"
    if is_list_type(type_):
        return f"[{', '.join(_literal(each, type_.of_type) for each in value)}]"
    if is_input_object_type(type_):
        parts = (f"{name}: {_literal(each, type_.fields[name].type)}" for name, each in value.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(type_, GraphQLEnumType):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
