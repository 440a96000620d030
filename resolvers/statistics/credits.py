"""The flow of credits: what was earned, granted, spent and withdrawn. Days are those of the calendar in Shanghai."""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, case, distinct, func, literal, not_, select

from models.days import numbered_day, shanghai_day_number
from models.platform.credits import CreditAccount, CreditEntry, CreditRule
from models.statements import table_of
from resolvers.platform.credits import OF_ADMINISTRATOR
from resolvers.scope import Scope
from resolvers.statistics import grouping
from resolvers.statistics.grouping import Shape, dimensions, limited, total
from resolvers.statistics.periods import Days

_entries = table_of(CreditEntry)


class CreditFlowKind(StrEnum):
    """What changed a balance."""

    EARNED = "earned"
    GRANTED = "granted"
    SPENT = "spent"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"


class CreditDimension(StrEnum):
    """What entries are told apart by."""

    DAY = "day"
    KIND = "kind"
    RULE = "rule"
    ACCOUNT = "account"


_KINDS = sorted(CreditFlowKind)
"""In the order of groups. Rows have their numbers, which are compared in less time than names."""
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_KIND_BITS, _KIND_MASK = literal(3, Integer()), literal(7, Integer())
_key = _entries.c.key
# The keys of a merged user keep their beginning, after that of the merge.
_is_merged = _key.like("merged:%")
_is_administrators = _key.like(f"{OF_ADMINISTRATOR}:%")
_kind: ColumnElement[int] = case(
    (_entries.c.rule.is_not(None), _NUMBERS[CreditFlowKind.EARNED]),
    (not_(_is_administrators | _is_merged), _NUMBERS[CreditFlowKind.SPENT]),
    (_key.like("merged:%:taken-back"), _NUMBERS[CreditFlowKind.CORRECTED]),
    (not_(_is_administrators | _key.like(f"merged:%:{OF_ADMINISTRATOR}:%")), _NUMBERS[CreditFlowKind.SPENT]),
    (_entries.c.change > 0, _NUMBERS[CreditFlowKind.GRANTED]),
    else_=_NUMBERS[CreditFlowKind.WITHDRAWN],
)


async def flow(
    scope: Scope,
    days: Days,
    kinds: Sequence[CreditFlowKind] | None,
    rules: Sequence[CreditRule] | None,
    accounts: Sequence[CreditAccount] | None,
    by: Sequence[CreditDimension],
) -> Sequence[Row[Any]]:
    """The groups: the dimensions that are asked by, the number of entries and users, and the sum of the changes.

    Administrators are told of everybody's entries, others of their own.
    """
    numbers = None if kinds is None else [_NUMBERS[kind] for kind in kinds]
    filters = {"kinds": numbers, "rules": rules, "accounts": accounts}
    statement = _statement(grouping.shape(scope, by, filters))
    return await grouping.fetched(scope, statement, {**filters, **days.instants()})


@lru_cache(maxsize=256)
def _statement(shape: Shape) -> Select[Any]:
    since: Any = bindparam("from_instant", type_=_entries.c.created_at.type)
    before: Any = bindparam("before_instant", type_=_entries.c.created_at.type)
    told_apart = _told_apart(shape)
    columns = (_entries.c.rule, _entries.c.account, _entries.c.user_id, _entries.c.change)
    query = select(told_apart.label("told_apart"), *columns)
    query = query.where(_entries.c.created_at >= since, _entries.c.created_at < before)
    if not shape.sees_all:
        query = query.where(_entries.c.user_id == bindparam("viewer_id"))
    for name, column in {"kinds": _kind, "rules": _entries.c.rule, "accounts": _entries.c.account}.items():
        if name in shape.filters:
            query = query.where(column.in_(bindparam(name, expanding=True)))
    counted = grouping.computed_once(query, "counted")
    group, rule, account = counted.c.told_apart, counted.c.rule, counted.c.account
    kinds = {number: kind.value for kind, number in _NUMBERS.items()}
    values: dict[str, ColumnElement[Any]] = {
        CreditDimension.DAY: numbered_day(group.bitwise_rshift(_KIND_BITS)),
        CreditDimension.KIND: case(kinds, value=group.bitwise_and(_KIND_MASK)),
        CreditDimension.RULE: rule,
        CreditDimension.ACCOUNT: account,
    }
    shown, _ = dimensions(shape, values)
    statement = select(
        *shown,
        func.count().label("entry_count"),
        func.count(distinct(counted.c.user_id)).label("user_count"),
        total(counted.c.change).label("change"),
    )
    _, grouped = dimensions(shape, {CreditDimension.RULE: rule, CreditDimension.ACCOUNT: account})
    if shape.by & {CreditDimension.DAY, CreditDimension.KIND}:
        grouped.insert(0, group)
    return limited(statement.group_by(*grouped).order_by(*(column.nulls_first() for column in grouped)))


def _told_apart(shape: Shape) -> ColumnElement[int]:
    """The day and the kind of an entry in one number, as far as groups are told apart by them: the database sorts
    numbers in less time than texts, and names the few groups at the end.
    """
    day = shanghai_day_number(_entries.c.created_at).bitwise_lshift(_KIND_BITS)
    if CreditDimension.KIND not in shape.by:
        return day if CreditDimension.DAY in shape.by else literal(0, Integer())
    return day.bitwise_or(_kind) if CreditDimension.DAY in shape.by else _kind
