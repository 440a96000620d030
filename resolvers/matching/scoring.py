"""The score of resumes for a feed: components of fixed weight, computed for many resumes at once.

Each operation works on every row by itself, so that a resume gets the same points alone as among all others.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resolvers.matching import ranking, tenure
from resolvers.matching.areas import province_of
from resolvers.matching.degrees import DEGREES
from resolvers.matching.documents import Component
from resolvers.matching.evidence import STRENGTHS
from resolvers.matching.feeds import PARENT, CompiledFeed, Need
from resolvers.matching.profile import (
    ANYWHERE,
    ANYWHERE_COUNTS,
    HAS_AREAS,
    HAS_DOMAINS,
    HAS_JOBS,
    HAS_STUDIES,
    HAS_TEXT,
    LEVELS,
    MAX_YEARS,
    UNKNOWN,
)
from resolvers.matching.ranking import Corpus
from resolvers.matching.rows import Columns, NumberedRows, Rows

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAXIMA: Final = {
    Component.TITLE: 20,
    Component.SKILLS: 16,
    Component.TEXT: 24,
    Component.LEVEL: 12,
    Component.DEGREE: 4,
    Component.AREA: 10,
    Component.SALARY: 8,
    Component.DOMAIN: 3,
    Component.COMPANY: 3,
}
"""The points that each component can give; together 100."""
WORK: Final = (Component.TITLE, Component.SKILLS, Component.TEXT)
"""The components that tell whether somebody does such work at all."""
UNIT: Final = 100
"""Points are counted in hundredths, so that sums are exact."""
MISSING: Final = 0.5
"""What missing data counts."""
MINIMUM_SCORE: Final = 40
"""Below this a resume is not recommended."""
MINIMUM_WORK: Final = 10
"""Nor with fewer points for title, skills and text that are not for missing data: place and pay alone are no match."""
MINIMUM_EVIDENCE: Final = 2
"""Nor with fewer points for skills and text: a title alone is no match."""

_WISH, _JOB, _ONLY_WISH = 0.4, 0.6, 0.85
_SAME_PROVINCE = 0.25
_RICH_TEXT = 0.4
"""The part of the most that BM25 could give that is as good as all of it: nobody repeats a whole job description."""
_LEVEL_DISTANCE = ((1.0, 0.5, 0.15, 0.0), (1.0, 0.6, 0.35, 0.2))
"""What a level below, and above, those asked for is worth, by the distance."""
_DEGREES_BELOW = (1.0, 0.4, 0.1)
"""What a degree is worth by how far it is below the one asked for; a higher one is no fault."""


class Part(NamedTuple):
    """A component of each row: from 0 to 1, and whether something that it needs is not known."""

    fraction: Floats
    missing: Flags


class Scores(NamedTuple):
    """The points of each row in hundredths: by component, together, and what is known of them about the work itself;
    `evidence` is the part of that which no title gives.
    """

    points: dict[Component, NDArray[np.int64]]
    missing: dict[Component, Flags]
    total: NDArray[np.int64]
    work: NDArray[np.int64]
    evidence: NDArray[np.int64]


def score(feed: CompiledFeed, rows: Rows, corpus: Corpus) -> Scores:
    """The scores of all rows."""
    parts = {
        Component.TITLE: title_part(feed, rows.columns, rows.nearness(feed.wanted)),
        Component.SKILLS: skills_part(feed, rows, corpus),
        Component.TEXT: _text(feed, rows, corpus),
        Component.LEVEL: level_part(feed, rows.columns._replace(years=tenure.years_for(feed, rows))),
        Component.DEGREE: degree_part(feed, rows.columns),
        Component.AREA: area_part(feed, rows),
        Component.SALARY: salary_part(feed, rows.columns),
        Component.DOMAIN: best_of(feed.domains, rows, lacks(rows, HAS_DOMAINS)),
        Component.COMPANY: best_of(feed.groups, rows, lacks(rows, HAS_JOBS | HAS_STUDIES)),
    }
    # Where no title is known, the text stands in for half of it.
    worth = {component: worth_of(part) for component, part in parts.items()}
    worth[Component.TITLE] += np.where(parts[Component.TITLE].missing, (worth[Component.TEXT] - MISSING) / 2, 0.0)
    points = {component: points_of(component, fraction) for component, fraction in worth.items()}
    none = np.zeros(len(rows.columns.flags), np.int64)
    known = {component: np.where(parts[component].missing, 0, points[component]) for component in WORK}
    return Scores(
        points=points,
        missing={component: part.missing for component, part in parts.items()},
        total=sum(points.values(), start=none),
        work=sum(known.values(), start=none),
        evidence=known[Component.SKILLS] + known[Component.TEXT],
    )


def worth_of(part: Part) -> Floats:
    """What a component is worth, from 0 to 1."""
    return np.where(part.missing, MISSING, part.fraction)


def points_of(component: Component, worth: Floats) -> NDArray[np.int64]:
    """The points in hundredths."""
    return np.rint(worth * (MAXIMA[component] * UNIT)).astype(np.int64)


def least(minimum: int) -> int:
    """The fewest hundredths that are rounded to a score."""
    return minimum * UNIT - UNIT // 2


def fits(scores: Scores, minimum: int) -> Flags:
    """Whether the score of each row, as it is rounded, is high enough."""
    is_high: Flags = scores.total >= least(minimum)
    has_shown = scores.evidence >= min(minimum, MINIMUM_EVIDENCE) * UNIT
    return is_high & has_shown & (scores.work >= min(minimum, MINIMUM_WORK) * UNIT)


def lacks(rows: NumberedRows, flag: int) -> Flags:
    """Which rows say nothing of it."""
    found: Flags = (rows.columns.flags & flag) == 0
    return found


def _unknown(columns: Columns) -> Part:
    count = len(columns.flags)
    return Part(np.zeros(count), np.ones(count, np.bool_))


def _strengths(rows: Rows, term: str) -> Floats:
    strengths = np.zeros(len(rows.columns.flags))
    found = rows.find(term)
    if found is not None:
        strengths[found.rows] = STRENGTHS[found.codes]
    return strengths


def _raise(strengths: Floats, rows: Rows, term: str, factor: float) -> None:
    found = rows.find(term)
    if found is not None:
        strengths[found.rows] = np.maximum(strengths[found.rows], factor * STRENGTHS[found.codes])


def title_part(feed: CompiledFeed, columns: Columns, near: Floats) -> Part:
    """How near the titles are; `near` tells it of each title, and of none at last."""
    if not feed.wanted.title:
        return _unknown(columns)
    wish = near[columns.wish]
    jobs = (near[columns.jobs] * (columns.weights / 100.0)).max(axis=1)
    has_wish, has_jobs = columns.wish >= 0, columns.jobs[:, 0] >= 0
    both = _WISH * wish + _JOB * jobs
    fraction = np.where(has_jobs, np.where(has_wish, both, jobs), _ONLY_WISH * wish)
    return Part(fraction, ~(has_wish | has_jobs))


def need_strengths(need: Need, rows: Rows) -> Floats:
    """How well each row shows what a feed needs, from 0 to 1; words only count together."""
    strengths = _strengths(rows, need.terms[0])
    for term in need.terms[1:]:
        strengths = np.minimum(strengths, _strengths(rows, term))
    for parent in need.parents:
        _raise(strengths, rows, parent, PARENT)
    return strengths


def need_weight(need: Need, corpus: Corpus) -> float:
    """What a need weighs among those of its feed."""
    return need.importance * max(ranking.rarity(corpus, term) for term in need.terms)


def skills_part(feed: CompiledFeed, rows: Rows, corpus: Corpus) -> Part:
    """How well each row shows what the feed needs."""
    if not feed.needs:
        return _unknown(rows.columns)
    fraction = np.zeros(len(rows.columns.flags))
    weights = 0.0
    for need in feed.needs:
        weight = need_weight(need, corpus)
        weights += weight
        if len(need.terms) > 1 or need.parents:
            fraction += weight * need_strengths(need, rows)
        elif (found := rows.find(need.terms[0])) is not None:  # the same, without the zeros
            fraction[found.rows] += weight * STRENGTHS[found.codes]
    return Part(fraction / weights, lacks(rows, HAS_TEXT))


def _text(feed: CompiledFeed, rows: Rows, corpus: Corpus) -> Part:
    most = sum(weight * ranking.idf(corpus, term) for term, weight in feed.text_terms)
    if most <= 0:
        return _unknown(rows.columns)
    fraction = np.minimum(1.0, ranking.bm25(rows, corpus, feed.text_terms) / (most * _RICH_TEXT))
    return Part(fraction, lacks(rows, HAS_TEXT))


def level_part(feed: CompiledFeed, columns: Columns) -> Part:
    """Level and years: both where both are known, or the one that is."""
    by_level = np.array([*_worth_of_levels(feed), 0.0])[columns.level]
    by_years = np.array([*_worth_of_years(feed), 0.0])[columns.years]
    has_level = (columns.level != UNKNOWN) & bool(feed.levels)
    has_years = (columns.years != UNKNOWN) & (feed.years is not None)
    one = np.where(has_level, by_level, by_years)
    return Part(np.where(has_level & has_years, 0.6 * by_level + 0.4 * by_years, one), ~(has_level | has_years))


def _worth_of_levels(feed: CompiledFeed) -> list[float]:
    below, above = _LEVEL_DISTANCE
    return [
        max(
            ((below[wanted - level] if level <= wanted else above[level - wanted]) for wanted in feed.levels),
            default=0.0,
        )
        for level in range(len(LEVELS))
    ]


def _worth_of_years(feed: CompiledFeed) -> list[float]:
    least, most = feed.years or (0, MAX_YEARS)
    return [
        max(0.0, 1 - (least - years) / max(2.0, least / 2))
        if years < least
        else max(0.3, 1 - max(0, years - most) / 10)
        for years in range(MAX_YEARS + 1)
    ]


def degree_part(feed: CompiledFeed, columns: Columns) -> Part:
    """The degree, by how far it is below the one that is asked for."""
    if feed.degree == UNKNOWN:
        return _unknown(columns)
    below = [max(0, feed.degree - degree) for degree in range(len(DEGREES))]
    worth = [_DEGREES_BELOW[distance] if distance < len(_DEGREES_BELOW) else 0.0 for distance in below]
    return Part(np.array([*worth, 0.0])[columns.degree], columns.degree == UNKNOWN)


def area_part(feed: CompiledFeed, rows: Rows) -> Part:
    """The nearest place."""
    count = len(rows.columns.flags)
    if feed.anywhere:
        return Part(np.ones(count), np.zeros(count, np.bool_))
    if not feed.places:
        return _unknown(rows.columns)
    fraction = np.zeros(count)
    for place in feed.places:
        _raise(fraction, rows, place, 1.0)
    for province in filter(None, map(province_of, feed.places)):
        _raise(fraction, rows, province, _SAME_PROVINCE)
    _raise(fraction, rows, ANYWHERE, ANYWHERE_COUNTS)
    return Part(fraction, lacks(rows, HAS_AREAS))


def salary_part(feed: CompiledFeed, columns: Columns) -> Part:
    """Best where the narrower range lies inside the other; a wish that is too high falls faster than a low one."""
    if feed.salary is None:
        return _unknown(columns)
    low, high = feed.salary
    least, most = columns.salary_min.astype(np.float64), columns.salary_max.astype(np.float64)
    shared = np.minimum(most, high) - np.maximum(least, low)
    narrower = np.minimum(most - least, float(high - low))
    overlap = 0.6 + 0.4 * np.where(narrower > 0, shared / np.maximum(narrower, 1.0), 1.0)
    too_high = 0.5 * np.maximum(0.0, 1 - (least - high) / (0.5 * max(high, 1)))
    too_low = 0.6 * np.maximum(0.0, 1 - (low - most) / max(low, 1))
    fraction = np.where(shared >= 0, overlap, np.where(least > high, too_high, too_low))
    return Part(fraction, columns.salary_min == UNKNOWN)


def best_of(terms: Sequence[str], rows: Rows, missing: Flags) -> Part:
    """How well each row shows one of the terms."""
    if not terms:
        return _unknown(rows.columns)
    fraction = np.zeros(len(missing))
    for term in terms:
        _raise(fraction, rows, term, 1.0)
    return Part(fraction, missing)
