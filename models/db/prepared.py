"""Statements as a driver takes them: compiled once, bound and read by position.

SQLAlchemy compiles a statement for each set of parameter names, and for each length of a list that is bound
to an IN; lists are filled up to a power of two, so that there are few lengths.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import DateTime, Dialect, Executable, Float, Row
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.db.interface import Parameters
from models.errors import InvalidInput

KEPT_STATEMENTS = 4096
Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement that is ready to run: its SQL, the values in their order, and how its rows are read."""

    sql: str
    values: Sequence[Any]
    rows: "RowReader"


class RowReader:
    """Makes light rows of the tuples of a driver: named tuples, with `_mapping` as SQLAlchemy's rows have it."""

    __slots__ = ("_make", "_processors")

    def __init__(self, names: Sequence[str], processors: Iterable[tuple[int, Processor]]) -> None:
        self._make = row_type(tuple(names))._make if names else None
        self._processors = tuple(processors)

    def read(self, raw: Sequence[Sequence[Any]], names: Sequence[str]) -> list[Row[Any]]:
        """The rows; `names` are the driver's, for statements that are nothing but text."""
        make = self._make or row_type(tuple(names))._make
        if not self._processors:
            return [make(row) for row in raw]
        rows = []
        for row in raw:
            values = list(row)
            for position, process in self._processors:
                if values[position] is not None:
                    values[position] = process(values[position])
            rows.append(make(values))
        return rows


@lru_cache(maxsize=KEPT_STATEMENTS)
def row_type(names: tuple[str, ...]) -> Any:
    """The class of rows with these columns. It stands in for SQLAlchemy's Row, which costs several times as much."""
    fields = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 -- the names are not known here

    def mapping(row: Any) -> dict[str, Any]:
        return dict(zip(names, row, strict=True))

    return type("Row", (fields,), {"__slots__": (), "_mapping": property(mapping)})


class Preparer:
    """Prepares statements for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._shapes = lru_cache(maxsize=KEPT_STATEMENTS)(self._shape)
        self._variants = lru_cache(maxsize=KEPT_STATEMENTS)(self._variant)

    def bind(self, statement: Executable, parameters: Parameters | None) -> Bound:
        """The statement with these parameters. Raises InvalidInput for a text that no database can hold."""
        given = parameters or {}
        shape = self._shapes(statement, tuple(given))
        lengths = tuple(_padded(len(given[name])) for name in shape.lists)
        return self._variants(shape, lengths).bind(given)

    def bind_many(self, statement: Executable, parameters: Sequence[Parameters]) -> tuple[Bound, list[Sequence[Any]]]:
        """The statement with the first of the parameters, and the values for all of them; no lists among them."""
        variant = self._variants(self._shapes(statement, tuple(parameters[0])), ())
        bound = [variant.bind(given) for given in parameters]
        return bound[0], [one.values for one in bound]

    def _shape(self, statement: Any, names: tuple[str, ...]) -> "_Shape":
        compiled = statement.compile(dialect=self._dialect, column_keys=list(names) if statement.is_dml else None)
        lists = [name for name, parameter in compiled.binds.items() if parameter.expanding and name in names]
        return _Shape(compiled, tuple(lists))

    def _variant(self, shape: "_Shape", lengths: tuple[int, ...]) -> "_Variant":
        return _Variant(shape, lengths, self._dialect)


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """A statement compiled for a set of parameter names; `lists` are those that take a list."""

    compiled: SQLCompiler
    lists: tuple[str, ...]


class _Variant:
    """A statement for lists of certain lengths."""

    def __init__(self, shape: _Shape, lengths: tuple[int, ...], dialect: Dialect) -> None:
        compiled = shape.compiled
        sizes = dict(zip(shape.lists, lengths, strict=True))
        blank = {
            name: [None] * sizes[name] if name in sizes else parameter.effective_value if parameter.expanding else None
            for name, parameter in compiled.binds.items()
        }
        expanded = compiled.construct_expanded_state(blank)
        self._sql = expanded.statement
        defaults = {
            column.key: column.default
            for column in (*compiled.insert_prefetch, *compiled.update_prefetch)
            if column.default is not None
        }
        places = {
            part: (name, index)
            for name, parts in expanded.parameter_expansion.items()
            for index, part in enumerate(parts)
        }
        self._steps = [
            self._step(compiled, places.get(name, (name, None)), defaults, dialect)
            for name in expanded.positiontup or ()
        ]
        columns = compiled._result_columns
        types = [_result_processor(column.type, dialect) for column in columns]
        self._rows = RowReader(
            [column.keyname for column in columns],
            [(position, process) for position, process in enumerate(types) if process is not None],
        )

    @staticmethod
    def _step(
        compiled: SQLCompiler, place: tuple[str, int | None], defaults: dict[str, Any], dialect: Dialect
    ) -> tuple[str, int | None, Processor | None, Any]:
        name, index = place
        parameter = compiled.binds[name]
        process = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        fallback = defaults.get(name)
        if fallback is None and not parameter.required:
            fallback = parameter
        return name, index, process, fallback

    def bind(self, given: Parameters) -> Bound:
        """The values in the statement's order."""
        values = []
        for name, index, process, fallback in self._steps:
            value = given[name] if name in given else _default(fallback, name)
            if index is not None:
                value = value[index] if index < len(value) else value[-1]
            if isinstance(value, str):
                check_text(value)
            values.append(value if process is None else process(value))
        return Bound(self._sql, values, self._rows)


def _default(fallback: Any, name: str) -> Any:
    """The value of a parameter that was not given: its own, or the default of its column."""
    if fallback is None:
        raise KeyError(f"The statement needs a value for {name}.")
    if hasattr(fallback, "effective_value"):
        return fallback.effective_value
    return fallback.arg(None) if fallback.is_callable else fallback.arg


def _padded(length: int) -> int:
    return length if length <= 2 else 1 << (length - 1).bit_length()


def _result_processor(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    implementation = type_.dialect_impl(dialect)
    if dialect.name == "sqlite" and isinstance(type_, TypeDecorator) and isinstance(type_.impl_instance, DateTime):
        return _utc
    if dialect.name == "postgresql" and isinstance(type_, Float):
        return None  # as asyncpg has it; SQLAlchemy would ask for the type in the database, which nobody told
    return cast("Processor | None", implementation.result_processor(dialect, None))


def _utc(stored: str) -> datetime:
    """An instant as SQLite keeps it: UTC without saying so."""
    return datetime.fromisoformat(stored + "+00:00")  # a sixth of what replacing the zone costs


def check_text(value: str) -> None:
    """Raise InvalidInput for a text that no database can hold."""
    if "\0" in value:
        raise InvalidInput("Text may not contain the NUL character.")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidInput("Text may not contain lone surrogates.") from None
