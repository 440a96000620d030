"""Ids in inputs: opaque for clients, the numbers of rows for resolvers.

A field of an input, or an argument, that is declared `Id[Post]` is an `ID` of the schema. `decoding` puts the numbers
in place of the ids before the resolver is called, whoever executes the operation. Where ids of a type can come to stand
for other objects, as those of merged users do, the resolver is given the numbers of today: no resolver can forget it.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import strawberry
from strawberry.types.base import has_object_definition

from models.base import MAX_ID
from resolvers.scope import Scope
from schema.engine import node_id

T = TypeVar("T")
Numbered = Callable[[str, int], int]
"""The number that a resolver is given of an object that an id of a type names."""
Decoder = Callable[[Any, str, Numbered], Any]
"""Makes a value with numbers in place of ids of the value of a field. Raises InvalidInput with its name."""
AsyncResolver = Callable[..., Awaitable[Any]]
CurrentNumbers = Callable[[Scope, Collection[int]], Awaitable[Mapping[int, int]]]
"""The numbers that some numbers stand for today, of those that stand for others; in one statement."""

FOLLOWED: dict[str, CurrentNumbers] = {}
"""The types whose ids may come to stand for other objects."""
OLD: dict[str, CurrentNumbers] = {}
"""The types whose objects may have ids of predecessors: numbers that are larger than the product's own."""
NOTHING = 0
"""The number of no object."""


@dataclass(frozen=True)
class _OfType:
    """Says, in an annotation, which type's ids stand there, and whether they are followed to what they stand for."""

    name: str
    is_followed: bool

    def decode(self, value: str, field: str, numbered: Numbered) -> int:
        if not self.is_followed:
            return node_id.decode_as(self.name, value, field=field)
        return numbered(self.name, node_id.decode_as(self.name, value, field=field, maximum=node_id.MAX_OLD_ID))


class Id(int, Generic[T]):
    """The number of an object of the type `T`, which clients name by its id; for annotations only."""

    def __class_getitem__(cls, type_: type) -> Any:
        """What Strawberry makes an ID of."""
        return Annotated[strawberry.ID, _OfType(type_.__name__, is_followed=True)]


class RecordedId(int, Generic[T]):
    """`Id`, but the number that the id holds, whatever it stands for today: for what is recorded under that number."""

    def __class_getitem__(cls, type_: type) -> Any:
        """What Strawberry makes an ID of."""
        return Annotated[strawberry.ID, _OfType(type_.__name__, is_followed=False)]


def id_of(type_: type, number: int) -> strawberry.ID:
    """The id of an object that is not there any more."""
    return strawberry.ID(node_id.encode(type_.__name__, number))


def decoding(resolver: AsyncResolver) -> AsyncResolver:
    """The resolver, given numbers in place of ids; itself where none of its arguments holds an id.

    What it returns raises InvalidInput for what is no id, or the id of another type.
    """
    parameters = inspect.signature(resolver).parameters
    decoders = {name: each for name in parameters if (each := _decoder(parameters[name].annotation)) is not None}
    if not decoders:
        return resolver
    if not inspect.iscoroutinefunction(resolver):
        raise TypeError(f"{resolver.__qualname__} takes ids, so it must be an async function.")
    if "info" not in parameters:
        raise TypeError(f"{resolver.__qualname__} takes ids, so it must take `info`.")

    @functools.wraps(resolver)
    async def decoded(*given: Any, **arguments: Any) -> Any:
        named: dict[str, set[int]] = {}

        def noted(type_name: str, number: int) -> int:
            if type_name in FOLLOWED or number > MAX_ID:
                named.setdefault(type_name, set()).add(number)
            return number

        values = _decoded(decoders, arguments, noted)
        if named:
            info = arguments["info"] if "info" in arguments else given[1]
            today = {name: await current(info.context.scope, name, numbers) for name, numbers in named.items()}
            if any(today.values()):
                values = _decoded(decoders, arguments, lambda name, number: today.get(name, {}).get(number, number))
        return await resolver(*given, **{**arguments, **values})

    return decoded


async def current(scope: Scope, type_name: str, numbers: Collection[int]) -> Mapping[int, int]:
    """What numbers of a type stand for today, of those that stand for others: old ids and merged objects."""
    old = [number for number in numbers if number > MAX_ID]
    own = [number for number in numbers if number <= MAX_ID]
    found: dict[int, int] = dict.fromkeys(old, NOTHING)
    if old and type_name in OLD:
        found.update(await OLD[type_name](scope, old))
    if own and type_name in FOLLOWED:
        found.update(await FOLLOWED[type_name](scope, own))
    return found


def _decoded(decoders: Mapping[str, Decoder], arguments: Mapping[str, Any], numbered: Numbered) -> dict[str, Any]:
    """The arguments that hold ids, with numbers in place of them."""
    return {
        name: decoder(arguments[name], "" if name == "input" else name, numbered)
        for name, decoder in decoders.items()
        if name in arguments
    }


def _decoder(annotation: Any) -> Decoder | None:
    """Decodes values of a type; None if they hold no ids."""
    if not _holds_ids(annotation):
        return None
    if get_origin(annotation) is Annotated:
        named = next((each for each in annotation.__metadata__ if isinstance(each, _OfType)), None)
        decoder = _decoder(annotation.__origin__) if named is None else named.decode
    elif get_origin(annotation) in (Union, UnionType):
        decoder = next(filter(None, map(_decoder, get_args(annotation))))
    elif get_origin(annotation) is list and (item := _decoder(*get_args(annotation))) is not None:
        decoder = functools.partial(_decode_list, item)
    else:
        decoder = functools.partial(_decode_input, annotation)
    return decoder and _unless_null(decoder)


def _holds_ids(annotation: Any, within: frozenset[Any] = frozenset()) -> bool:
    """Whether values of a type may hold ids. An input may lead back to itself: `within` are those around it."""
    if isinstance(annotation, _OfType):
        return True
    parts: Iterable[Any] = get_args(annotation)
    if has_object_definition(annotation) and annotation.__strawberry_definition__.is_input:
        if annotation in within:
            return False
        parts, within = get_type_hints(annotation, include_extras=True).values(), within | {annotation}
    return any(_holds_ids(part, within) for part in parts)


def _decode_list(decoder: Decoder, values: list[Any], field: str, numbered: Numbered) -> list[Any]:
    return [decoder(value, field, numbered) for value in values]


def _decode_input(input_type: type, value: Any, field: str, numbered: Numbered) -> Any:
    under = f"{field}." if field else ""
    decoders = _decoders_of_fields(input_type)
    return replace(
        value, **{name: each(getattr(value, name), f"{under}{name}", numbered) for name, each in decoders.items()}
    )


@functools.cache
def _decoders_of_fields(input_type: type) -> dict[str, Decoder]:
    hints = get_type_hints(input_type, include_extras=True)
    return {name: decoder for name, hint in hints.items() if (decoder := _decoder(hint)) is not None}


def _unless_null(decoder: Decoder) -> Decoder:
    return lambda value, field, numbered: None if value is None else decoder(value, field, numbered)
