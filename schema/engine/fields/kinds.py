"""The kinds of fields of the graph: what each reads or links to, and who may read it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import Enum
from functools import cached_property, partial
from typing import Any, Protocol, TypeVar, cast

from strawberry.types.base import StrawberryContainer, get_object_definition
from strawberry.types.field import UNRESOLVED, StrawberryField
from strawberry.types.lazy_type import LazyType

from auth import policies
from auth.policies import Policy
from models.errors import ErrorCode
from resolvers.loaders import Batch, CountBatch, ListBatch, PageBatch
from resolvers.paging import Page, PageRequest
from schema.engine import node_id
from schema.engine.context import Context, Info, LoadAll
from schema.engine.paging import ConnectionValue, page_request

_OPEN = (policies.public, policies.with_parent)
"""The policies that need no question."""

VIEWER_TEACHES = "viewer_teaches"
"""The column that says whether the caller teaches the owner, for policies that admit teachers."""

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


class HasContext(Protocol):
    """What knows the context of the operation: `Info`, for one."""

    @property
    def context(self) -> Context:
        """The context."""


class GraphField(StrawberryField):
    """A field with a policy.

    `policy` is None until the type's decorator gives the field its type's policy. `owner_key` names the
    attribute of the object that holds its owner's user id, for policies that ask for it. Of `exclusive` mutations an
    operation may hold one. `errors` are the codes that the payload of a mutation can hold. `unaudited` is why a
    mutation leaves no event of the audit trail. `at_most` is how many entries a list may hold, which its cost and its
    description tell; None where nothing bounds it.
    """

    policy: Policy | None = None
    owner_key: str = "user_id"
    exclusive: bool = False
    errors: tuple[ErrorCode, ...] = ()
    unaudited: str = ""
    at_most: int | None = None

    def __copy__(self) -> "GraphField":
        copied = super().__copy__()
        for name in ("policy", "owner_key", "exclusive", "errors", "unaudited", "at_most", *self.declared):
            setattr(copied, name, getattr(self, name))
        return copied

    declared: tuple[str, ...] = ()
    """The attributes that a subclass adds."""
    reads_row = False
    """Whether the object alone gives the value."""

    def _known_type(self) -> Any:
        """The field's type. Dataclasses ask before the field knows its class, and need no answer then."""
        if self.origin is None and self.base_resolver is None:
            return UNRESOLVED
        return self.resolve_type()

    type = property(_known_type, StrawberryField.type.fset)  # type: ignore[attr-defined]

    @property
    def is_basic_field(self) -> bool:
        """Whether Strawberry may read the field without asking anybody."""
        return self.reads_row and super().is_basic_field and self.is_open

    @property
    def is_open(self) -> bool:
        """Whether whoever has the object may read the field."""
        return self.policy in _OPEN

    def check(self, source: Any, operation: HasContext) -> None:
        """Raise Unauthenticated or Forbidden unless the caller may read the field of this object."""
        policy = self.policy
        if policy is None:
            raise RuntimeError(f"The field {self.name} declares no policy.")
        if policy not in _OPEN:
            owner_id = getattr(source, self.owner_key) if policy.needs_owner else None
            # What a mutation returns does not say it: then nobody is let in as a teacher.
            teaches = policy.admits_teachers and bool(getattr(source, VIEWER_TEACHES, False))
            policy.check(operation.context.scope.principal, owner_id, teaches=teaches)

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The field's value for this object, once the policy allows it."""
        if info is not None:
            self.check(source, info)
        return self.read(source, info, args, kwargs)

    def read(self, source: Any, info: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The field's value, after the check."""
        return super().get_result(source, info, args, kwargs)


class Column(GraphField):
    """Reads an attribute of the row: the one of its own name unless `column` names another."""

    column: str | None = None
    declared = ("column",)
    reads_row = True

    def read(self, source: Any, info: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The attribute."""
        return getattr(source, self.column or self.python_name)


class GlobalId(GraphField):
    """The opaque id of the object."""

    type_name: str = ""
    declared = ("type_name",)
    reads_row = True

    def read(self, source: Any, info: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The id of `node(id:)`."""
        return node_id.encode(self.type_name, source.id)


class Linked(GraphField):
    """Shows what a batch function finds for the key that the object's attribute `key` holds."""

    key: str
    batch: Any
    declared: tuple[str, ...] = ("key", "batch")
    needs_key = False
    """Whether there is nothing to show, and to load, without a key."""
    shows_found = False
    """Whether what was found is what is shown."""
    shows_rows = False
    """Whether rows are shown, which stand for objects of the graph."""

    @cached_property
    def wrap(self) -> Callable[[Any], Any]:
        """Makes an object of the graph of a row that it leads to."""
        return partial(from_row, target_of(self))

    def columns(self, shown: frozenset[str] | None) -> frozenset[str] | None:
        """The columns of the rows that are read when so many are read of what is shown; None if it may be any."""
        return shown

    def key_of(self, source: Any, context: Context) -> Any:
        """The key of the object."""
        return getattr(source, self.key)

    def source(self, batch: Any, context: Context, arguments: Mapping[str, Any]) -> tuple[LoadAll, Hashable]:
        """What loads, by means of the batch function, and what tells its use here apart from others.

        Raises InvalidInput.
        """
        return batch, batch

    def shown(self, context: Context, key: Any, found: Any) -> Any:
        """The field's value for what was found, its objects being bare rows."""
        return found

    def wrapped(self, shown: Any) -> Any:
        """The value with objects of the graph in place of rows."""
        return shown

    def read(self, source: Any, info: Info, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The value, or what brings it."""
        key = self.key_of(source, info.context)
        return None if key is None and self.needs_key else self._load(info.context, key, kwargs)

    async def _load(self, context: Context, key: Any, arguments: Mapping[str, Any]) -> Any:
        batch, variant = self.source(self.batch, context, arguments)
        found = await context.load(batch, key, variant=variant)
        return self.wrapped(self.shown(context, key, found))


class Link(Linked):
    """Leads to one object: the attribute `key` of the row says which, `batch` loads it."""

    batch: Batch
    needs_key = True
    shows_found = True
    shows_rows = True

    def wrapped(self, shown: Any) -> Any:
        """The object, or None."""
        return None if shown is None else self.wrap(shown)


class OwnLink(Link):
    """Leads from the root to the object whose key is the caller's user id."""

    def key_of(self, source: Any, context: Context) -> Any:
        """The caller's. Raises Unauthenticated."""
        return context.scope.viewer_id


class Lookup(Linked):
    """Reads the attribute of its own name from the row that `batch` loads."""

    batch: Batch
    needs_key = True

    def columns(self, shown: frozenset[str] | None) -> frozenset[str] | None:
        """The one."""
        return frozenset({self.python_name})

    def shown(self, context: Context, key: Any, found: Any) -> Any:
        """The attribute, or None without a row."""
        return None if found is None else getattr(found, self.python_name)


class ListLink(Linked):
    """Leads to a short list of objects, whole."""

    batch: ListBatch
    shows_rows = True

    def shown(self, context: Context, key: Any, found: Any) -> Any:
        """The rows, in order."""
        return list(found)

    def wrapped(self, shown: Any) -> Any:
        """The objects, in order."""
        return [self.wrap(row) for row in shown]


_ARGUMENTS = {"orderBy": "order_by"}
"""The arguments of a connection whose names the schema spells otherwise."""


class PageLink(Linked):
    """Leads to a list of objects by pages, newest first."""

    batch: PageBatch
    count: CountBatch
    own_order: Enum
    """The order without an argument that names one."""
    declared = ("key", "batch", "count", "own_order")

    def request(self, context: Context, arguments: Mapping[str, Any]) -> PageRequest:
        """The page that the arguments ask for. Raises InvalidInput."""
        given = {_ARGUMENTS.get(name, name): value for name, value in arguments.items()}
        return page_request(context, own=self.own_order, **given)

    def source(self, batch: PageBatch, context: Context, arguments: Mapping[str, Any]) -> tuple[LoadAll, Hashable]:
        """The batch function for the page that the arguments ask for."""
        request = self.request(context, arguments)

        async def load_pages(scope: Any, keys: Sequence[int]) -> Sequence[Page]:
            return await batch(scope, keys, request)

        return load_pages, (batch, request)

    def shown(self, context: Context, key: Any, found: Any) -> Any:
        """The connection."""
        return ConnectionValue(found, self.wrap, lambda: context.load(self.count, key))


def target_of(field: GraphField) -> type:
    """The class of the objects that a link leads to; for a connection, of those it holds."""
    found: Any = field.type
    while True:
        if isinstance(found, LazyType):
            found = found.resolve_type()
        elif isinstance(found, StrawberryContainer):
            found = found.of_type
        else:
            break
    definition = get_object_definition(found, strict=True)
    if definition.concrete_of is None:
        return definition.origin
    (argument,) = definition.type_var_map.values()
    return cast("type", argument.resolve_type() if isinstance(argument, LazyType) else argument)


def from_row(type_: type, row: Any) -> Any:
    """The object of the graph that stands for a row: it has the row's columns as attributes."""
    instance: Any = object.__new__(type_)
    instance.__dict__.update(row._mapping)
    return instance
