"""Scalars beyond GraphQL's own."""

from typing import NewType

import strawberry
from graphql import GraphQLError

from models.base import MAX_ID

BigInt = NewType("BigInt", int)


def _parse(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_ID:
        raise GraphQLError("BigInt is an integer between -(2^53 - 1) and 2^53 - 1.")
    return value


BIG_INT = strawberry.scalar(
    name="BigInt",
    description="An integer of up to 53 bits, sent as a JSON number, which JavaScript reads exactly.",
    serialize=int,
    parse_value=_parse,
)
