"""What a rule of a merge is, and the kinds that several tables share.

The statements of a rule bind `kept` and `gone`, the ids of the user who stays and of the one who does not, and
may bind `now` and `prefix`, a text that no other merge has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Delete,
    FromClause,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)

from models.db import Reader, Transaction
from models.language import Message
from models.statements import table_of

KEPT: BindParameter[Any] = bindparam("kept")
GONE: BindParameter[Any] = bindparam("gone")
Condition = Callable[[FromClause, FromClause], ColumnElement[bool]]
"""A condition on a row, the first, and a row of the other user, the second."""
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a merge does, or would do, to one table.

    `refusal` says why the merge is refused; it is None where the table stands in no way.
    """

    table: str
    column: str
    moved: int
    dropped: int
    refusal: Message | None
    rule: str


class Rule:
    """What happens to the rows of one table that refer to the user who does not stay: `text` says it in words.

    Of the rows of that user, those are dropped that `drops` holds for together with a row of the user who stays, or
    that `drops_where` holds for; of the latter's, those that `drops_kept` holds for. All others move. `first` runs
    before that. `refuses` is when the merge is refused instead, and why.
    """

    def __init__(
        self,
        model: type,
        text: str,
        *,
        column: str = "user_id",
        drops: Condition | None = None,
        drops_kept: Condition | None = None,
        drops_where: ColumnElement[bool] | None = None,
        first: Sequence[Update] = (),
        refuses: tuple[Select[Any], Message] | None = None,
    ) -> None:
        table = table_of(model)
        self.key = (table.name, column)
        self.text = text
        self._refusal = None if refuses is None else refuses[1]
        self._refuses = None if refuses is None else refuses[0]
        of_gone, of_kept = table.c[column] == GONE, table.c[column] == KEPT
        dropped = _paired(table, column, of_gone, KEPT, drops) if drops_where is None else and_(of_gone, drops_where)
        dropped_kept = _paired(table, column, of_kept, GONE, drops_kept)
        stays = of_gone if dropped is None else and_(of_gone, not_(dropped))
        self._moved = select(func.count()).select_from(table).where(stays)
        lost = [condition for condition in (dropped, dropped_kept) if condition is not None]
        self._dropped = select(func.count()).select_from(table).where(or_(*lost)) if lost else None
        self._steps: list[Update | Delete] = [
            *first,
            *(delete(table).where(condition) for condition in lost),
            update(table).where(of_gone).values({column: KEPT}),
        ]

    async def foresee(self, reader: Reader, values: Values) -> Outcome:
        """What it would do."""
        is_refused = self._refuses is not None and await reader.fetch_value(*_bound(self._refuses, values))
        dropped = 0 if self._dropped is None else await reader.fetch_value(*_bound(self._dropped, values))
        moved = await reader.fetch_value(*_bound(self._moved, values))
        return Outcome(*self.key, moved, dropped, self._refusal if is_refused else None, self.text)

    async def apply(self, transaction: Transaction, values: Values) -> None:
        """Do it."""
        for step in self._steps:
            await transaction.execute(*_bound(step, values))


def _bound(statement: Any, values: Values) -> tuple[Any, Values]:
    return statement, {name: values[name] for name in _names(statement) & values.keys()}


@cache
def _names(statement: Any) -> frozenset[str]:
    """The parameters of a statement, which is one of a rule's."""
    return frozenset(statement.compile().binds)


def _paired(
    table: Table, column: str, own: ColumnElement[bool], owner: Any, condition: Condition | None
) -> ColumnElement[bool] | None:
    """The condition on rows that there is one of the other user that it holds for."""
    if condition is None:
        return None
    other = table.alias("other")
    return and_(own, exists().where(other.c[column] == owner, condition(table, other)).correlate(table))


def both_have(model: type, where: Callable[[FromClause], ColumnElement[bool]] | None = None) -> Select[Any]:
    """Whether each of the two has such a row."""
    mine, theirs = table_of(model).alias("mine"), table_of(model).alias("theirs")
    both = select(func.count()).where(mine.c.user_id == KEPT, theirs.c.user_id == GONE)
    return both if where is None else both.where(where(mine), where(theirs))


def held_by_kept(model: type) -> ColumnElement[bool]:
    """Whether the user who stays has such a row."""
    mine = table_of(model).alias("mine")
    return exists().where(mine.c.user_id == KEPT)


def move(model: type, *, column: str = "user_id") -> Rule:
    """All rows move."""
    return Rule(model, "All rows move.", column=column)


def one(model: type) -> Rule:
    """A user has one row: the row of the user who stays, else it moves."""
    return Rule(
        model,
        "The row of the user who stays remains and the other is dropped; it moves where that user has none.",
        drops_where=held_by_kept(model),
    )


def one_of(model: type, *columns: str) -> Rule:
    """A user has one row of each value of the columns: that of the user who stays."""
    return Rule(
        model,
        f"All rows move but those whose `{'`, `'.join(columns)}` the user who stays has too; they are dropped.",
        drops=lambda row, other: and_(*(row.c[name] == other.c[name] for name in columns)),
    )


def refuse_two(model: type, refusal: Message) -> Rule:
    """Both may not have one, which the refusal says."""
    condition = str(refusal).rstrip(".").replace("Both", "both", 1)
    return Rule(model, f"The row moves. Refused where {condition}.", refuses=(both_have(model), refusal))
