"""How many years of a resume's work are in the trade that a feed is about."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.history import PARTS_OF_YEAR, UNKNOWN
from resolvers.matching.lexicon import ROLE
from resolvers.matching.rows import NumberedRows

_OF_ALL_TRADES: Final = frozenset({ROLE + "企业管理", ROLE + "项目经理"})
"""Whoever leads companies and projects has prepared for it in whatever they did before."""

_HALF: Final = 1 << 16


def years_for(feed: CompiledFeed, rows: NumberedRows) -> NDArray[np.int8]:
    """The years of each row without those in jobs of other trades, and not less than those in the feed's own.

    A trade is another one if both titles have roles that are not near at all; an unknown title may be of any.
    """
    columns = rows.columns
    roles = feed.wanted.title.roles
    if feed.years is None or not roles or not _OF_ALL_TRADES.isdisjoint(roles):
        return columns.years
    # Both are counted at once, in the two halves of a number: this is done for every row.
    weights = rows.other_trades(feed.wanted) + (rows.nearness(feed.wanted) > 0).astype(np.int32) * _HALF
    spent = np.zeros(len(columns.years), np.int32)
    for jobs, quarters in zip(columns.jobs.T, columns.spent.T, strict=True):
        spent += weights.take(jobs, mode="wrap") * quarters
    own, elsewhere = np.divmod(spent, _HALF)
    stated = columns.years.astype(np.int32)
    rest = np.maximum(stated * PARTS_OF_YEAR - elsewhere, own)
    years = np.minimum((rest + PARTS_OF_YEAR // 2) // PARTS_OF_YEAR, stated).astype(np.int8)
    return np.where((elsewhere == 0) | (columns.years == UNKNOWN), columns.years, years)
