"""The fields of the graph, as data: what each reads or links to, and who may read it.

`column` reads an attribute of the row, `link` and `links` lead to other objects through a batch function
of the business, `resolved` calls a hand-written resolver. Each carries a policy, its own or its type's,
and checks it before anything else happens.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryContainer, get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from auth import policies
from auth.policies import Policy
from resolvers.loaders import Batch, CountBatch, ListBatch, PageBatch
from resolvers.paging import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, Page
from schema import node_id
from schema.context import Context, Info
from schema.paging import ConnectionValue, page_request

_OPEN = (policies.public, policies.with_parent)
"""The policies that need no question."""

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


class GraphField(StrawberryField):
    """A field with a policy.

    `policy` is None until the type's decorator gives the field its type's policy. `owner_key` names the
    attribute of the object that holds its owner's user id, for policies that ask for it.
    """

    policy: Policy | None = None
    owner_key: str = "user_id"

    def __copy__(self) -> "GraphField":
        copied = super().__copy__()
        for name in ("policy", "owner_key", *self.declared):
            setattr(copied, name, getattr(self, name))
        return copied

    declared: tuple[str, ...] = ()
    """The attributes that a subclass adds."""
    reads_row = False
    """Whether the object alone gives the value."""

    @property
    def is_basic_field(self) -> bool:
        """Whether Strawberry may read the field without asking anybody."""
        return self.reads_row and super().is_basic_field and self.policy in _OPEN

    def check(self, source: Any, info: Info) -> None:
        """Raise Unauthenticated or Forbidden unless the caller may read the field of this object."""
        policy = self.policy
        if policy is None:
            raise RuntimeError(f"The field {self.name} declares no policy.")
        if policy not in _OPEN:
            owner_id = getattr(source, self.owner_key) if policy.needs_owner else None
            policy.check(info.context.scope.principal, owner_id)

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


class Link(GraphField):
    """Leads to one object: the attribute `key` of the row says which, `batch` loads it."""

    key: str
    batch: Batch
    declared = ("key", "batch")

    def read(self, source: Any, info: Info, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The object, or None."""
        key = getattr(source, self.key)
        return None if key is None else self._load(info.context, key)

    async def _load(self, context: Context, key: int) -> Any:
        row = await context.load(self.batch, key)
        return None if row is None else from_row(target_of(self), row)


class Lookup(Link):
    """Reads the attribute of its own name from the row that `batch` loads."""

    async def _load(self, context: Context, key: int) -> Any:
        row = await context.load(self.batch, key)
        return None if row is None else getattr(row, self.python_name)


class ListLink(GraphField):
    """Leads to a short list of objects, whole."""

    key: str
    batch: ListBatch
    declared = ("key", "batch")

    def read(self, source: Any, info: Info, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The objects, in order."""
        return self._load(info.context, getattr(source, self.key))

    async def _load(self, context: Context, key: int) -> list[Any]:
        target = target_of(self)
        return [from_row(target, row) for row in await context.load(self.batch, key)]


class PageLink(GraphField):
    """Leads to a list of objects by pages, newest first."""

    key: str
    batch: PageBatch
    count: CountBatch
    declared = ("key", "batch", "count")

    def read(self, source: Any, info: Info, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The connection."""
        return self._load(info.context, getattr(source, self.key), kwargs)

    async def _load(self, context: Context, key: int, kwargs: dict[str, Any]) -> ConnectionValue:
        request = page_request(context, **kwargs)
        batch = self.batch

        async def load_pages(scope: Any, keys: Sequence[int]) -> Sequence[Page]:
            return await batch(scope, keys, request)

        page = await context.load(load_pages, key, variant=(batch, request))
        return ConnectionValue(page, _wrapper(target_of(self)), lambda: context.load(self.count, key))


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


def _wrapper(type_: type) -> Callable[[Any], Any]:
    return lambda row: from_row(type_, row)


def _made(field: Any, **attributes: Any) -> Any:
    for name, value in attributes.items():
        setattr(field, name, value)
    return field


def column(description: str, *, policy: Policy | None = None, column: str | None = None, **options: Any) -> Any:
    """A field that reads a column of the row."""
    return _made(Column(description=description, **options), policy=policy, column=column)


def link(description: str, key: str, batch: Batch, *, policy: Policy | None = None) -> Any:
    """A field that leads to the object whose key the row's attribute `key` holds."""
    return _made(Link(description=description), policy=policy, key=key, batch=batch, init=False)


def lookup(description: str, key: str, batch: Batch, *, policy: Policy | None = None) -> Any:
    """A field whose value stands in another row, which the row's attribute `key` leads to."""
    return _made(Lookup(description=description), policy=policy, key=key, batch=batch, init=False)


def list_link(description: str, key: str, batch: ListBatch, *, policy: Policy | None = None) -> Any:
    """A field that leads to a short list, whose limit the description tells."""
    return _made(ListLink(description=description), policy=policy, key=key, batch=batch, init=False)


def links(description: str, key: str, batches: tuple[PageBatch, CountBatch], *, policy: Policy | None = None) -> Any:
    """A field that leads to a connection: at most 100 objects a page, newest first."""
    field = PageLink(description=f"{description} Newest first, at most {MAX_PAGE_SIZE} a page.")
    field.arguments = [
        StrawberryArgument(
            "first",
            None,
            StrawberryAnnotation(int),
            default=DEFAULT_PAGE_SIZE,
            description=f"How many, at most {MAX_PAGE_SIZE}.",
        ),
        StrawberryArgument(
            "after",
            None,
            StrawberryAnnotation(str | None),
            default=None,
            description="The cursor after which to go on.",
        ),
    ]
    batch, count = batches
    return _made(field, policy=policy, key=key, batch=batch, count=count, init=False)


def resolved(description: str, *, policy: Policy | None = None) -> Callable[[Resolver], Any]:
    """A field with a hand-written resolver."""

    def decorate(resolver: Resolver) -> Any:
        return _made(GraphField(description=description)(resolver), policy=policy)

    return decorate
