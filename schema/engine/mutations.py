"""Mutations: one decorator for the transaction, the payload and its errors."""

import functools
import typing
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import structlog
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from strawberry.utils.str_converters import to_camel_case

from auth.policies import Policy, administrator, handler_or_administrator, public
from models.errors import DomainError, InvalidForm
from resolvers import audit
from schema.engine.errors import ErrorCode, UserError, is_payload_error
from schema.engine.fields import GraphField, column
from schema.engine.ids import decoding
from schema.engine.types import value_type
from schema.engine.wording import Wording
from watching.work import current

T = TypeVar("T", bound=type)
AUDITED = (administrator, handler_or_administrator)
"""The policies whose mutations always leave an event of the audit trail when they take effect."""

log = structlog.get_logger()


class UndeclaredError(Exception):
    """A mutation was refused with a code that its declaration does not name."""


def _told(unbound: Sequence[DomainError], error: DomainError, wording: Wording) -> list[UserError]:
    """What did not even bind, and what else is wrong."""
    first = [UserError.of(fault, wording) for fault in unbound]
    paths = [fault.path for fault in first]
    return first + [fault for fault in UserError.all_of(error, wording) if fault.path not in paths]


def changed(description: str) -> Any:
    """A payload's field for what the mutation changed."""
    return column(f"{description} Null if the mutation failed.", default=None)


@typing.dataclass_transform(kw_only_default=True, field_specifiers=(column, changed))
def payload_type(*, description: str) -> Callable[[T], T]:
    """The payload of a mutation: its own fields, null when the mutation was refused, and `errors`."""

    def decorate(cls: T) -> T:
        cls.__annotations__["errors"] = list[UserError]
        cls.errors = column(  # type: ignore[attr-defined]
            "The errors; empty if the mutation succeeded.", default_factory=list
        )
        return value_type(description=description, policy=public)(cls)

    return decorate


def mutation(
    description: str,
    *,
    policy: Policy,
    errors: tuple[type[DomainError], ...],
    exclusive: bool = False,
    unaudited: str = "",
) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """A mutation field. Its resolver runs in one transaction, which a refusal rolls back, as do faults that
    the input had from the start.

    An operation may hold one `exclusive` mutation: those that try secrets, send messages or take a lot of work.

    Where the policy is one of `AUDITED`, an event of the audit trail is always left. Of the others, those whose callers
    have a role and those that change what somebody signs in with or may do record one in their rule, or say in
    `unaudited` why they do not; `tests/matrix` fails for one that does neither.

    Refusals of the business end in the payload's `errors`; that nobody is signed in, or that the caller
    may not do this, stops the field. `errors` are all refusals that the payload can tell of. Another one is a fault of
    the declaration: it fails the mutation, but in production, where it is logged and answered like the others.
    """
    codes = _codes(errors)
    if unaudited and policy in AUDITED:
        raise TypeError(f"Mutations for {policy.description} always leave an event.")

    def decorate(resolver: Callable[..., Awaitable[Any]]) -> Any:
        payload = typing.get_type_hints(resolver)["return"]
        decoded = decoding(resolver)

        @functools.wraps(resolver)
        async def run(self: Any, info: Any, **arguments: Any) -> Any:
            try:
                async with info.context.mutation(info.field_name):
                    made = await decoded(self, info, **arguments)
                    if info.context.scope.faults:
                        raise InvalidForm(info.context.scope.faults)
                    if policy in AUDITED:
                        await audit.ensure(info.context.scope, action=resolver.__name__)
                    return made
            except DomainError as error:
                if not is_payload_error(type(error)):
                    raise
                told = _told(info.context.scope.faults, error, info.context.wording)
                current().refused(told[0].code)
                if undeclared := {fault.code for fault in told}.difference(codes):
                    _report(info, undeclared, error)
                return payload(errors=told)

        field = GraphField(description=" ".join([description, *_listed(codes)]))(run)
        field.policy = policy
        field.exclusive = exclusive
        field.errors = codes
        field.unaudited = unaudited
        for argument in field.arguments:
            name = to_camel_case(resolver.__name__)
            argument.description = argument.description or f"The input of `{name}`."
        return field

    return decorate


@functools.cache
def declared_errors(schema: GraphQLSchema) -> Mapping[str, tuple[ErrorCode, ...]]:
    """The codes that the payload of each mutation can hold."""
    fields = schema.mutation_type.fields if schema.mutation_type is not None else {}
    declared = {name: field.extensions.get("strawberry-definition") for name, field in fields.items()}
    return {name: field.errors for name, field in declared.items() if isinstance(field, GraphField)}


def errors_of(schema: GraphQLSchema, document: DocumentNode) -> Mapping[str, tuple[ErrorCode, ...]]:
    """The mutations of a document, each with the codes that its payload can hold."""
    fragments = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
    operations = [part for part in document.definitions if isinstance(part, OperationDefinitionNode)]

    def names(selected: SelectionSetNode) -> Iterator[str]:
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                yield selection.name.value
            elif isinstance(selection, FragmentSpreadNode):
                yield from names(fragments[selection.name.value].selection_set)
            elif isinstance(selection, InlineFragmentNode):
                yield from names(selection.selection_set)

    declared = declared_errors(schema)
    roots = [
        name
        for operation in operations
        if operation.operation is OperationType.MUTATION
        for name in names(operation.selection_set)
    ]
    return {name: declared[name] for name in roots if name in declared}


def _codes(errors: Iterable[type[DomainError]]) -> tuple[ErrorCode, ...]:
    codes = []
    for error in errors:
        if not is_payload_error(error):
            raise TypeError(f"{error.__name__} stops the field: no payload tells of it.")
        if error.code in codes:
            raise TypeError(f"{error.code} is declared twice.")
        codes.append(error.code)
    return tuple(codes)


def _listed(codes: Sequence[ErrorCode]) -> Iterable[str]:
    if codes:
        yield f"Errors: {', '.join(f'`{code}`' for code in codes)}."


def _report(info: Any, undeclared: Iterable[ErrorCode], error: DomainError) -> None:
    codes = ", ".join(sorted(undeclared))
    if info.context.scope.services.is_strict:
        raise UndeclaredError(f"{info.field_name} was refused with {codes}, which it does not declare.") from error
    log.error("undeclared_error", mutation=info.field_name, codes=codes)
