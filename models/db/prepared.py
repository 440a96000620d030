"""Statements as a driver takes them: compiled once, bound and read by position.

SQLAlchemy compiles a statement for each set of parameter names, and for each length of a list that is bound
to an IN; lists are filled up to a power of two, so that there are few lengths.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, DateTime, Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.db.interface import Parameters
from models.db.rows import Processor, Reader, typed_reader
from models.errors import InvalidInput
from models.generated import generated

KEPT_SHAPES = 512
"""The statements with lists that are remembered; others are remembered as long as they exist."""
KEPT_BINDERS = 512
Values = list[Any]
"""The values of a statement's parameters, in their order."""

_TEXT = "%04d-%02d-%02d %02d:%02d:%02d.%06d"

_NOTHING: Parameters = {}


class Prepared:
    """A statement as the driver takes it."""

    __slots__ = ("names", "read", "sql", "values", "writes")

    def __init__(
        self,
        sql: str,
        names: Sequence[str],
        values: Callable[[Parameters], Values],
        read: Reader | None,
        writes: str | None,
    ) -> None:
        self.sql = sql
        self.names = names
        """The names of the values, in their order; those of lists have a number."""
        self.values = values
        """What binds the parameters. Raises InvalidInput for a text that no database can hold."""
        self.read = read
        """What makes its rows; None for a statement that is nothing but text, whose columns only the driver knows."""
        self.writes = writes
        """The table that it writes to, if it is known to."""


class Preparer:
    """Prepares statements for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        # They hold nothing of their statements, and go with them. None stands for one with lists.
        self._prepared: WeakKeyDictionary[Executable, dict[tuple[str, ...], Prepared | None]] = WeakKeyDictionary()
        self._shapes = lru_cache(maxsize=KEPT_SHAPES)(self._shape)
        self._variants = lru_cache(maxsize=KEPT_SHAPES)(self._variant)

    def bind(self, statement: Executable, parameters: Parameters | None) -> tuple[Prepared, Values]:
        """The statement with these parameters. Raises InvalidInput for a text that no database can hold."""
        given = parameters or _NOTHING
        names = tuple(given)
        prepared = self._known(statement, names)
        if prepared is None:
            shape = self._shapes(statement, names)
            prepared = self._variants(shape, tuple([_padded(len(given[name])) for name in shape.lists]))
        return prepared, prepared.values(given)

    def bind_many(self, statement: Executable, parameters: Sequence[Parameters]) -> tuple[Prepared, list[Values]]:
        """The statement with the values for each of the parameters; no lists among them."""
        prepared = self.prepared(statement, tuple(parameters[0]))
        return prepared, [prepared.values(given) for given in parameters]

    def prepared(self, statement: Executable, names: tuple[str, ...]) -> Prepared:
        """The statement for parameters of these names; no lists among them."""
        return self._known(statement, names) or self._variants(self._shapes(statement, names), ())

    def _known(self, statement: Executable, names: tuple[str, ...]) -> Prepared | None:
        """The statement prepared; None for one with lists, for which it depends on their lengths."""
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = {}
        if names not in prepared:
            shape = self._shape(statement, names)
            prepared[names] = None if shape.lists else self._variant(shape, ())
        return prepared[names]

    def _shape(self, statement: Any, names: tuple[str, ...]) -> "_Shape":
        compiled = statement.compile(dialect=self._dialect, column_keys=list(names) if statement.is_dml else None)
        lists = [name for name, parameter in compiled.binds.items() if parameter.expanding and name in names]
        return _Shape(compiled, names, tuple(lists))

    def _variant(self, shape: "_Shape", lengths: tuple[int, ...]) -> Prepared:
        sizes = dict(zip(shape.lists, lengths, strict=True))
        return _prepared(shape.compiled, sizes, shape.names, self._dialect)


_preparers: dict[type[Dialect], Preparer] = {}


def preparer_for(dialect: Dialect) -> Preparer:
    """What prepares statements for databases of this kind; all of a process share it."""
    return _preparers.setdefault(type(dialect), Preparer(dialect))


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """A statement compiled for a set of parameter names, of which `lists` take a list."""

    compiled: SQLCompiler
    names: tuple[str, ...]
    lists: tuple[str, ...]


def _prepared(compiled: SQLCompiler, sizes: dict[str, int], names: Sequence[str], dialect: Dialect) -> Prepared:
    """The statement for lists of these sizes."""
    blank = {
        name: [None] * sizes[name] if name in sizes else parameter.effective_value if parameter.expanding else None
        for name, parameter in compiled.binds.items()
    }
    expanded = compiled.construct_expanded_state(blank)
    defaults = {
        column.key: column.default
        for column in (*compiled.insert_prefetch, *compiled.update_prefetch)
        if column.default is not None
    }
    places = {
        part: (name, index) for name, parts in expanded.parameter_expansion.items() for index, part in enumerate(parts)
    }
    steps = []
    instants: dict[type, Processor] = {}  # one for all columns: they often have the same instant
    for place in expanded.positiontup or ():
        name, index = places.get(place, (place, None))
        parameter = compiled.binds[name]
        process: Processor | None
        if is_instant := _is_instant(parameter.type, dialect):
            process = instants.setdefault(type(parameter.type), _stored_instant(parameter.type, dialect))
        else:
            process = _bind_processor(parameter.type, dialect)
        if name not in names:
            steps.append(_own(name, parameter, defaults.get(name), index, process))
        elif index is None:
            expression = _GIVEN if process is None else _STORED if is_instant else _PROCESSED
            steps.append((expression, name, process, 0))
        elif index == 0:  # the others of the list come with it
            steps.append((_LIST if process is None else _PROCESSED_LIST, name, process, sizes[name]))
    binder = _binder(tuple(expression for expression, *_ in steps))
    columns = compiled._result_columns
    read = typed_reader([column.keyname for column in columns], [column.type for column in columns], dialect)
    values = binder(_plain, _filled, *(argument for _, *arguments in steps for argument in arguments))
    written: Any = compiled.statement
    writes = written.table.name if written is not None and written.is_dml else None
    return Prepared(expanded.statement, expanded.positiontup or (), values, read if columns else None, writes)


_Step = tuple[str, Any, Processor | None, int]
"""A value of a statement, or several: an expression for it, and its arguments `a`, `p` and `n`."""

_GIVEN = "(v if (v := given[a{0}]).__class__ is int else plain(v))"
_PROCESSED, _STORED = "p{0}(plain(given[a{0}]))", "p{0}(given[a{0}])"
_LIST, _PROCESSED_LIST = "*filled(given[a{0}], n{0})", "*map(p{0}, filled(given[a{0}], n{0}))"
_CONSTANT, _MADE = "a{0}", "a{0}()"


@lru_cache(maxsize=KEPT_BINDERS)
def _binder(expressions: tuple[str, ...]) -> Callable[..., Callable[[Parameters], Values]]:
    """Makes a function that binds: one expression for all values costs a third of a loop over them."""
    arguments = "".join(f", a{step}, p{step}, n{step}" for step in range(len(expressions)))
    values = ", ".join(expression.format(step) for step, expression in enumerate(expressions))
    source = f"lambda plain, filled{arguments}: lambda given: [{values}]"
    return cast("Callable[..., Any]", generated(source))


def _own(name: str, parameter: BindParameter[Any], default: Any, index: int | None, process: Processor | None) -> _Step:
    """The step of a parameter that is not given: its own value or its column's default, or what makes one each time."""
    make: Callable[[], Any] | None
    if default is not None:
        make, value = (partial(default.arg, None), None) if default.is_callable else (None, default.arg)
    elif parameter.required:
        raise KeyError(f"The statement needs a value for {name}.")
    else:
        make, value = parameter.callable, parameter.value

    def bound(value: Any) -> Any:
        if index is not None:
            value = value[index] if index < len(value) else value[-1]
        value = _plain(value)
        return value if process is None else process(value)

    return (_CONSTANT, bound(value), None, 0) if make is None else (_MADE, lambda: bound(make()), None, 0)


