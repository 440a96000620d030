"""Mutations: one decorator for the transaction, the payload and its errors."""

import functools
import typing
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from strawberry.utils.str_converters import to_camel_case

from auth.policies import Policy, administrator, handler_or_administrator, public
from models.errors import DomainError, InvalidForm
from resolvers import audit
from schema.engine.errors import UserError, is_payload_error
from schema.engine.fields import column, resolved
from schema.engine.types import value_type

T = TypeVar("T", bound=type)
AUDITED = (administrator, handler_or_administrator)
"""The policies whose mutations always write an audit event when they succeed."""


def _told(unbound: Sequence[DomainError], error: DomainError) -> list[UserError]:
    """The errors of binding the input, and the others."""
    first = [UserError.of(fault) for fault in unbound]
    paths = [fault.path for fault in first]
    return first + [fault for fault in UserError.all_of(error) if fault.path not in paths]


def changed(description: str) -> Any:
    """A payload's field for the changed object."""
    return column(f"{description} Null if the mutation failed.", default=None)


@typing.dataclass_transform(kw_only_default=True, field_specifiers=(column, changed))
def payload_type(*, description: str) -> Callable[[T], T]:
    """The payload of a mutation: its own fields, null if the mutation failed, and `errors`."""

    def decorate(cls: T) -> T:
        cls.__annotations__["errors"] = list[UserError]
        cls.errors = column(  # type: ignore[attr-defined]
            "The errors; empty if the mutation succeeded.", default_factory=list
        )
        return value_type(description=description, policy=public)(cls)

    return decorate


def mutation(
    description: str, *, policy: Policy, exclusive: bool = False
) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """A mutation field. Its resolver runs in one transaction, which a refusal rolls back, as do faults that
    the input had from the start. Where the policy is one of `AUDITED`, an event of the audit trail is always left.

    An operation may hold one `exclusive` mutation: those that try secrets, send messages or take a lot of work.

    Refusals of the business end in the payload's `errors`; that nobody is signed in, or that the caller
    may not do this, stops the field.
    """

    def decorate(resolver: Callable[..., Awaitable[Any]]) -> Any:
        payload = typing.get_type_hints(resolver)["return"]

        @functools.wraps(resolver)
        async def run(self: Any, info: Any, **arguments: Any) -> Any:
            try:
                async with info.context.mutation(info.field_name):
                    made = await resolver(self, info, **arguments)
                    if info.context.scope.faults:
                        raise InvalidForm(info.context.scope.faults)
                    if policy in AUDITED:
                        await audit.ensure(info.context.scope, action=resolver.__name__)
                    return made
            except DomainError as error:
                if not is_payload_error(error):
                    raise
                return payload(errors=_told(info.context.scope.faults, error))

        field = resolved(description, policy=policy)(run)
        field.exclusive = exclusive
        for argument in field.arguments:
            argument.description = argument.description or f"The input of `{to_camel_case(resolver.__name__)}`."
        return field

    return decorate
