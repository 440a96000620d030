"""JSON that a statement makes, to the byte as orjson writes it, on both databases.

SQLite's functions make values of an object: texts and numbers as they are, everything else as JSON. On PostgreSQL, whose
functions add spaces, each element is the text of a value.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, Date, DateTime, Integer, String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine
from sqlmodel.sql.sqltypes import AutoString

MAX_MEMBERS = 60
"""The members of an object: SQLite's functions take 127 arguments."""
BASE64_FUNCTION = "careergraph_base64url"
"""The function that connections of SQLite have, which has none of its own: `base64url`."""
_LARGEST = 2**31 - 1


def base64url(text: str | None) -> str | None:
    """A text in base64, as ids and cursors have it."""
    return None if text is None else base64.urlsafe_b64encode(text.encode()).decode()


class _Element(FunctionElement[Any]):
    inherit_cache = False
    type = String()

    def of(self, compiler: Any, options: Mapping[str, Any]) -> list[str]:
        """The SQL of each argument."""
        return [compiler.process(each, **options) for each in self.clauses]


class _Text(_Element):
    """A text."""


class _Number(_Element):
    """A whole number of any size."""


class _Int(_Element):
    """A whole number that GraphQL's Int can hold."""


class _Truth(_Element):
    """True or false."""


class _Iso(_Element):
    """A day, or an instant in UTC, in ISO 8601: with a fraction of six digits unless that is zero."""

    @property
    def is_day(self) -> bool:
        """Whether it is a day."""
        (column,) = self.clauses
        return isinstance(column.type, Date)


class _Choice(_Element):
    """One of some texts, by a text that is stored."""

    def __init__(self, column: ColumnElement[Any], texts: Mapping[str, str]) -> None:
        super().__init__(column)
        self.texts = texts


class _Encoded(_Element):
    """A number behind a prefix in base64, as ids and cursors have it."""

    def __init__(self, column: ColumnElement[Any], prefix: str) -> None:
        super().__init__(column)
        self.prefix = prefix