def _plain(value: Any) -> Any:
    """The value; a text as nothing but a text, for which the drivers have a short way. Raises InvalidInput."""
    kind = value.__class__
    if kind is str:
        if not value.isascii() or "\0" in value:
            check_text(value)
        return value
    if kind is not int and kind is not datetime and isinstance(value, str):
        check_text(value)
        return str.__str__(value)
    return value


def _filled(values: Sequence[Any], length: int) -> Values:
    """The values of a list, of which the last is repeated up to this length."""
    filled = [value if value.__class__ is int else _plain(value) for value in values]
    if len(filled) < length:
        filled += filled[-1:] * (length - len(filled))
    return filled


def _padded(length: int) -> int:
    return length if length <= 2 else 1 << (length - 1).bit_length()


def _bind_processor(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _is_instant(type_: TypeEngine[Any], dialect: Dialect) -> bool:
    """Whether it is one that SQLite keeps as text."""
    return dialect.name == "sqlite" and isinstance(type_, TypeDecorator) and isinstance(type_.impl_instance, DateTime)


def _stored_instant(type_: Any, dialect: Dialect) -> Processor:
    to_utc = type_.process_bind_param
    # The instant before, which the next column or the next row often has too.
    last: tuple[datetime | None, str | None] = (None, None)

    def stored(instant: datetime | None) -> str | None:
        nonlocal last
        known = last
        if known[0] is instant:
            return known[1]
        if instant.__class__ is datetime and instant.tzinfo is UTC:
            date = instant.year, instant.month, instant.day
            # Half the time of isoformat, which asks for the offset.
            text: str | None = _TEXT % (*date, instant.hour, instant.minute, instant.second, instant.microsecond)
        else:
            utc = to_utc(instant, dialect)
            text = None if utc is None else utc.replace(tzinfo=None).isoformat(" ", "microseconds")
        last = (instant, text)
        return text

    return stored


def check_text(value: str) -> None:
    """Raise InvalidInput for a text that no database can hold."""
    if "\0" in value:
        raise InvalidInput("Text may not contain the NUL character.")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidInput("Text may not contain lone surrogates.") from None
