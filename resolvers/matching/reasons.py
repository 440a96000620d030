"""The explanation of a score: of each component its points, what is asked, what is held, and what shows it."""

from collections.abc import Iterable, Sequence

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
_READ_IN_TEXTS = (Component.SKILLS, Component.TEXT)


class _Part:
    """What there is to tell of a component; `evidence` is what is held, where nothing else is said."""

    def __init__(
        self,
        asked: Sequence[Told] = (),
        held: Sequence[Told] = (),
        met: Sequence[Told] = (),
        unmet: Sequence[Told] = (),
        evidence: Sequence[Told] | None = None,
    ):
        self.asked, self.held, self.met, self.unmet = _bounded(asked), _bounded(held), _bounded(met), _bounded(unmet)
        self.evidence = self.held if evidence is None else _bounded(evidence)

    @classmethod
    def of_choices(cls, asked: Sequence[str], held: Sequence[str]) -> "_Part":
        """Any one of the terms that are asked for is enough."""
        met = [term for term in asked if term in held]
        unmet = asked if held and not met else ()
        return cls(_names(asked), _names(held), _names(met), _names(unmet), _names(met))


class Explainer:
    """Explains scores for one feed."""

    def __init__(self, feed: CompiledFeed, rows: Rows, scores: Scores, corpus: Corpus):
        self._feed = feed
        self._columns = rows.columns
        self._rows = rows
        self._scores = scores
        self._words = Words(feed, corpus)
        self._near: dict[int, tuple[float, str]] = {}
        self._asked_words = self._words.asked()

    def match(self, resume_id: int, row: int, codes: Codes) -> Match:
        """The match of a row that was scored; `codes` are the bytes of its terms."""
        feed, scores = self._feed, self._scores
        shown = [(need, told) for need in feed.needs if (told := _shown(need, codes)) is not None]
        held = _held(codes)
        parts = {
            Component.TITLE: self._title(row),
            Component.SKILLS: self._skills(shown),
            Component.TEXT: self._text(row, codes),
            Component.LEVEL: self._level(row),
            Component.DEGREE: self._degree(row),
            Component.AREA: self._area(held),
            Component.SALARY: self._salary(row),
            Component.DOMAIN: _Part.of_choices(feed.domains, held[DOMAIN]),
            Component.COMPANY: _Part.of_choices(feed.groups, held[GROUP]),
        }
        is_cut = bool(self._columns.flags[row] & TRUNCATED)
        reasons = tuple(
            Reason(
                component=component,
                points=scores.points[component].item(row) / UNIT,
                max=float(most),
                evidence=parts[component].evidence,
                missing=scores.missing[component].item(row),
                met=parts[component].met,
                unmet=parts[component].unmet,
                asked=parts[component].asked,
                held=parts[component].held,
                truncated=is_cut and component in _READ_IN_TEXTS,
            )
            for component, most in MAXIMA.items()
        )
        title = int(scores.points[Component.TITLE][row])
        return Match(
            feed_id=feed.feed_id,
            resume_id=resume_id,
            score=(int(scores.total[row]) + UNIT // 2) // UNIT,
            title_score=(title + MAXIMA[Component.TITLE] // 2) // MAXIMA[Component.TITLE],
            reasons=reasons,
            keywords=tuple(dict.fromkeys(need.name for need, _ in shown))[:MAX_KEYWORDS],
        )

    def _title(self, row: int) -> _Part:
        columns, wanted = self._columns, self._feed.wanted
        places = [int(columns.wish[row]), *map(int, columns.jobs[row])]
        near = sorted([self._nearness(place) for place in places if place >= 0], key=lambda pair: -pair[0])
        asked = [str(wanted.title)] if wanted.title else []
        is_met = bool(near) and near[0][0] >= _SAME_TITLE
        return _Part(
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

    def _skills(self, shown: Sequence[tuple[Need, Told]]) -> _Part:
        has = {need.terms for need, _ in shown}
        names = [(need.name, need.terms in has) for need in self._feed.needs]
        return _Part(
            [name for name, _ in names],
            [told for _, told in shown],
            met=[name for name, is_shown in names if is_shown],
            unmet=[name for name, is_shown in names if not is_shown],
        )

    def _text(self, row: int, codes: Codes) -> _Part:
        shared = self._words.shared(codes, int(self._columns.length[row]))
        return _Part(self._asked_words, shared, met=shared, unmet=self._words.lacking(codes) if codes or self._columns.length[row] else ())

    def _level(self, row: int) -> _Part:
        """Asked for are one of the levels, and the years."""
        feed = self._feed
        level, years = int(self._columns.level[row]), int(self._columns.years[row])
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
            held.append(Fact(FactKind.YEARS, (years,)))
        return _Part(asked, held, met, unmet)

    def _degree(self, row: int) -> _Part:
        wanted, degree = self._feed.degree, int(self._columns.degree[row])
        asked = [Fact(FactKind.DEGREE_ASKED, (DEGREES[wanted],))] if wanted != UNKNOWN else []
        if degree == UNKNOWN:
            return _Part(asked)
        held = [Fact(FactKind.DEGREE, (DEGREES[degree],))]
        return _Part(asked, held, *((asked, ()) if degree >= wanted else ((), asked)))

    def _area(self, known: dict[str, list[str]]) -> _Part:
        asked = [*self._feed.places, *([ANYWHERE] if self._feed.anywhere else [])]
        held = known[AREA] or known[PROVINCE]
        if not asked or not held:
            return _Part(_names(asked), _names(held))
        if self._feed.anywhere or ANYWHERE in held:
            both = [place for place in asked if place in held]
            return _Part(_names(asked), _names(held), met=_names(asked), evidence=_names(both or [ANYWHERE]))
        # Who asks for a province asks for its cities too.
        return _Part.of_choices(asked, [*held, *(term for term in known[PROVINCE] if term in asked)])

    def _salary(self, row: int) -> _Part:
        low, high = int(self._columns.salary_min[row]), int(self._columns.salary_max[row])
        wanted = self._feed.salary
        asked = [Fact(FactKind.SALARY, wanted)] if wanted is not None else []
        if low == UNKNOWN:
            return _Part(asked)
        held = [Fact(FactKind.SALARY, (low, high))]
        overlaps = wanted is not None and low <= wanted[1] and wanted[0] <= high
        return _Part(asked, held, *((asked, ()) if overlaps else ((), asked)))


def _bounded(told: Sequence[Told]) -> tuple[Told, ...]:
    if not told:
        return ()
    distinct = list(dict.fromkeys(told))[:MAX_EVIDENCE]
    return tuple([each[:MAX_EVIDENCE_LENGTH] if isinstance(each, str) else each for each in distinct])


def _shown(need: Need, codes: Codes) -> Told | None:
    """How a resume shows what a feed needs; None where it does not."""
    weakest = min(codes.get(term, 0) for term in need.terms)
    if not STRENGTHS[weakest]:
        return None
    if weakest % 4 == 0:
        return Fact(FactKind.INFERRED, (need.name,))
    return need.name if STRENGTHS[weakest] >= EVIDENCED_FROM else Fact(FactKind.LISTED, (need.name,))


def _held(codes: Codes) -> dict[str, list[str]]:
    """The places, domains and company preferences of a resume by their kind, the strongest first."""
    found: dict[str, list[str]] = {kind: [] for kind in _HELD}
    for term in [term for term in codes if term[0] in _FIRST_LETTERS]:
        if codes[term]:
            found[term[:2]].append(term)
    for terms in found.values():
        terms.sort(key=lambda term: (-codes[term], term))
    return found


def _names(terms: Iterable[str]) -> list[Told]:
    return [Fact(FactKind.ANYWHERE) if term == ANYWHERE else name_of(term) for term in terms]
