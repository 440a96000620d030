"""Kinds of rows that are moved in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from sqlalchemy import Table

Move = Callable[[Any], Awaitable[None]]
"""Makes rows of those of a batch (`resolvers.legacy.batch.Batch`)."""
Prepare = Callable[[dict[str, Any], tzinfo], dict[str, Any]]
"""Makes of fields what needs no database, in the process that reads. Raises Refused, or a DomainError."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One kind of rows: its fields, what they become, and how.

    `refers` names the fields that hold old ids of rows that were moved in before, with the tables that these are in
    now. `total` tells the amount of a row that is summed up for verification, and the column that holds it here.
    `fills` names columns: `prepare` of such a kind makes a whole row of `table` but for these and its id, and the
    process that reads binds it to the statement. `tells` names columns of it that `move` reads too.
    """

    name: str
    table: Table
    """Where its rows are; old ids are kept under this table's name."""
    required: frozenset[str]
    optional: frozenset[str]
    move: Move
    refers: Mapping[str, Table] = field(default_factory=dict)
    total: tuple[Callable[[Mapping[str, Any]], float], str] | None = None
    prepare: Prepare | None = None
    fills: Sequence[str] = ()
    tells: Sequence[str] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields."""
        return self.required | self.optional
