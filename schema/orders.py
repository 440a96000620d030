"""The orders of lists in the graph: an enum for each type that has lists."""

from enum import Enum

from resolvers import orders
from schema.engine.types import enum_type

_AGES = {"CREATED_AT_DESC": "The newest first.", "CREATED_AT_ASC": "The oldest first."}


def _described(member: Enum) -> str:
    if (age := _AGES.get(member.name)) is not None:
        return age
    words = member.name.lower().rpartition("_")[0].split("_")
    name = words[0] + "".join(map(str.capitalize, words[1:]))
    return f"By `{name}`, {'descending' if member.value.descending else 'ascending'}; equal ones by age."


def _register(of: type[Enum]) -> None:
    enum_type(
        of,
        description=(of.__doc__ or "").replace("The orders of", "An order of"),
        values={member: _described(member) for member in of},
    )


for _orders in orders.ALL:
    _register(_orders)
