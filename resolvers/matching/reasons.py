"""The explanation of scores: of each component its points, what is asked, what is held, and what shows it.

Rows are explained together, component by component. What many of them have in common is told once.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resolvers.matching import tenure
from resolvers.matching.bounds import MAX_KEYWORDS
from resolvers.matching.degrees import DEGREES
from resolvers.matching.documents import Component, Fact, FactKind, Match, Reason, Told
from resolvers.matching.evidence import EVIDENCED_FROM, STRENGTHS
from resolvers.matching.feeds import CompiledFeed, Need
from resolvers.matching.profile import ANYWHERE, LEVELS, MAX_YEARS, TRUNCATED, UNKNOWN
from resolvers.matching.ranking import Corpus
from resolvers.matching.rows import Held, Rows
from resolvers.matching.scoring import MAXIMA, UNIT, Scores
from resolvers.matching.told import Choices, Part, bounded, first, names
from resolvers.matching.words import Words

_SAME_TITLE = 0.5
"""From so near on a title is what the feed asks for."""
_NO_TITLE = -1.0
"""Where a title would be, which are 0 to 1 near."""


class _Need(NamedTuple):
    """A need, and what is told where it is inferred, listed and shown; None where it is not there."""

    name: str
    told: tuple[Told | None, ...]


_SHOWN = np.array(
    [
        0 if not strength else 1 if code % 4 == 0 else 3 if strength >= EVIDENCED_FROM else 2
        for code, strength in enumerate(STRENGTHS.tolist())
    ],
    np.uint8,
)
"""How well a byte shows something: a place in the `told` of a _Need."""


class Explainer:
    """Explains scores of rows for one feed."""

    def __init__(self, feed: CompiledFeed, rows: Rows, scores: Scores, corpus: Corpus):
        self._feed = feed
        self._rows = rows
        self._scores = scores
        self._needs = [_need(need) for need in feed.needs]
        self._asked_needs = bounded([need.name for need in feed.needs])
        self._words = Words(feed, corpus)
        self._areas = Choices([*feed.places, *([ANYWHERE] if feed.anywhere else [])])
        salary = feed.salary
        self._asked_salary: tuple[Told, ...] = () if salary is None else (Fact(FactKind.SALARY, salary),)

    def matches(self, resume_ids: Sequence[int], held: Sequence[Held]) -> list[Match]:
        """The match of each row, which is of this resume and holds this."""
        feed, columns = self._feed, self._rows.columns
        years = tenure.years_for(feed, self._rows).tolist()
        levels = zip(columns.level.tolist(), years, columns.years.tolist(), strict=True)
        salaries = zip(columns.salary_min.tolist(), columns.salary_max.tolist(), strict=True)
        skills = self._skills()
        level, degree, area, salary = cache(self._level), cache(self._degree), cache(self._area), cache(self._salary)
        domain, company = cache(Choices(feed.domains).part), cache(Choices(feed.groups).part)
        is_cut = ((columns.flags & TRUNCATED) != 0).tolist()
        reasons = zip(
            self._reasons(Component.TITLE, self._titles()),
            self._reasons(Component.SKILLS, [part for part, _ in skills], is_cut),
            self._reasons(Component.TEXT, self._texts([any(each) for each in held]), is_cut),
            self._reasons(Component.LEVEL, [level(*each) for each in levels]),
            self._reasons(Component.DEGREE, map(degree, columns.degree.tolist())),
            self._reasons(Component.AREA, [area(each.cities, each.provinces) for each in held]),
            self._reasons(Component.SALARY, [salary(*each) for each in salaries]),
            self._reasons(Component.DOMAIN, [domain(each.domains) for each in held]),
            self._reasons(Component.COMPANY, [company(each.groups) for each in held]),
            strict=True,
        )
        most = MAXIMA[Component.TITLE]
        title_scores = (self._scores.points[Component.TITLE] + most // 2) // most
        rounded = (self._scores.total + UNIT // 2) // UNIT
        return [
            Match(feed.feed_id, resume_id, score, title_score, of_row, keywords)
            for resume_id, score, title_score, of_row, (_, keywords) in zip(
                resume_ids, rounded.tolist(), title_scores.tolist(), reasons, skills, strict=True
            )
        ]

    def _reasons(
        self, component: Component, parts: Iterable[Part], is_cut: Iterable[bool] = repeat(False)
    ) -> list[Reason]:
        """The reason of each row."""
        points = (self._scores.points[component] / UNIT).tolist()
        missing = self._scores.missing[component].tolist()
        most = float(MAXIMA[component])
        return [
            Reason(component, point, most, evidence, is_missing, met, unmet, asked, held, cut)
            for point, is_missing, (asked, held, met, unmet, evidence), cut in zip(
                points, missing, parts, is_cut, strict=False
            )
        ]

    def _titles(self) -> list[Part]:
        """Those of each row, the nearest first."""
        columns, wanted = self._rows.columns, self._feed.wanted
        places = np.column_stack([columns.wish, columns.jobs])
        near = np.where(places >= 0, self._rows.nearness(wanted)[places], _NO_TITLE)
        order = np.argsort(-near, axis=1, kind="stable")
        near = np.take_along_axis(near, order, axis=1)
        title = cache(lambda place: str(self._rows.title(place)))
        asked = bounded([str(wanted.title)] if wanted.title else [])
        found = []
        for ordered, count, near_count, is_met in zip(
            np.take_along_axis(places, order, axis=1).tolist(),
            (near > _NO_TITLE).sum(axis=1).tolist(),
            (near > 0).sum(axis=1).tolist(),
            (near[:, 0] >= _SAME_TITLE).tolist(),
            strict=True,
        ):
            held = [title(place) for place in ordered[:count]]
            evidence = first(dict.fromkeys(held[: min(2, near_count)]))
            met, unmet = (asked, ()) if is_met else ((), asked if held else ())
            found.append(Part(asked, first(dict.fromkeys(held)), met, unmet, evidence))
        return found

    def _skills(self) -> list[tuple[Part, tuple[str, ...]]]:
        """What is told of the needs of each row, and the names of those that are shown."""
        shown = np.zeros((len(self._scores.total), len(self._needs)), np.uint8)
        for place, need in enumerate(self._feed.needs):
            shown[:, place] = _SHOWN[self._codes(need)]
        return list(map(cache(self._skills_shown), map(bytes, shown)))

    def _codes(self, need: Need) -> NDArray[np.uint8]:
        """The byte of a need in each row, 0 where it is not there; of several words that of the weakest."""
        every = np.zeros((len(need.terms), len(self._scores.total)), np.uint8)
        for place, term in enumerate(need.terms):
            found = self._rows.find(term)
            if found is not None:
                every[place, found.rows] = found.codes
        weakest: NDArray[np.uint8] = every.min(axis=0)
        return weakest

    def _skills_shown(self, shown: bytes) -> tuple[Part, tuple[str, ...]]:
        told: list[Told] = []
        met: dict[str, None] = {}
        unmet: dict[str, None] = {}
        for (name, by_shown), how in zip(self._needs, shown, strict=True):
            each = by_shown[how]
            if each is None:
                unmet[name] = None
            else:
                told.append(each)
                met[name] = None
        held = bounded(told)
        return Part(self._asked_needs, held, first(met), first(unmet), held), tuple([*met][:MAX_KEYWORDS])

    def _texts(self, hold_anything: Sequence[bool]) -> list[Part]:
        points = self._scores.points[Component.TEXT]
        says_something = np.array(hold_anything, np.bool_) | (self._rows.columns.length > 0)
        are_short = ((points < MAXIMA[Component.TEXT] * UNIT) & says_something).tolist()
        asked = tuple(self._words.asked())
        found = []
        for shared, lacking, is_short in zip(*self._words.compared(self._rows), are_short, strict=True):
            # A role and a skill may have one name, of which the resume has one.
            unmet = tuple([name for name in lacking if name not in shared]) if is_short else ()
            has = tuple(shared)
            found.append(Part(asked, has, has, unmet, has))
        return found

    def _level(self, level: int, years: int, all_years: int) -> Part:
        """Asked for are one of the levels, and the years."""
        feed = self._feed
        levels = [Fact(FactKind.LEVEL, (LEVELS[place].value,)) for place in feed.levels]
        asked: list[Told] = [*levels]
        held: list[Told] = []
        met: list[Told] = []
        unmet: list[Told] = []
        if level != UNKNOWN:
            told = Fact(FactKind.LEVEL, (LEVELS[level].value,))
            held.append(told)
            if told in levels:
                met.append(told)
            else:
                unmet.extend(levels)
        if feed.years is not None:
            low, high = feed.years
            kind = FactKind.YEARS_ASKED if feed.says_years else FactKind.YEARS_USUAL
            wanted = Fact(kind, (low,) if high >= MAX_YEARS else (low, high))
            asked.append(wanted)
            if years != UNKNOWN:
                (met if low <= years <= high else unmet).append(wanted)
        if years != UNKNOWN:
            is_whole = years == all_years
            held.append(
                Fact(FactKind.YEARS, (years,)) if is_whole else Fact(FactKind.YEARS_OF_TRADE, (years, all_years))
            )
        return Part(*map(bounded, (asked, held, met, unmet, held)))

    def _degree(self, degree: int) -> Part:
        wanted = self._feed.degree
        asked = (Fact(FactKind.DEGREE_ASKED, (DEGREES[wanted],)),) if wanted != UNKNOWN else ()
        if degree == UNKNOWN:
            return Part(asked)
        held = (Fact(FactKind.DEGREE, (DEGREES[degree],)),)
        return Part(asked, held, asked, (), held) if degree >= wanted else Part(asked, held, (), asked, held)

    def _area(self, cities: tuple[str, ...], provinces: tuple[str, ...]) -> Part:
        asked, told = self._areas.asked, self._areas.told
        held = cities or provinces
        if not asked or not held:
            only = bounded(names(held))
            return Part(told, only, evidence=only)
        if self._feed.anywhere or ANYWHERE in held:
            both = [place for place in asked if place in held]
            return Part(told, bounded(names(held)), told, (), bounded(names(both or [ANYWHERE])))
        # Who asks for a province asks for its cities too.
        return self._areas.part([*held, *(term for term in provinces if term in asked)])

    def _salary(self, low: int, high: int) -> Part:
        wanted, asked = self._feed.salary, self._asked_salary
        if low == UNKNOWN:
            return Part(asked)
        held = (Fact(FactKind.SALARY, (low, high)),)
        overlaps = wanted is not None and low <= wanted[1] and wanted[0] <= high
        return Part(asked, held, asked, (), held) if overlaps else Part(asked, held, (), asked, held)


def _need(need: Need) -> _Need:
    told = (None, Fact(FactKind.INFERRED, (need.name,)), Fact(FactKind.LISTED, (need.name,)), need.name)
    return _Need(need.name, told)
