"""The explanation of a score: of each component its points, what is asked, what is held, and what shows it."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from resolvers.matching import tenure
from resolvers.matching.bounds import MAX_EVIDENCE, MAX_EVIDENCE_LENGTH, MAX_KEYWORDS
from resolvers.matching.degrees import DEGREES
from resolvers.matching.documents import Component, Fact, FactKind, Match, Reason, Told
from resolvers.matching.evidence import EVIDENCED_FROM, STRENGTHS
from resolvers.matching.feeds import CompiledFeed, Need
from resolvers.matching.lexicon import AREA, DOMAIN, GROUP, PROVINCE, name_of
from resolvers.matching.profile import ANYWHERE, LEVELS, MAX_YEARS, TRUNCATED, UNKNOWN
from resolvers.matching.ranking import Corpus
from resolvers.matching.rows import Rows
from resolvers.matching.scoring import MAXIMA, UNIT, Scores
from resolvers.matching.words import Words

Codes = dict[str, int]

_SAME_TITLE = 0.5
"""From so near on a title is what the feed asks for."""
_HELD = (AREA, PROVINCE, DOMAIN, GROUP)
_FIRST_LETTERS = frozenset(kind[0] for kind in _HELD)


class _Part(NamedTuple):
    """What there is to tell of a component, bounded; `evidence` earns the points."""

    asked: tuple[Told, ...]
    held: tuple[Told, ...]
    met: tuple[Told, ...]
    unmet: tuple[Told, ...]
    evidence: tuple[Told, ...]


class _Teller:
    """The reasons of one component. What many rows have in common is told once."""

    def __init__(self, component: Component, scores: Scores):
        self._component = component
        self._max = float(MAXIMA[component])
        self._points: list[int] = scores.points[component].tolist()
        self._missing: list[bool] = scores.missing[component].tolist()
        self._told: dict[Hashable, Reason] = {}

    def reason(self, row: int, part: _Part, *, is_cut: bool = False) -> Reason:
        """The reason of a row."""
        return Reason(
            self._component,
            self._points[row] / UNIT,
            self._max,
            part.evidence,
            self._missing[row],
            part.met,
            part.unmet,
            part.asked,
            part.held,
            is_cut,
        )

    def common(self, row: int, make: Callable[..., _Part], *facts: Hashable) -> Reason:
        """The same; the part is what `make` says of these facts."""
        key = (self._points[row], self._missing[row], facts)
        found = self._told.get(key)
        if found is None:
            found = self._told[key] = self.reason(row, make(*facts))
        return found


class _Need(NamedTuple):
    """A need, and what is told where it is not shown, inferred, listed and shown."""

    name: str
    first: str
    others: tuple[str, ...]
    told: tuple[Told | None, ...]


_SHOWN = tuple(
    0 if not strength else 1 if code % 4 == 0 else 3 if strength >= EVIDENCED_FROM else 2
    for code, strength in enumerate(STRENGTHS.tolist())
)
"""How well a byte shows something: a place in the `told` of a _Need."""


class Explainer:
    """Explains scores for one feed."""

    def __init__(self, feed: CompiledFeed, rows: Rows, scores: Scores, corpus: Corpus):
        self._feed = feed
        self._rows = rows
        self._totals: list[int] = scores.total.tolist()
        self._title_points: list[int] = scores.points[Component.TITLE].tolist()
        self._text_points: list[int] = scores.points[Component.TEXT].tolist()
        self._tellers = [_Teller(component, scores) for component in MAXIMA]
        columns = rows.columns
        self._places = list(zip(columns.wish.tolist(), *columns.jobs.T.tolist(), strict=True))
        years = tenure.years_for(feed, rows).tolist()
        self._levels = list(zip(columns.level.tolist(), years, columns.years.tolist(), strict=True))
        self._degrees = columns.degree.tolist()
        self._salaries = list(zip(columns.salary_min.tolist(), columns.salary_max.tolist(), strict=True))
        self._lengths = columns.length.tolist()
        self._flags = columns.flags.tolist()
        self._near: dict[int, tuple[float, str]] = {}
        self._needs = [_need(need) for need in feed.needs]
        self._asked_needs = _bounded([need.name for need in feed.needs])
        self._words = Words(feed, corpus)
        self._asked_words = tuple(self._words.asked())

    def match(self, resume_id: int, row: int, codes: Codes) -> Match:
        """The match of a row that was scored; `codes` are the bytes of its terms.

        Of terms that the feed does not have, only places, domains and company preferences are told.
        """
        feed = self._feed
        held = _held(codes)
        is_cut = bool(self._flags[row] & TRUNCATED)
        skills, keywords = self._skills(codes)
        title, by_skills, text, level, degree, area, salary, domain, company = self._tellers
        reasons = (
            title.common(row, self._title, *self._places[row]),
            by_skills.reason(row, skills, is_cut=is_cut),
            text.reason(row, self._text(row, codes), is_cut=is_cut),
            level.common(row, self._level, *self._levels[row]),
            degree.common(row, self._degree, self._degrees[row]),
            area.common(row, self._area, tuple(held[AREA]), tuple(held[PROVINCE])),
            salary.common(row, self._salary, *self._salaries[row]),
            domain.common(row, _of_choices, feed.domains, tuple(held[DOMAIN])),
            company.common(row, _of_choices, feed.groups, tuple(held[GROUP])),
        )
        return Match(
            feed_id=feed.feed_id,
            resume_id=resume_id,
            score=(self._totals[row] + UNIT // 2) // UNIT,
            title_score=(self._title_points[row] + MAXIMA[Component.TITLE] // 2) // MAXIMA[Component.TITLE],
            reasons=reasons,
            keywords=keywords,
        )

    def _title(self, *places: int) -> _Part:
        wanted = self._feed.wanted
        near = sorted([self._nearness(place) for place in places if place >= 0], key=lambda pair: -pair[0])
        asked = [str(wanted.title)] if wanted.title else []
        is_met = bool(near) and near[0][0] >= _SAME_TITLE
        return _part(
            asked,
            [title for _, title in near],
            met=asked if is_met else (),
            unmet=asked if near and not is_met else (),
            evidence=[title for nearness, title in near[:2] if nearness > 0],
        )

    def _nearness(self, place: int) -> tuple[float, str]:
        """How near a title is, and what it is called; many people have the same."""
        found = self._near.get(place)
        if found is None:
            title = self._rows.title(place)
            found = self._near[place] = (self._feed.wanted.nearness(title), str(title))
        return found

    def _skills(self, codes: Codes) -> tuple[_Part, tuple[str, ...]]:
        """What is told of the needs, and the names of those that are shown."""
        shown: list[Told] = []
        met: list[str] = []
        unmet: list[str] = []
        for name, first, others, by_shown in self._needs:
            weakest = codes.get(first, 0)
            for other in others:
                weakest = min(weakest, codes.get(other, 0))
            told = by_shown[_SHOWN[weakest]]
            if told is None:
                unmet.append(name)
            else:
                shown.append(told)
                met.append(name)
        met, unmet = list(dict.fromkeys(met)), list(dict.fromkeys(unmet))
        held = _bounded(shown)
        return _Part(self._asked_needs, held, _first(met), _first(unmet), held), tuple(met[:MAX_KEYWORDS])

    def _text(self, row: int, codes: Codes) -> _Part:
        length = self._lengths[row]
        shared = tuple(self._words.shared(codes, length))
        is_short = self._text_points[row] < MAXIMA[Component.TEXT] * UNIT and (codes or length)
        # A role and a skill may have one name, of which the resume has one.
        lacking = tuple(name for name in self._words.lacking(codes) if name not in shared) if is_short else ()
        return _Part(self._asked_words, shared, shared, lacking, shared)

    def _level(self, level: int, years: int, all_years: int) -> _Part:
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
        return _part(asked, held, met, unmet)

    def _degree(self, degree: int) -> _Part:
        wanted = self._feed.degree
        asked = [Fact(FactKind.DEGREE_ASKED, (DEGREES[wanted],))] if wanted != UNKNOWN else []
        if degree == UNKNOWN:
            return _part(asked)
        held = [Fact(FactKind.DEGREE, (DEGREES[degree],))]
        return _part(asked, held, *((asked, ()) if degree >= wanted else ((), asked)))

    def _area(self, cities: tuple[str, ...], provinces: tuple[str, ...]) -> _Part:
        asked = [*self._feed.places, *([ANYWHERE] if self._feed.anywhere else [])]
        held = cities or provinces
        if not asked or not held:
            return _part(_names(asked), _names(held))
        if self._feed.anywhere or ANYWHERE in held:
            both = [place for place in asked if place in held]
            return _part(_names(asked), _names(held), met=_names(asked), evidence=_names(both or [ANYWHERE]))
        # Who asks for a province asks for its cities too.
        return _of_choices(asked, [*held, *(term for term in provinces if term in asked)])

    def _salary(self, low: int, high: int) -> _Part:
        wanted = self._feed.salary
        asked = (Fact(FactKind.SALARY, wanted),) if wanted is not None else ()
        if low == UNKNOWN:
            return _Part(asked, (), (), (), ())
        held = (Fact(FactKind.SALARY, (low, high)),)
        overlaps = wanted is not None and low <= wanted[1] and wanted[0] <= high
        met, unmet = (asked, ()) if overlaps else ((), asked)
        return _Part(asked, held, met, unmet, held)


def _bounded(told: Sequence[Told]) -> tuple[Told, ...]:
    if not told:
        return ()
    distinct = dict.fromkeys(told) if len(told) > 1 else told
    return tuple([_cut(each) for each in islice(distinct, MAX_EVIDENCE)])


def _first(names: Sequence[str]) -> tuple[Told, ...]:
    """The same of distinct names."""
    return tuple([name[:MAX_EVIDENCE_LENGTH] for name in names[:MAX_EVIDENCE]])


def _cut(told: Told) -> Told:
    return told[:MAX_EVIDENCE_LENGTH] if isinstance(told, str) else told


def _part(
    asked: Sequence[Told] = (),
    held: Sequence[Told] = (),
    met: Sequence[Told] = (),
    unmet: Sequence[Told] = (),
    evidence: Sequence[Told] | None = None,
) -> _Part:
    """What is held is the evidence, where nothing else is said."""
    return _Part(*map(_bounded, (asked, held, met, unmet, held if evidence is None else evidence)))


def _of_choices(asked: Sequence[str], held: Sequence[str]) -> _Part:
    """Any one of the terms that are asked for is enough."""
    met = [term for term in asked if term in held]
    unmet = asked if held and not met else ()
    return _part(_names(asked), _names(held), _names(met), _names(unmet), _names(met))


def _need(need: Need) -> _Need:
    told = (None, Fact(FactKind.INFERRED, (need.name,)), Fact(FactKind.LISTED, (need.name,)), need.name)
    return _Need(need.name, need.terms[0], need.terms[1:], told)


def _held(codes: Codes) -> dict[str, list[str]]:
    """The places, domains and company preferences of a resume by their kind, the strongest first."""
    found: dict[str, list[str]] = {kind: [] for kind in _HELD}
    for _, term in sorted([(-codes[term], term) for term in codes if term[0] in _FIRST_LETTERS and codes[term]]):
        found[term[:2]].append(term)
    return found


def _names(terms: Iterable[str]) -> list[Told]:
    return [Fact(FactKind.ANYWHERE) if term == ANYWHERE else name_of(term) for term in terms]
