"""Handwritten resolvers, called directly for each object with the arguments that they declare."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from functools import cached_property, partial
from typing import Any, cast

from graphql import (
    GraphQLInputField,
    GraphQLInputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_nullable_type,
    is_leaf_type,
)
from strawberry import Info
from strawberry.relay import GlobalID
from strawberry.schema import Schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryMaybe, StrawberryOptional, get_object_definition

from resolvers.paging import Rendering
from schema.engine.context import Context
from schema.engine.executor.plan import Cells, Columns, Frame, Picked
from schema.engine.executor.running import Running
from schema.engine.executor.steps import UNITS_PER_CALL, Declared
from schema.engine.fields import GraphField
from schema.engine.pacing import breathe


class FieldInfo(Info[Context, None]):
    """What a resolver is told: graphql-core's part of it is made when it is asked for.

    `columns` are those that will be read of the rows that the resolver returns, or None if it may be any.
    """

    def __init__(self, run: Running, cells: Cells, number: int, columns: Columns | None) -> None:
        self._run = run
        self._cells = cells
        self._number = number
        self._field = cast("Resolved", cells.step).declared
        self.columns = columns

    @property
    def context(self) -> Context:
        """The context of the operation."""
        return self._run.context

    @property
    def rendering(self) -> Rendering | None:
        """What makes replies of the rows that the resolver returns, if that may be."""
        replies = cast("Resolved", self._cells.step).replies
        return None if replies is None else replies.bound(self._run)

    @property
    def field_name(self) -> str:
        """The name of the field."""
        return self._cells.step.name

    @cached_property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]
        return self._run.info(self._cells, self._number)


class Resolved(Declared):
    """A field with a resolver of its own. It is called as Strawberry would call it, which asks about it each time."""

    __slots__ = (
        "_converters",
        "_info_name",
        "_is_async",
        "_names",
        "_resolve",
        "_source_names",
        "_takes_self",
        "columns_read",
        "replies",
    )

    def __init__(self, schema: GraphQLSchema, declared: GraphField, *common: Any) -> None:
        super().__init__(declared, *common)
        resolver: Any = declared.base_resolver
        self._resolve: Callable[..., Any] = resolver.wrapped_func
        self._takes_self = resolver.self_parameter is not None
        self._info_name = resolver.info_parameter and resolver.info_parameter.name
        self._source_names = [
            parameter.name for parameter in (resolver.parent_parameter, resolver.root_parameter) if parameter
        ]
        self._is_async = resolver.is_async
        self.columns_read = self.output.columns
        self.replies: Any = None
        """The `rendering.Replies` of what the database can make, if anything."""
        strawberry: Schema = schema._strawberry_schema  # type: ignore[attr-defined]
        self._names: dict[str, str] = {}
        self._converters: dict[str, Callable[..., Any]] = {}
        for argument in declared.arguments:
            name = strawberry.config.name_converter.from_argument(argument)
            self._names[name] = argument.python_name
            type_ = self.definition.args[name].type
            if not _is_ready(argument.type, type_):
                self._converters[name] = _plain_input(argument.type, type_, strawberry.config) or partial(
                    convert_argument,
                    type_=argument.type,
                    scalar_registry=strawberry.schema_converter.scalar_registry,
                    config=strawberry.config,
                    path=(name,),
                )

    def fill(self, run: Running, frame: Frame) -> Sequence[Any]:
        """What the resolver returns."""
        try:
            given = self.arguments(run)
        except Exception as error:  # before the policy is asked, as graphql-core has it
            return run.complete(self.output, Cells(frame, self), [error] * len(frame.objects))
        if len(frame.objects) == 1 and (self._is_open or not self._refused(run, frame)):
            cells = Cells(frame, self)
            return self._returned(run, cells, [self._called(run, cells, 0, given)])
        return super().fill(run, frame)

    def refuse(self, run: Running, cells: Cells, refusals: Sequence[Exception | None]) -> None:
        """Tell it when a resolver that is awaited would have been, which asks the policy itself with graphql-core."""
        if self._is_async:
            run.defer_failures(cells, [refusal for refusal in refusals if refusal is not None])
        else:
            super().refuse(run, cells, refusals)

    def read(self, run: Running, cells: Cells, objects: Sequence[Any]) -> Sequence[Any]:
        """What the resolver returns for each object; what it awaits, all objects await together."""
        values = [self._called(run, cells, number, self.arguments(run)) for number in range(len(objects))]
        return self._returned(run, cells, values)

    def _returned(self, run: Running, cells: Cells, values: Sequence[Any]) -> Sequence[Any]:
        if not self._is_async:
            return run.complete(self.output, cells, values)
        for number, value in enumerate(values):
            picked = cells if len(values) == 1 else Picked(cells, [number])
            if isinstance(value, Exception):
                run.defer_failures(picked, [value])
            else:
                run.wait(picked, value)
        return [None] * len(values)

    def _called(self, run: Running, cells: Cells, number: int, arguments: Mapping[str, Any]) -> Any:
        breathe(UNITS_PER_CALL)
        source = cells.frame.instance(cells.at(number)[0])
        info = FieldInfo(run, cells, number, self.columns_read)
        names, converters = self._names, self._converters
        try:
            given = {
                argument: value
                if (value := arguments[name]) is None or name not in converters
                else converters[name](value, info=info)
                for name, argument in names.items()
                if name in arguments
            }
            for name in self._source_names:
                given[name] = source
            if self._info_name:
                given[self._info_name] = info
            return self._resolve(source, **given) if self._takes_self else self._resolve(**given)
        except Exception as error:
            return error


def _is_ready(declared: Any, type_: GraphQLInputType) -> bool:
    """Whether Strawberry leaves values of the type as graphql-core has coerced them."""
    of = declared.of_type if isinstance(declared, StrawberryOptional) else declared
    return is_leaf_type(get_nullable_type(type_)) and of is not GlobalID and not isinstance(declared, StrawberryMaybe)


def _plain_input(declared: Any, type_: GraphQLInputType, config: StrawberryConfig) -> Callable[..., Any] | None:
    """Makes the objects of an input type all of whose fields Strawberry leaves as they are; None for other types."""
    of: Any = declared.of_type if isinstance(declared, StrawberryOptional) else declared
    definition = get_object_definition(of)
    if definition is None or definition.from_input is not None or isinstance(declared, StrawberryMaybe):
        return None
    fields: dict[str, GraphQLInputField] = get_nullable_type(type_).fields  # type: ignore[union-attr]
    names = {config.name_converter.from_field(field): field for field in definition.fields}
    if not all(_is_ready(field.resolve_type(type_definition=definition), fields[n].type) for n, field in names.items()):
        return None
    python_names = {name: field.python_name for name, field in names.items()}
    absent = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }

    def made(value: Mapping[str, Any], **_info: Any) -> Any:
        return of(**absent | {python_names[name]: each for name, each in value.items()})

    return made
