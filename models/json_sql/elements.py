"""The elements of JSON that a statement makes, and the forms of columns in it."""

import base64
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import orjson
from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, Date, DateTime, Float, Integer, String, Text
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine
from sqlmodel.sql.sqltypes import AutoString

MAX_MEMBERS = 60
"""The members of an object: SQLite's functions take 127 arguments."""
BASE64_FUNCTION = "careergraph_base64url"
"""The function that connections of SQLite have, which has none of its own: `base64url`."""
FLOAT_FUNCTION = "careergraph_float"
"""The function that connections of SQLite have, which shows no more than 15 digits: `shown_float`."""
SETTLED = "1991-10-01"
"""From this day on Shanghai is always eight hours ahead of UTC."""
LARGEST = 2**31 - 1
"""The largest Int of GraphQL."""


def base64url(text: str | None) -> str | None:
    """A text in base64, as ids and cursors have it."""
    return None if text is None else base64.urlsafe_b64encode(text.encode()).decode()


def shown_float(value: float | None) -> str | None:
    """A number as replies have it. Raises ValueError for infinity, which SQLite stores and JSON has no word for."""
    if value is None:
        return None
    if not isfinite(value):
        raise ValueError(value)
    return orjson.dumps(value).decode()


class Element(FunctionElement[Any]):
    """What a value of a reply is made by."""

    inherit_cache = False
    type: TypeEngine[Any] = String()

    def of(self, compiler: Any, options: Mapping[str, Any]) -> list[str]:
        """The SQL of each argument."""
        return [compiler.process(each, **options) for each in self.clauses]


class TextOf(Element):
    """A text."""


class NumberOf(Element):
    """A whole number of any size."""


class IntOf(Element):
    """A whole number that GraphQL's Int can hold."""


class FloatOf(Element):
    """A number with a fraction, which GraphQL's Float can hold: in the fewest digits that tell it from all others."""


class TruthOf(Element):
    """True or false."""


class IsoOf(Element):
    """A day, or an instant in UTC, in ISO 8601: with a fraction of six digits unless that is zero."""

    @property
    def is_day(self) -> bool:
        """Whether it is a day."""
        (column,) = self.clauses
        return isinstance(column.type, Date)


class ShanghaiOf(Element):
    """An instant in Shanghai, in RFC 3339, to the second. Those before the last change of its time zone fail."""


class SecondsOf(Element):
    """An instant as its Unix time in whole seconds; those that `ShanghaiOf` does not take fail."""


class ChoiceOf(Element):
    """One of some texts, by a text that is stored."""

    def __init__(self, column: ColumnElement[Any], texts: Mapping[str, str]) -> None:
        super().__init__(column)
        self.texts = texts


class EncodedOf(Element):
    """A number behind a prefix in base64, as ids and cursors have it."""

    def __init__(self, column: ColumnElement[Any], prefix: str) -> None:
        super().__init__(column)
        self.prefix = prefix


class Constant(Element):
    """A text or a number that is always the same."""

    def __init__(self, value: str | int) -> None:
        super().__init__()
        self.value = value


class Nullable(Element):
    """A value, or null."""


class Required(Element):
    """A value; where it is missing, the statement fails. The other argument is a column that it depends on."""


class Members(Element):
    """An object."""

    def __init__(self, names: Sequence[str], values: Sequence[ColumnElement[Any]]) -> None:
        super().__init__(*values)
        self.names = names


class Listed(Element):
    """The list of an element of all rows; the other arguments are their order, in which SQLite reads them anyway."""


class Sent(Element):
    """The bytes of an element, as they stand in a reply."""

    type = NullType()


class Form(NamedTuple):
    """How a column's values stand in a reply."""

    element: type[Element]
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
TEXT = Form(TextOf, _TEXTS)
NUMBER = Form(NumberOf, (Integer, BigInteger))
INT = Form(IntOf, (Integer, BigInteger))
FLOAT = Form(FloatOf, (Float,))
BOOLEAN = Form(TruthOf, (Boolean,))
ISO = Form(IsoOf, (Date, DateTime))
SHANGHAI = Form(ShanghaiOf, (DateTime,))
SECONDS = Form(SecondsOf, (DateTime,))


def choice(texts: Mapping[str, str]) -> Form:
    """The form of a text that stands for another; those that are not there fail."""
    return Form(ChoiceOf, _TEXTS, texts)


def encoded(prefix: str) -> Form:
    """The form of a number behind a prefix in base64."""
    return Form(EncodedOf, (Integer, BigInteger), prefix)


def is_certain(column: ColumnElement[Any]) -> bool:
    """Whether the column of a table is never null."""
    return isinstance(column, Column) and not column.nullable


def quoted(text: str) -> str:
    """A text of our own as SQL has it."""
    return "'" + text.replace("'", "''") + "'"
