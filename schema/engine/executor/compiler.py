"""Compiles validated operations to plans. graphql-core collects the selected fields."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    CollectedFields,
    FieldDetailsList,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from graphql.language import SelectionNode

from resolvers.loaders import RowBatch
from schema.engine.executor.loads import Load, LoadOwn
from schema.engine.executor.outputs import AbstractOf, Leaf, ListOf, ObjectOf, is_synchronous
from schema.engine.executor.plan import Columns, Output, Plan, Selection, Step
from schema.engine.executor.rendering import render
from schema.engine.executor.resolved import Resolved
from schema.engine.executor.shaping import shape
from schema.engine.executor.steps import Call, Decide, Read, Typename
from schema.engine.fields import Column, GlobalId, GraphField, Hint, Link, ListLink, Lookup, OwnLink, PageLink
from schema.engine.pacing import breathe
from schema.engine.shapes import Shapes

MAX_STEPS = 5000
"""Fields of a plan. Fragments can make a small document select more."""
MAX_DEPTH = 100
_UNITS_PER_STEP = 8
_CONDITIONS = {"skip", "include"}
_READS = (Column, GlobalId)
_LOADS = {Link: Load, Lookup: Load, ListLink: Load, PageLink: Load, OwnLink: LoadOwn}


class UnsupportedError(Exception):
    """The operation is one for graphql-core."""


def condition_names(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDetails]) -> tuple[str, ...]:
    """The variables that decide which fields are selected. Raises UnsupportedError."""
    if operation.operation is OperationType.SUBSCRIPTION:
        raise UnsupportedError("Subscriptions last.")
    if operation.directives:
        raise UnsupportedError("The operation has directives.")
    names: set[str] = set()
    definitions: list[OperationDefinitionNode | FragmentDefinitionNode] = [operation]
    for fragment in fragments.values():
        if fragment.variable_signatures or fragment.definition.directives:
            raise UnsupportedError("A fragment has variables or directives.")
        definitions.append(fragment.definition)
    selections: list[SelectionSetNode] = [definition.selection_set for definition in definitions]
    while selections:
        for selection in selections.pop().selections:
            names.update(_variables_of_conditions(selection))
            if (below := getattr(selection, "selection_set", None)) is not None:
                selections.append(below)
    return tuple(sorted(names))


def _variables_of_conditions(selection: SelectionNode) -> list[str]:
    names = []
    for directive in selection.directives or ():
        if directive.name.value not in _CONDITIONS:
            raise UnsupportedError(f"@{directive.name.value} is not known here.")
        names += [
            argument.value.name.value
            for argument in directive.arguments or ()
            if isinstance(argument.value, VariableNode)
        ]
    return names


def compile_plan(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: dict[str, FragmentDetails],
    conditions: Mapping[str, bool],
    *,
    selects_columns: bool = True,
    shapes: Shapes | None = None,
) -> Plan:
    """The plan of an operation, the variables of its conditions having these values. Raises UnsupportedError.

    Where it does not select columns, batch functions load all of them, and no statements are made for it. With
    `shapes` the database makes nothing but lists in these, as the operation is one of the REST layer.
    """
    root = schema.get_root_type(operation.operation)
    if root is None:
        raise UnsupportedError("There is no such root type.")
    variables = VariableValues({}, dict(conditions))
    collected = collect_fields(schema, fragments, variables, root, operation)
    compiler = _Compiler(schema, operation, fragments, variables)
    selection = compiler.selection(root, collected, 0)
    narrowed = 0
    if selects_columns:
        narrowed = _select_columns(compiler.loads)
    else:
        for step in compiler.resolved:
            step.columns_read = None
    _note_batches(selection)
    is_mutation = operation.operation is OperationType.MUTATION
    if selects_columns and not is_mutation:
        if shapes is None:
            render(selection)
        else:
            shape(selection, shapes)
    return Plan(selection, steps=compiler.steps, narrowed=narrowed, is_mutation=is_mutation)


def _select_columns(loads: Sequence[Load]) -> int:
    """Have each batch function load the columns that are read, the same ones wherever the plan uses it.

    Returns how many do not load all.
    """
    columns: dict[RowBatch, list[Columns | None]] = {}
    for load in loads:
        if isinstance(load.batch, RowBatch):
            columns.setdefault(load.batch, []).append(load.columns_of_batch)
    selected = {
        batch: batch.project(frozenset().union(*filter(None, read)))
        for batch, read in columns.items()
        if None not in read
    }
    for load in loads:
        load.batch = selected.get(load.batch, load.batch)
    return sum(batch is not narrow for batch, narrow in selected.items())


def _note_batches(selection: Selection) -> frozenset[Any]:
    """Tell each step which batch functions are used below it; those of the whole selection."""
    for step in selection.steps:
        step.batches_below = frozenset().union(*map(_note_batches, step.output.selections))
    own = frozenset(step.batch for step in selection.steps if isinstance(step, Load))
    return own.union(*(step.batches_below for step in selection.steps))


class _Compiler:
    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDetails],
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = fragments
        self._variables = variables
        self.steps = 0
        self.loads: list[Load] = []
        self.resolved: list[Resolved] = []

    def selection(self, type_: GraphQLObjectType, collected: CollectedFields, depth: int) -> Selection:
        if collected.new_defer_usages or depth > MAX_DEPTH:
            raise UnsupportedError("The operation is deferred, or too deep.")
        steps: list[Step] = []
        for key, details in collected.grouped_field_set.items():
            definition = self._schema.get_field(type_, details[0].node.name.value)
            if definition is not None:
                steps.append(self._step(key, len(steps), type_, definition, list(details), depth))
        return Selection(type_, steps)

    def _step(
        self,
        key: str,
        index: int,
        parent: GraphQLObjectType,
        definition: GraphQLField,
        details: FieldDetailsList,
        depth: int,
    ) -> Step:
        self._count(1)
        breathe(_UNITS_PER_STEP)
        name = details[0].node.name.value
        output = self._output(definition.type, details, depth, is_nullable=True)
        if name == "__typename":
            return Typename(key, index, parent, definition, details, output)
        declared: Any = definition.extensions.get("strawberry-definition")
        common = (key, index, parent, definition, details, output)
        # A subclass may do anything, and so may an extension: their resolvers are called.
        if getattr(declared, "base_resolver", None) is None and not getattr(declared, "extensions", None):
            if type(declared) in _READS:
                return Read(declared, *common)
            if type(declared) is Hint:
                return Decide(declared, *common)
            if type(declared) in _LOADS and (output.takes_rows or not declared.shows_rows):
                self.loads.append(_LOADS[type(declared)](declared, *common))
                return self.loads[-1]
        if type(declared) is GraphField and declared.base_resolver is not None and not declared.extensions:
            self.resolved.append(Resolved(self._schema, declared, *common))
            return self.resolved[-1]
        return Call(*common)

    def _output(self, type_: GraphQLOutputType, details: FieldDetailsList, depth: int, *, is_nullable: bool) -> Output:
        if is_non_null_type(type_):
            return self._output(type_.of_type, details, depth, is_nullable=False)
        if is_list_type(type_):
            return ListOf(self._output(type_.of_type, details, depth, is_nullable=True), is_nullable=is_nullable)
        if is_object_type(type_):
            return self._object(type_, details, depth, is_nullable=is_nullable)
        if is_abstract_type(type_):
            return self._abstract(type_, details, depth, is_nullable=is_nullable)
        return Leaf(cast("GraphQLLeafType", type_), is_nullable=is_nullable)

    def _object(
        self, type_: GraphQLObjectType, details: FieldDetailsList, depth: int, *, is_nullable: bool
    ) -> ObjectOf:
        if not is_synchronous(type_.is_type_of):
            raise UnsupportedError(f"Whether an object is a {type_} is awaited.")
        collected = collect_subfields(self._schema, self._fragments, self._variables, self._operation, type_, details)
        return ObjectOf(type_, self.selection(type_, collected, depth + 1), is_nullable=is_nullable)

    def _abstract(
        self, type_: GraphQLAbstractType, details: FieldDetailsList, depth: int, *, is_nullable: bool
    ) -> AbstractOf:
        if not is_synchronous(type_.resolve_type):
            raise UnsupportedError(f"Which {type_} an object is is awaited.")
        possible, named = self._schema.get_possible_types(type_), self._named(type_, details)

        def compiled(object_type: GraphQLObjectType) -> ObjectOf:
            return self._object(object_type, details, depth, is_nullable=is_nullable)

        def compiled_later(object_type: GraphQLObjectType) -> ObjectOf:
            self.steps = 0  # what it selects is counted already
            return compiled(object_type)

        others = [each for each in possible if each.name not in named]
        if not self._select_names_alone(others, details):
            named.update(each.name for each in others)
            others = []
        outputs = {each.name: compiled(each) for each in possible if each.name in named}
        return AbstractOf(type_, outputs, {each.name: each for each in others}, compiled_later, is_nullable=is_nullable)

    def _named(self, type_: GraphQLAbstractType, details: FieldDetailsList) -> set[str]:
        """The types that fragments are about: of all the others the same is selected."""
        named: set[str] = set()
        spread: set[str] = set()
        waiting = [field.node.selection_set for field in details]
        while waiting:
            selection_set = waiting.pop()
            for selection in selection_set.selections if selection_set else ():
                fragment: InlineFragmentNode | FragmentDefinitionNode
                if isinstance(selection, InlineFragmentNode):
                    fragment = selection
                elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
                    spread.add(selection.name.value)
                    fragment = self._fragments[selection.name.value].definition
                else:
                    continue
                waiting.append(fragment.selection_set)
                about = self._schema.get_type(fragment.type_condition.name.value) if fragment.type_condition else type_
                if is_object_type(about):
                    named.add(about.name)
                elif is_abstract_type(about) and about is not type_:
                    named.update(each.name for each in self._schema.get_possible_types(about))
        return named

    def _select_names_alone(self, others: Sequence[GraphQLObjectType], details: FieldDetailsList) -> bool:
        """Whether nothing is selected of these types, which no fragment is about, but `__typename`.

        Then each is compiled when one of its objects is found: most operations on a node are about one type of many.
        """
        if not others or not all(is_synchronous(each.is_type_of) for each in others):
            return False
        collected = collect_subfields(
            self._schema, self._fragments, self._variables, self._operation, others[0], details
        )
        fields = collected.grouped_field_set.values()
        if collected.new_defer_usages or any(found[0].node.name.value != "__typename" for found in fields):
            return False
        self._count(len(fields) * len(others))
        return True

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise UnsupportedError("The operation selects too many fields.")