class Constant(_Element):
    """A text that is always the same; of letters, digits and underscores."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Truth(_Element):
    """A truth value that a condition has."""


class Nullable(_Element):
    """A value, or null."""


class Required(_Element):
    """A value; where it is missing, the statement fails. The other argument is a column that it depends on."""


class Members(_Element):
    """An object."""

    def __init__(self, names: Sequence[str], values: Sequence[ColumnElement[Any]]) -> None:
        super().__init__(*values)
        self.names = names


class Listed(_Element):
    """The list of an element of all rows; the other arguments are the order of the rows, which SQLite reads in order."""


class Sent(_Element):
    """The bytes of an element, as they stand in a reply."""

    type = NullType()


class Form(NamedTuple):
    """How a column's values stand in a reply."""

    element: type[_Element]
    sql_types: tuple[type[TypeEngine[Any]], ...]
    argument: Any = None

    def of(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """The element of a column, null where the column is. Raises TypeError for a column of another type."""
        if not self.takes(column.type):
            raise TypeError(f"{column} is no column of {self.element.__doc__}")
        return self.element(column) if self.argument is None else self.element(column, self.argument)

    def takes(self, type_: TypeEngine[Any]) -> bool:
        """Whether it shows values of the type. A subclass may store something else."""
        if type(type_) is AutoString:
            return String in self.sql_types
        if isinstance(type_, TypeDecorator):
            return DateTime in self.sql_types and isinstance(type_.impl_instance, DateTime)
        return type(type_) in self.sql_types


_TEXTS: Any = (String, Text)
TEXT = Form(_Text, _TEXTS)
NUMBER = Form(_Number, (Integer, BigInteger))
INT = Form(_Int, (Integer, BigInteger))
BOOLEAN = Form(_Truth, (Boolean,))
ISO = Form(_Iso, (Date, DateTime))


def choice(texts: Mapping[str, str]) -> Form:
    """The form of a text that stands for another; those that are not there fail."""
    return Form(_Choice, _TEXTS, texts)


def encoded(prefix: str) -> Form:
    """The form of a number behind a prefix in base64."""
    return Form(_Encoded, (Integer, BigInteger), prefix)


def is_certain(column: ColumnElement[Any]) -> bool:
    """Whether the column of a table is never null."""
    return isinstance(column, Column) and not column.nullable


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _fails(of: str) -> str:
    """What fails once SQLite evaluates it, as it depends on a column."""
    return f"json('!' || coalesce({of}, ''))"


def _fails_on_postgresql(of: str) -> str:
    return f"CAST(CAST('!' || coalesce(CAST({of} AS text), '') AS integer) AS text)"


@compiles(_Text, "sqlite")
@compiles(_Number, "sqlite")
def _value(element: _Element, compiler: Any, **options: Any) -> str:
    return element.of(compiler, options)[0]


@compiles(_Int, "sqlite")
def _int(element: _Element, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    return f"CASE WHEN abs({value}) <= {_LARGEST} THEN {value} WHEN {value} IS NOT NULL THEN {_fails(value)} END"


@compiles(_Truth, "sqlite")
@compiles(Truth, "sqlite")
def _truth(element: _Element, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    return f"CASE WHEN {value} THEN json('true') WHEN {value} IS NOT NULL THEN json('false') END"


@compiles(_Iso, "sqlite")
def _iso(element: _Iso, compiler: Any, **options: Any) -> str:
    # Stored as texts, and in UTC: 2026-03-02, 2026-03-02 02:00:00.000000.
    (value,) = element.of(compiler, options)
    return value if element.is_day else f"replace(replace({value}, ' ', 'T'), '.000000', '') || '+00:00'"


@compiles(_Choice, "sqlite")
def _choice(element: _Choice, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    cases = " ".join(f"WHEN {_quoted(stored)} THEN {_quoted(text)}" for stored, text in element.texts.items())
    return f"CASE {value} {cases} ELSE CASE WHEN {value} IS NOT NULL THEN {_fails(value)} END END"


@compiles(_Encoded, "sqlite")
def _encoded(element: _Encoded, compiler: Any, **options: Any) -> str:
    return f"{BASE64_FUNCTION}({_quoted(element.prefix)} || {element.of(compiler, options)[0]})"


@compiles(Constant, "sqlite")
def _constant(element: Constant, compiler: Any, **options: Any) -> str:
    return _quoted(element.text)


@compiles(Nullable, "sqlite")
def _nullable(element: Nullable, compiler: Any, **options: Any) -> str:
    return element.of(compiler, options)[0]


@compiles(Required, "sqlite")
def _required(element: Required, compiler: Any, **options: Any) -> str:
    value, of = element.of(compiler, options)
    return f"coalesce({value}, {_fails(of)})"


@compiles(Members, "sqlite")
def _members(element: Members, compiler: Any, **options: Any) -> str:
    values = zip(element.names, element.of(compiler, options), strict=True)
    return f"json_object({', '.join(f'{_quoted(name)}, {value}' for name, value in values)})"


@compiles(Listed, "sqlite")
def _listed(element: Listed, compiler: Any, **options: Any) -> str:
    return f"json_group_array({element.of(compiler, options)[0]})"


@compiles(Sent, "sqlite")
def _sent(element: Sent, compiler: Any, **options: Any) -> str:
    return f"CAST({element.of(compiler, options)[0]} AS BLOB)"


@compiles(_Text)
def _text_on_postgresql(element: _Element, compiler: Any, **options: Any) -> str:
    return f"CAST(to_json({element.of(compiler, options)[0]}) AS text)"


@compiles(_Number)
@compiles(_Truth)
@compiles(Truth)
def _plain_on_postgresql(element: _Element, compiler: Any, **options: Any) -> str:
    return f"CAST({element.of(compiler, options)[0]} AS text)"


@compiles(_Int)
def _int_on_postgresql(element: _Element, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    failed = f"WHEN {value} IS NOT NULL THEN {_fails_on_postgresql(value)}"
    return f"CASE WHEN abs({value}) <= {_LARGEST} THEN CAST({value} AS text) {failed} END"


@compiles(_Iso)
def _iso_on_postgresql(element: _Iso, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    if element.is_day:
        return f"""('"' || to_char({value}, 'YYYY-MM-DD') || '"')"""
    text = f"""replace(to_char(({value}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '')"""
    return f"""('"' || {text} || '+00:00"')"""


@compiles(_Choice)
def _choice_on_postgresql(element: _Choice, compiler: Any, **options: Any) -> str:
    (value,) = element.of(compiler, options)
    cases = " ".join(
        f"""WHEN {_quoted(stored)} THEN {_quoted(f'"{text}"')}""" for stored, text in element.texts.items()
    )
    return f"CASE {value} {cases} ELSE CASE WHEN {value} IS NOT NULL THEN {_fails_on_postgresql(value)} END END"


@compiles(_Encoded)
def _encoded_on_postgresql(element: _Encoded, compiler: Any, **options: Any) -> str:
    plain = f"{_quoted(element.prefix)} || CAST({element.of(compiler, options)[0]} AS text)"
    return f"""('"' || translate(encode(convert_to({plain}, 'UTF8'), 'base64'), '+/' || chr(10), '-_') || '"')"""


@compiles(Constant)
def _constant_on_postgresql(element: Constant, compiler: Any, **options: Any) -> str:
    return _quoted(f'"{element.text}"')


@compiles(Nullable)
def _nullable_on_postgresql(element: Nullable, compiler: Any, **options: Any) -> str:
    return f"coalesce({element.of(compiler, options)[0]}, 'null')"


@compiles(Required)
def _required_on_postgresql(element: Required, compiler: Any, **options: Any) -> str:
    value, of = element.of(compiler, options)
    return f"coalesce({value}, {_fails_on_postgresql(of)})"


@compiles(Members)
def _members_on_postgresql(element: Members, compiler: Any, **options: Any) -> str:
    values = element.of(compiler, options)
    begins = ("{" if number == 0 else "," for number in range(len(values)))
    parts = (
        f"""{_quoted(f'{begin}"{name}":')} || {value}"""
        for begin, name, value in zip(begins, element.names, values, strict=True)
    )
    return f"({' || '.join(parts)} || '}}')"


@compiles(Listed)
def _listed_on_postgresql(element: Listed, compiler: Any, **options: Any) -> str:
    item, *order = element.of(compiler, options)
    ordered = f" ORDER BY {', '.join(order)}" if order else ""
    return f"('[' || coalesce(string_agg({item}, ','{ordered}), '') || ']')"


@compiles(Sent)
def _sent_on_postgresql(element: Sent, compiler: Any, **options: Any) -> str:
    return f"convert_to({element.of(compiler, options)[0]}, 'UTF8')"
