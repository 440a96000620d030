"""Decorators of the graph's classes. Each makes sure that every field is described and has a policy."""

import datetime
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry

from auth import policies
from auth.policies import Policy
from resolvers.loaders import Batch
from schema.engine.deprecation import reason_for
from schema.engine.fields import Column, GlobalId, GraphField, column
from schema.engine.ids import FOLLOWED, CurrentNumbers
from schema.engine.lean import leave_out_repr
from schema.engine.scalars import BigInt
from schema.engine.texts import normalise

leave_out_repr()

T = TypeVar("T", bound=type)
E = TypeVar("E", bound=type[Enum])


class NodeType(typing.NamedTuple):
    """How `node(id:)` finds an object."""

    type: type
    by_id: Batch


NODE_TYPES: dict[str, NodeType] = {}


def _field(kind: type[GraphField], description: str, **attributes: Any) -> Any:
    field = kind(description=description)
    for name, value in attributes.items():
        setattr(field, name, value)
    return field


def _declare(cls: type, *, policy: Policy | None, owner_key: str) -> None:
    for field in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        if not isinstance(field, GraphField):
            raise TypeError(f"{cls.__name__}.{field.name} is declared without the helpers of schema.fields.")
        if not field.description:
            raise TypeError(f"{cls.__name__}.{field.name} has no description.")
        if field.policy is None:
            if policy is None:
                raise TypeError(f"{cls.__name__}.{field.name} declares no policy.")
            field.policy = policy
        field.owner_key = owner_key
    cls.__strawberry_definition__.type_policy = policy  # type: ignore[attr-defined]
    cls.__strawberry_definition__.owner_key = owner_key  # type: ignore[attr-defined]


@strawberry.interface(description="An object that `node` finds by its id.")
class Node:
    """The interface of everything with an id."""

    id: strawberry.ID = _field(GlobalId, "The opaque id of the object.", policy=policies.public)
    database_id: BigInt = _field(
        Column, "The object's number in the old REST APIs.", policy=policies.public, column="id"
    )


def node_type(
    *,
    description: str,
    policy: Policy,
    by_id: Batch,
    owner_key: str = "user_id",
    id_policy: Policy | None = None,
    times_policy: Policy | None = None,
    current: CurrentNumbers | None = None,
) -> Callable[[T], T]:
    """A type of objects that have an id: it gets `id`, `databaseId`, `createdAt` and `updatedAt`.

    `policy` is who may read its fields where a field does not say otherwise; `id_policy` who may read the ids,
    `times_policy` who may read when it was created and changed. `current` tells what ids stand for that came to stand
    for other objects; inputs with `Id` of this type are followed by it.
    """

    def decorate(cls: T) -> T:
        instant: Any = datetime.datetime if times_policy is None else datetime.datetime | None
        added: dict[str, tuple[Any, Any]] = {
            "id": (
                strawberry.ID,
                _field(GlobalId, "The opaque id of the object.", type_name=cls.__name__, policy=id_policy),
            ),
            "database_id": (
                BigInt,
                _field(
                    Column,
                    "The object's number in the old REST APIs.",
                    column="id",
                    policy=id_policy,
                ),
            ),
            "created_at": (instant, _field(Column, "The creation time.", policy=times_policy)),
            "updated_at": (instant, _field(Column, "The time of the last change.", policy=times_policy)),
        }
        for name, (annotation, field) in added.items():
            cls.__annotations__[name] = annotation
            setattr(cls, name, field)
        strawberry.type(cls, description=description)
        _declare(cls, policy=policy, owner_key=owner_key)
        NODE_TYPES[cls.__name__] = NodeType(cls, by_id)
        if current is not None:
            FOLLOWED[cls.__name__] = current
        return cls

    return decorate


@typing.dataclass_transform(kw_only_default=True, field_specifiers=(column,))
def value_type(*, description: str, policy: Policy, owner_key: str = "user_id") -> Callable[[T], T]:
    """A type of objects without an id of their own."""

    def decorate(cls: T) -> T:
        strawberry.type(cls, description=description)
        _declare(cls, policy=policy, owner_key=owner_key)
        return cls

    return decorate


def extends(target: type) -> Callable[[T], T]:
    """What a domain adds to a type of another domain, like SDL's `extend type`.

    The fields follow the type's policy where they name none. The class is never made: its resolvers are called with
    objects of `target`. Raises TypeError for a field that the type has already, or that lacks its description.
    """

    def decorate(cls: T) -> T:
        definition = target.__strawberry_definition__  # type: ignore[attr-defined]
        strawberry.type(cls)
        _declare(cls, policy=definition.type_policy, owner_key=definition.owner_key)
        known = {field.python_name for field in definition.fields}
        for field in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            if field.python_name in known:
                raise TypeError(f"{target.__name__} has a field {field.python_name} already.")
            definition.fields.append(field)
        return cls

    return decorate


def root_type(cls: T) -> T:
    """A domain's part of Query, Mutation or Subscription; each field names its policy itself."""
    strawberry.type(cls)
    _declare(cls, policy=None, owner_key="")
    return cls


def input_type(*, description: str) -> Callable[[T], T]:
    """The input of a mutation or the filter of a list; its fields are made with `strawberry.field`.

    Its texts are normalised by their kinds when it is read (`schema.engine.texts`).
    """

    def decorate(cls: T) -> T:
        cls.__post_init__ = normalise  # type: ignore[attr-defined]
        strawberry.input(cls, description=description)
        for field in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            if not field.description:
                raise TypeError(f"{cls.__name__}.{field.name} has no description.")
        return cls

    return decorate


def enum_type(
    cls: E,
    *,
    description: str,
    values: Mapping[Any, str] = types.MappingProxyType({}),
    deprecated: Mapping[Any, str] = types.MappingProxyType({}),
) -> E:
    """An enum of the storage as an enum of the graph, with a description for each value.

    `deprecated` has the name of the value to use instead of each that is deprecated.
    """
    strawberry.enum(cls, description=description)
    for value in cls.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values.get(cls[value.name])
        if (use := deprecated.get(cls[value.name])) is not None:
            value.deprecation_reason = reason_for(use)
    return cls
