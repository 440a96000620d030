"""How large an operation is, measured in one pass over its document, before it is validated.

A fragment is measured once, however often it is spread, so that the pass takes as long as the document is long. The
cost is the number of values that the reply may have, objects among them: an entry of a list, and what stands below it,
counts once for each entry that the list may hold, which is the page size that is asked for, or what the list declares
to hold `at_most`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_list_type,
)

from resolvers.paging import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from schema.engine.connection import Connection
from schema.engine.fields import GraphField
from schema.engine.introspecting import Introspecting

Parent = GraphQLNamedType | None
"""The type that selections stand on; None where the schema has no such thing, which validation will tell."""

COUNTED = 10
"""What a `totalCount` costs: it is awaited by itself."""
UNBOUNDED_LIST = 20
"""What a list counts that declares no bound."""
_ITEMS = frozenset({"nodes", "edges"})
_SIZES = frozenset({"first", "last"})
_DIGITS = len(str(MAX_PAGE_SIZE))
_META_FIELDS = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


class TooNested(Exception):
    """Selection sets lie in one another deeper than they may."""


@dataclass(slots=True)
class Size:
    """What was counted of an operation, or of a part of it, with all fragments in their places.

    `exclusive` counts the mutations that an operation may hold one of. `introspection` is the cost of what the schema
    tells about itself. `cost_per_item` is the cost below `nodes` and `edges`, for each object of a page.
    """

    depth: int = 0
    fields: int = 0
    root_fields: int = 0
    aliases: int = 0
    directives: int = 0
    exclusive: int = 0
    introspection: int = 0
    cost: int = 0
    cost_per_item: int = 0

    def add(self, other: "Size") -> None:
        """Take in what stands beside."""
        self.depth = max(self.depth, other.depth)
        self.fields += other.fields
        self.root_fields += other.root_fields
        self.aliases += other.aliases
        self.directives += other.directives
        self.exclusive += other.exclusive
        self.introspection += other.introspection
        self.cost += other.cost
        self.cost_per_item += other.cost_per_item


_NOTHING = Size()


class Measuring:
    """Measures the definitions of one document.

    Without `variables` a page whose size is a variable is as large as a page can be. `exclusive` names mutations.
    Raises TooNested where selection sets lie deeper in one another than `nesting`.
    """

    def __init__(
        self,
        document: DocumentNode,
        schema: GraphQLSchema,
        *,
        nesting: int,
        exclusive: frozenset[str],
        variables: Mapping[str, object] | None = None,
    ) -> None:
        self._schema = schema
        self._nesting = nesting
        self._exclusive = exclusive
        self._given = variables
        self._variables: Mapping[str, object] | None = None
        self._definitions = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._fragments: dict[str, Size] = {}
        self._introspecting = Introspecting(schema, self._definitions)

    def operation(self, operation: OperationDefinitionNode) -> Size:
        """The size of an operation."""
        if self._given is not None:
            defaults = {
                definition.variable.name.value: _number(definition.default_value)
                for definition in operation.variable_definitions or ()
                if definition.default_value is not None
            }
            self._variables = {**defaults, **self._given}
        root = self._schema.get_root_type(operation.operation)
        size = self._selections(operation.selection_set, root, 1)
        size.directives += len(operation.directives or ())
        size.directives += sum(len(definition.directives or ()) for definition in operation.variable_definitions or ())
        return size

    def comparisons(self, operation: OperationDefinitionNode) -> int:
        """How many pairs of fields validation compares: those of one name in one place, fragments in theirs.

        This looks at every field that `operation` counts, so it is for operations whose size was checked.
        """
        found = 0
        pending = [[operation.selection_set]]
        while pending:
            places: dict[str, list[FieldNode]] = {}
            self._collect(pending.pop(), places)
            for nodes in places.values():
                found += len(nodes) * (len(nodes) - 1) // 2
                below = [node.selection_set for node in nodes if node.selection_set]
                if below:
                    pending.append(below)
        return found

    def _collect(self, selection_sets: list[SelectionSetNode], places: dict[str, list[FieldNode]]) -> None:
        """The fields of selection sets that merge, by the names they have in the reply; each fragment once."""
        seen = set()
        pending = list(selection_sets)
        while pending:
            for selection in pending.pop().selections:
                if isinstance(selection, FieldNode):
                    places.setdefault((selection.alias or selection.name).value, []).append(selection)
                elif isinstance(selection, InlineFragmentNode):
                    pending.append(selection.selection_set)
                elif isinstance(selection, FragmentSpreadNode) and (name := selection.name.value) not in seen:
                    seen.add(name)
                    if (definition := self._definitions.get(name)) is not None:
                        pending.append(definition.selection_set)

    def fragment(self, name: str, nesting: int = 0) -> Size:
        """The size of what a fragment selects; of one that leads back to itself, of what it holds besides."""
        if (measured := self._fragments.get(name)) is not None:
            return measured
        self._fragments[name] = Size()
        if (definition := self._definitions.get(name)) is None:
            return self._fragments[name]
        parent = self._schema.get_type(definition.type_condition.name.value)
        size = self._selections(definition.selection_set, parent, nesting + 1)
        size.directives += len(definition.directives or ())
        self._fragments[name] = size
        return size

    def _selections(self, selection_set: SelectionSetNode, parent: Parent, nesting: int) -> Size:
        if nesting > self._nesting:
            raise TooNested
        size = Size()
        for selection in selection_set.selections:
            size.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                size.add(self._field(selection, parent, nesting))
            elif isinstance(selection, FragmentSpreadNode):
                size.add(self.fragment(selection.name.value, nesting))
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else parent
                size.add(self._selections(selection.selection_set, inner, nesting + 1))
        return size

    def _field(self, node: FieldNode, parent: Parent, nesting: int) -> Size:
        name = node.name.value
        field = _field_of(parent, name)
        type_ = get_named_type(field.type) if field else None
        below = self._selections(node.selection_set, type_, nesting + 1) if node.selection_set else _NOTHING
        size = Size(
            depth=1 + below.depth,
            fields=1 + below.fields,
            aliases=below.aliases + (node.alias is not None),
            directives=below.directives,
            introspection=below.introspection,
        )
        if parent in _roots(self._schema):
            size.root_fields = 1
            size.exclusive = int(parent is self._schema.mutation_type and name in self._exclusive)
        if field is None:
            size.cost = 1 + below.cost
        elif name in _META_FIELDS:
            size.introspection = 1 + self._introspecting.count(node)
        elif parent is not None and is_introspection_type(parent):
            size.introspection = 0  # counted where the schema is asked
        elif name == "totalCount" and _is_connection(parent):
            size.cost = COUNTED
        elif _is_connection(type_):
            size.cost = 1 + below.cost + self._page_size(node) * below.cost_per_item
        elif name in _ITEMS and _is_connection(parent):
            size.cost = 1
            size.cost_per_item = 1 + below.cost
        else:
            size.cost = 1 + (_bound(field) * (1 + below.cost) if _is_list(field) else below.cost)
        return size

    def _page_size(self, node: FieldNode) -> int:
        sizes = [
            self._size_of(argument.value)
            for argument in node.arguments or ()
            if argument.name.value in _SIZES and not isinstance(argument.value, NullValueNode)
        ]
        return max((size for size in sizes if size is not None), default=DEFAULT_PAGE_SIZE)

    def _size_of(self, value: ValueNode) -> int | None:
        """The objects of a page of that size; None for a variable that is null."""
        if not isinstance(value, VariableNode):
            return _page(_number(value))
        if self._variables is None:
            return MAX_PAGE_SIZE
        return _page(self._variables.get(value.name.value))


def _page(number: object) -> int | None:
    """The objects of a page of that size; what is no number, or out of range, will be refused."""
    if number is None:
        return None
    if isinstance(number, int | float) and number <= MAX_PAGE_SIZE:
        return max(int(number), 0)
    return MAX_PAGE_SIZE


def _number(value: object) -> int | None:
    if not isinstance(value, IntValueNode):
        return None
    return int(value.value) if len(value.value) <= _DIGITS + 1 else MAX_PAGE_SIZE


def _field_of(parent: Parent, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return parent.fields.get(name) or _META_FIELDS.get(name)
    return None


def _is_connection(type_: Parent) -> bool:
    declared = type_.extensions.get("strawberry-definition") if type_ is not None else None
    generic = getattr(declared, "concrete_of", None)
    return generic is not None and generic.origin is Connection


def _is_list(field: GraphQLField) -> bool:
    return is_list_type(get_nullable_type(field.type))


@cache
def _roots(schema: GraphQLSchema) -> frozenset[GraphQLObjectType | None]:
    return frozenset(filter(None, map(schema.get_root_type, OperationType)))


def _bound(field: GraphQLField) -> int:
    """How many entries a list may hold."""
    declared = field.extensions.get("strawberry-definition")
    bound = declared.at_most if isinstance(declared, GraphField) else None
    return UNBOUNDED_LIST if bound is None else bound
