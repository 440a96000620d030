"""Lightweight rows: named tuples made from a driver's tuples, with `_mapping` like SQLAlchemy's rows."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, cast

from sqlalchemy import Boolean, DateTime, Dialect, Float, Row
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.generated import generated

KEPT_TYPES = 512
"""Statements keep those that they use. One takes up to 10 KB."""
KEPT_INSTANTS = 8192
"""The instants that are remembered as they are stored: a page has most of them twice, and again at the next request."""

Reader = Callable[[Iterable[Sequence[Any]]], list[Row[Any]]]
Processor = Callable[[Any], Any]

_AS_IT_IS, _BOOLEAN, _PROCESSED = "v{0}", "None if v{0} is None else v{0} != 0", "None if v{0} is None else p{0}(v{0})"


def typed_reader(names: Sequence[str], types: Sequence[TypeEngine[Any]], dialect: Dialect) -> Reader:
    """A function that makes rows with these names of the driver's, whose values become what the types promise."""
    processors = [_processor(type_, dialect) for type_ in types]
    if not any(processors):
        return reader(tuple(names))
    is_sqlite = dialect.name == "sqlite"
    columns = tuple(
        _AS_IT_IS if process is None else _BOOLEAN if is_sqlite and type(type_) is Boolean else _PROCESSED
        for type_, process in zip(types, processors, strict=True)
    )
    return _converter(columns)(tuple.__new__, row_type(tuple(names)), *processors)


@lru_cache(maxsize=KEPT_TYPES)
def reader(names: tuple[str, ...]) -> Reader:
    """A function that makes rows with these names and the driver's values."""
    make = partial(tuple.__new__, row_type(names))  # namedtuple's own is a function of Python
    return lambda raw: list(map(make, raw))


@lru_cache(maxsize=KEPT_TYPES)
def row_type(names: tuple[str, ...]) -> Any:
    """The class of rows with these columns. It stands in for SQLAlchemy's Row, which costs several times as much."""
    fields = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 -- the names are not known here

    def mapping(row: Any) -> dict[str, Any]:
        return dict(zip(names, row, strict=True))

    return type("Row", (fields,), {"__slots__": (), "_mapping": property(mapping)})


@lru_cache(maxsize=KEPT_TYPES)
def _converter(columns: tuple[str, ...]) -> Callable[..., Reader]:
    """Makes a reader that converts: one expression for all rows costs a third of a loop over their values."""
    processors = "".join(f", p{n}" for n in range(len(columns)))
    targets = "".join(f"v{n}, " for n in range(len(columns)))
    values = "".join(f"{column.format(n)}, " for n, column in enumerate(columns))
    source = f"lambda new, Row{processors}: lambda raw: [new(Row, ({values})) for {targets} in raw]"
    return cast("Callable[..., Reader]", generated(source))


def _processor(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    is_instant = isinstance(type_, TypeDecorator) and isinstance(type_.impl_instance, DateTime)
    if dialect.name == "sqlite" and is_instant:
        return _utc
    if dialect.name == "postgresql" and (is_instant or isinstance(type_, Float)):
        return None  # as asyncpg has it: aware and in UTC; a number, for whose type SQLAlchemy would ask the database
    return cast("Processor | None", type_.dialect_impl(dialect).result_processor(dialect, None))


@lru_cache(maxsize=KEPT_INSTANTS)
def _utc(stored: str) -> datetime:
    """An instant as SQLite keeps it: UTC without saying so."""
    return datetime.fromisoformat(stored + "+00:00")  # a sixth of what replacing the zone costs
