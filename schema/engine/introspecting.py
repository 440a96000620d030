"""The cost of introspection, counted over the actual schema."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    StringValueNode,
    is_abstract_type,
    is_wrapping_type,
)


class Introspecting:
    """Counts the values of introspection in one document.

    What is selected of one object is counted once, however often it is told, so that this takes as long as the
    document and the schema are long.
    """

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._known: dict[tuple[int, int], int] = {}

    def count(self, node: FieldNode) -> int:
        """The values below `__schema` or `__type`."""
        if node.selection_set is None:
            return 0
        if node.name.value == "__schema":
            return self._selected(node.selection_set, self._schema)
        named = next((each.value for each in node.arguments or () if each.name.value == "name"), None)
        types = self._schema.type_map
        asked: Iterable[Any] = types.values()  # a variable may name any
        if isinstance(named, StringValueNode):
            asked = [types[named.value]] if named.value in types else []
        return max((self._selected(node.selection_set, each) for each in asked), default=0)

    def _selected(self, selection_set: SelectionSetNode, source: Any) -> int:
        key = id(selection_set), id(source)
        known = self._known.get(key)
        if known is not None:
            return known
        self._known[key] = 0  # a fragment that leads back to itself
        count = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                count += 1
                if selection.selection_set is not None:
                    for below in self._told(source, selection.name.value):
                        count += 1 + self._selected(selection.selection_set, below)
            elif isinstance(selection, InlineFragmentNode):
                count += self._selected(selection.selection_set, source)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value in self._fragments:
                count += self._selected(self._fragments[selection.name.value].selection_set, source)
        self._known[key] = count
        return count

    def _told(self, source: Any, name: str) -> Iterable[Any]:
        """The objects that a field of an introspection type leads to."""
        if isinstance(source, GraphQLSchema):
            if name == "types":
                return source.type_map.values()
            if name == "directives":
                return source.directives
            roots = {"queryType": source.query_type, "mutationType": source.mutation_type}
            return [roots.get(name, source.subscription_type)]
        if name == "type":
            return [source.type]
        if name == "args":
            return source.args.values() if isinstance(source, GraphQLField | GraphQLDirective) else ()
        if name == "ofType":
            return [source.of_type] if is_wrapping_type(source) else ()
        if name == "possibleTypes":
            return self._schema.get_possible_types(source) if is_abstract_type(source) else ()
        if name == "enumValues":
            return source.values.values() if isinstance(source, GraphQLEnumType) else ()
        if name == "inputFields":
            return source.fields.values() if isinstance(source, GraphQLInputObjectType) else ()
        if isinstance(source, GraphQLObjectType | GraphQLInterfaceType):
            return source.fields.values() if name == "fields" else source.interfaces if name == "interfaces" else ()
        return ()
