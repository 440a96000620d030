"""The flow of credits: what was earned, granted, spent and withdrawn. Days are those of the calendar in Shanghai."""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, distinct, func, select

from models.days import shanghai_day
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


_is_gain = _entries.c.change > 0
_key = _entries.c.key
# The keys of a merged user keep their beginning, after that of the merge.
_by_administrator = _key.like(f"{OF_ADMINISTRATOR}:%") | _key.like(f"merged:%:{OF_ADMINISTRATOR}:%")
_kind: ColumnElement[str] = case(
    (_entries.c.rule.is_not(None), CreditFlowKind.EARNED.value),
    (_key.like("merged:%:taken-back"), CreditFlowKind.CORRECTED.value),
    (_by_administrator & _is_gain, CreditFlowKind.GRANTED.value),
    (_by_administrator, CreditFlowKind.WITHDRAWN.value),
    else_=CreditFlowKind.SPENT.value,
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
    filters = {"kinds": kinds, "rules": rules, "accounts": accounts}
    statement = _statement(grouping.shape(scope, by, filters))
    return await grouping.fetched(scope, statement, {**filters, **days.instants()})


@lru_cache(maxsize=256)
def _statement(shape: Shape) -> Select[Any]:
    since: Any = bindparam("from_instant", type_=_entries.c.created_at.type)
    before: Any = bindparam("before_instant", type_=_entries.c.created_at.type)
    query = select(
        shanghai_day(_entries.c.created_at).label("day"),
        _kind.label("kind"),
        _entries.c.rule,
        _entries.c.account,
        _entries.c.user_id,
        _entries.c.change,
    ).where(_entries.c.created_at >= since, _entries.c.created_at < before)
    if not shape.sees_all:
        query = query.where(_entries.c.user_id == bindparam("viewer_id"))
    for name, column in {"kinds": _kind, "rules": _entries.c.rule, "accounts": _entries.c.account}.items():
        if name in shape.filters:
            query = query.where(column.in_(bindparam(name, expanding=True)))
    counted = grouping.computed_once(query, "counted")
    shown, grouped = dimensions(shape, {dimension: counted.c[dimension] for dimension in CreditDimension})
    statement = select(
        *shown,
        func.count().label("entry_count"),
        func.count(distinct(counted.c.user_id)).label("user_count"),
        total(counted.c.change).label("change"),
    )
    return limited(statement.group_by(*grouped).order_by(*(column.nulls_first() for column in grouped)))
