"""Scalars beyond GraphQL's own."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from starlette.datastructures import UploadFile
from strawberry.file_uploads.scalars import UploadDefinition
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition, DecimalDefinition

from models.base import MAX_ID
from schema.engine.texts import normalised_date

BigInt = NewType("BigInt", int)


def _parse(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_ID:
        raise GraphQLError("BigInt is an integer between -(2^53 - 1) and 2^53 - 1.")
    return value


BIG_INT = strawberry.scalar(
    name="BigInt",
    description="An integer of up to 53 bits, sent as a JSON number, which JavaScript represents exactly.",
    serialize=int,
    parse_value=_parse,
)

_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""Between these an instant can be shown in every time zone."""


def _day(value: Any) -> date:
    """The parsed day."""
    parsed: date = DateDefinition.parse_value(_spelled(value))  # type: ignore[misc]
    return parsed


def _spelled(value: Any) -> Any:
    return normalised_date(value) if isinstance(value, str) else value


def _instant(value: Any) -> datetime:
    """The parsed instant. One without an offset is left to the field to refuse."""
    parsed: datetime = DateTimeDefinition.parse_value(_spelled(value))  # type: ignore[misc]
    if not _EARLIEST <= (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)) <= _LATEST:
        raise GraphQLError(f"A DateTime must be between {_EARLIEST.isoformat()} and {_LATEST.isoformat()}.")
    return parsed


def _file(value: object) -> UploadFile:
    if not isinstance(value, UploadFile):
        raise GraphQLError("An Upload must be a file of a multipart request that `map` assigns to this variable.")
    return value


SCALARS: dict[object, Any] = {
    BigInt: BIG_INT,
    date: replace(DateDefinition, parse_value=_day, description="A day in Shanghai, such as 2026-03-02."),
    datetime: replace(
        DateTimeDefinition,
        parse_value=_instant,
        description="An instant, in replies in UTC: 2026-03-02T01:30:00.000000+00:00. Inputs may have any offset.",
    ),
    Decimal: replace(DecimalDefinition, description="An exact number as a text, such as 15000.00."),
    UploadFile: replace(
        UploadDefinition,
        parse_value=_file,
        description="A file of a multipart request, by the GraphQL multipart request specification.",
    ),
}
"""The scalars by the Python types that they stand for, where Strawberry's own do not do."""
