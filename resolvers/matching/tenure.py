"""How many years of a resume's work are in the trade that a feed is about."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.history import PARTS_OF_YEAR, UNKNOWN
from resolvers.matching.lexicon import ROLE
from resolvers.matching.rows import Rows

_OF_ALL_TRADES: Final = frozenset({ROLE + "企业管理", ROLE + "项目经理"})
"""Whoever leads companies and projects has prepared for it in whatever they did before."""


def years_for(feed: CompiledFeed, rows: Rows) -> NDArray[np.int8]:
    """The years of each row without those in jobs of other trades, and not less than those in the feed's own.

    A trade is another one if both titles have roles that are not near at all; an unknown title may be of any.
    """
    columns = rows.columns
    roles = feed.wanted.title.roles
    if feed.years is None or not roles or not _OF_ALL_TRADES.isdisjoint(roles):
        return columns.years
    is_other = rows.other_trades(feed.wanted)[columns.jobs]
    is_changed = (columns.spent * is_other).any(axis=1) & (columns.years != UNKNOWN)
    changed = np.flatnonzero(is_changed)
    if not len(changed):
        return columns.years
    spent, is_other = columns.spent[changed].astype(np.int64), is_other[changed]
    is_own = (rows.nearness(feed.wanted) > 0)[columns.jobs[changed]]
    total = columns.years[changed].astype(np.int64)
    rest = total * PARTS_OF_YEAR - (spent * is_other).sum(axis=1)
    parts = np.maximum(rest, (spent * is_own).sum(axis=1))
    years = columns.years.copy()
    years[changed] = np.minimum((parts + PARTS_OF_YEAR // 2) // PARTS_OF_YEAR, total)
    return years
