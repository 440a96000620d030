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
from resolvers.matching.rows import NumberedRows, Rows
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
            (Component.AREA, feed.places or feed.anywhere, self._area),
            (Component.DOMAIN, feed.domains, self._domain),
            (Component.COMPANY, feed.groups, self._company),
        ):
            if is_asked:
                self._asked.append((component, part))
            else:  # counts half for everybody
                self._same += _points_of(component, MISSING)
        self._rest = max(self._standings.tolist()) + sum(
            _points_of(component, 1.0 if is_asked else MISSING)
            for component, is_asked in ((Component.SALARY, feed.salary), (Component.TEXT, feed.text_terms))
        )

    def over(self, many: Rows, least: int) -> tuple[NDArray[np.intp], Points]:
        """The rows that could get at least so many hundredths together, and the most that each could get.

        Standing, pay and text take the most work, and are only looked at where they could matter.
        """
        points = self._degrees.take(many.columns.degree, mode="wrap") + self._same
        points += self._title(many.columns)
        for component, part in self._asked:
            points += _points(component, part(many))
        places = np.flatnonzero(points >= least - self._rest)
        some: NumberedRows = many if len(places) == len(points) else rows.Some(many, places)
        reached = points[places] + self._standing(some)
        reached += _points(Component.SALARY, scoring.salary_part(self._feed, some.columns))
        reached += _points(Component.TEXT, self._text(some))
        is_over = reached >= least
        return places[is_over], reached[is_over]

    def _standing(self, many: NumberedRows) -> Points:
        levels = many.columns.level.astype(np.int16) - UNKNOWN
        found: Points = self._standings[levels * len(_YEARS) + tenure.years_for(self._feed, many) - UNKNOWN]
        return found

    def _title(self, columns: rows.Columns) -> Points:
        # Where no title is known the text stands in for half of it.
        stood_in = _points_of(Component.TITLE, MISSING + (1 - MISSING) / 2)
        if not self._feed.wanted.title:
            return np.full(len(columns.wish), stood_in)
        points = np.where((columns.wish < 0) & (columns.jobs[:, 0] < 0), stood_in, 0)
        is_near = self._is_near.take(columns.wish, mode="wrap")
        for jobs in columns.jobs.T:
            is_near |= self._is_near.take(jobs, mode="wrap")
        near = np.flatnonzero(is_near)
        titles = columns._replace(
            wish=columns.wish[near], jobs=columns.jobs[near], weights=columns.weights[near]
        )  # the others are not read
        points[near] = _points(Component.TITLE, scoring.title_part(self._feed, titles, self._near))
        return points

    def _skills(self, many: Rows) -> Part:
        return scoring.skills_part(self._feed, many, self._corpus)

    def _text(self, many: NumberedRows) -> Part:
        lacking = scoring.lacks(many, HAS_TEXT) if self._feed.text_terms else np.ones(len(many.columns.flags), np.bool_)
        return Part(np.ones(len(lacking)), lacking)

    def _area(self, many: Rows) -> Part:
        return scoring.area_part(self._feed, many)

    def _domain(self, many: Rows) -> Part:
        return scoring.best_of(self._feed.domains, many, scoring.lacks(many, HAS_DOMAINS))

    def _company(self, many: Rows) -> Part:
        return scoring.best_of(self._feed.groups, many, scoring.lacks(many, HAS_JOBS | HAS_STUDIES))


def _points(component: Component, part: Part) -> Points:
    return scoring.points_of(component, scoring.worth_of(part))


def _points_of(component: Component, worth: float) -> int:
    return round(worth * MAXIMA[component] * UNIT)
