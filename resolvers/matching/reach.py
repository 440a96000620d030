"""What rows could reach: their points, as if their texts said all that the feed does.

Everything but the text takes little work for a row, and no more memory than a block. A score is never higher.
"""

from collections.abc import Callable
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resolvers.matching import rows, scoring, tenure
from resolvers.matching.degrees import DEGREES
from resolvers.matching.documents import Component
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.profile import HAS_DOMAINS, HAS_JOBS, HAS_STUDIES, HAS_TEXT, LEVELS, MAX_YEARS, UNKNOWN
from resolvers.matching.ranking import Corpus
from resolvers.matching.rows import Rows
from resolvers.matching.scoring import MAXIMA, MISSING, UNIT, Floats, Part

Points = NDArray[np.int64]

_YEARS: Final = range(UNKNOWN, MAX_YEARS + 1)
_STANDINGS: Final = [*product(range(UNKNOWN, len(LEVELS)), _YEARS)]
"""Every level with every number of years."""


class Reach:
    """Tells what the rows of blocks could reach for one feed; `near` tells how near each title is."""

    def __init__(self, feed: CompiledFeed, corpus: Corpus, near: Floats):
        self._feed, self._corpus = feed, corpus
        self._near = near
        self._is_near = near > 0
        standings = rows.columns(len(_STANDINGS))
        standings.level[:], standings.years[:] = zip(*_STANDINGS, strict=True)
        self._standings = _points(Component.LEVEL, scoring.level_part(feed, standings))
        degrees = rows.columns(len(DEGREES) + 1)
        degrees.degree[:] = [*range(len(DEGREES)), UNKNOWN]
        self._degrees = _points(Component.DEGREE, scoring.degree_part(feed, degrees))
        self._asked: list[tuple[Component, Callable[[Rows], Part]]] = []
        self._same = 0
        for component, is_asked, part in (
            (Component.SKILLS, feed.needs, self._skills),
            (Component.TEXT, feed.text_terms, self._text),
            (Component.AREA, feed.places or feed.anywhere, self._area),
            (Component.SALARY, feed.salary, self._salary),
            (Component.DOMAIN, feed.domains, self._domain),
            (Component.COMPANY, feed.groups, self._company),
        ):
            if is_asked:
                self._asked.append((component, part))
            else:  # counts half for everybody
                self._same += _points_of(component, MISSING)

    def most(self, many: Rows) -> Points:
        """The most hundredths that each row could get together."""
        columns = many.columns
        standing = (
            (columns.level.astype(np.int16) - UNKNOWN) * len(_YEARS) + tenure.years_for(self._feed, many) - UNKNOWN
        )
        reached: Points = self._standings[standing] + self._degrees[columns.degree] + self._same
        reached += self._title(columns)
        for component, part in self._asked:
            reached += _points(component, part(many))
        return reached

    def _title(self, columns: rows.Columns) -> Points:
        # Where no title is known the text stands in for half of it.
        stood_in = _points_of(Component.TITLE, MISSING + (1 - MISSING) / 2)
        if not self._feed.wanted.title:
            return np.full(len(columns.wish), stood_in)
        points = np.where((columns.wish < 0) & (columns.jobs[:, 0] < 0), stood_in, 0)
        is_near = self._is_near[columns.wish]
        for jobs in columns.jobs.T:
            is_near |= self._is_near[jobs]
        near = np.flatnonzero(is_near)
        part = scoring.title_part(self._feed, rows.taken(columns, near), self._near)
        points[near] = _points(Component.TITLE, part)
        return points

    def _skills(self, many: Rows) -> Part:
        return scoring.skills_part(self._feed, many, self._corpus)

    def _text(self, many: Rows) -> Part:
        return Part(np.ones(len(many.columns.flags)), scoring.lacks(many, HAS_TEXT))

    def _area(self, many: Rows) -> Part:
        return scoring.area_part(self._feed, many)

    def _salary(self, many: Rows) -> Part:
        return scoring.salary_part(self._feed, many)

    def _domain(self, many: Rows) -> Part:
        return scoring.best_of(self._feed.domains, many, scoring.lacks(many, HAS_DOMAINS))

    def _company(self, many: Rows) -> Part:
        return scoring.best_of(self._feed.groups, many, scoring.lacks(many, HAS_JOBS | HAS_STUDIES))


def _points(component: Component, part: Part) -> Points:
    return scoring.points_of(component, scoring.worth_of(part))


def _points_of(component: Component, worth: float) -> int:
    return round(worth * MAXIMA[component] * UNIT)
