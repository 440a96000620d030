"""A feed prepared for matching against many resumes."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from models.talent.vocabulary import TalentLevel
from resolvers.matching import areas, degrees, lexicon, text, titles, years
from resolvers.matching.documents import FeedDocument
from resolvers.matching.profile import LEVELS, MAX_SALARY, MAX_YEARS, Meaning, domain_terms
from resolvers.matching.titles import Wanted

MAX_NEEDS = 30
MAX_TEXT_TERMS = 128
MAX_LIST = 50
"""How many keywords, areas and the like of one feed are read."""

KEYWORD: Final = 1.0
"""The importance of what a keyword asks for."""
_TITLE, _REQUIRED, _DESCRIBED = 0.8, 0.7, 0.45
_WELCOME = 0.5
_TOLD_FIRST = 2.0
"""What a word of the title or a keyword weighs in the text; one of a sentence weighs 1 for each time."""
_OFTEN = 8.0
PARENT = 0.35
"""What a skill is worth that only leads to the one that is needed."""
_SENTENCE = re.compile(r"[\n。；;！!？?]+")
_IS_WELCOME = re.compile(r"优先|加分|更佳|nice to have|preferred|is a plus|bonus", re.IGNORECASE)
_USUAL_YEARS = {  # many years are no fault where nobody asked for few
    TalentLevel.JUNIOR: years.GRADUATES,
    TalentLevel.INTERMEDIATE: (2, MAX_YEARS),
    TalentLevel.SENIOR: (5, MAX_YEARS),
    TalentLevel.EXPERT: (8, MAX_YEARS),
}


@dataclass(frozen=True, slots=True)
class Need:
    """A skill that a feed asks for: one term, or several words that only count together.

    `parents` are skills that count a little where the skill itself is not there.
    """

    name: str
    terms: tuple[str, ...]
    importance: float
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledFeed:
    """A feed as the scorer reads it: what it wants as terms, and levels and years as ranges. Reusable for ever.

    `inner` are those of the text's terms that it says only inside phrases; without `says_years`, `years` are those
    that are usual for its levels. `meaning` is None unless a model read the feed.
    """

    feed_id: int
    wanted: Wanted
    needs: tuple[Need, ...]
    text_terms: tuple[tuple[str, float], ...]
    inner: frozenset[str]
    levels: tuple[int, ...]
    years: tuple[int, int] | None
    says_years: bool
    degree: int
    places: tuple[str, ...]
    anywhere: bool
    salary: tuple[int, int] | None
    domains: tuple[str, ...]
    groups: tuple[str, ...]
    meaning: Meaning | None = None


def compile_feed(feed: FeedDocument) -> CompiledFeed:
    """Read a feed once, to match it often."""
    duties = " ".join((*feed.keywords[:MAX_LIST], *feed.domains[:MAX_LIST], feed.skill_required, feed.job_description))
    title, no_roles = titles.beside(feed.title, duties, text.terms(duties))
    levels = feed.levels or [level for level in (titles.level_of(feed.title),) if level is not None]
    found = [place for area in feed.areas[:MAX_LIST] for place in areas.places(area)]
    domains = [term for name in feed.domains[:MAX_LIST] for term in domain_terms(name)]
    said = years.said(text.normalise(f"{feed.title}\n{feed.skill_required}\n{feed.job_description}"))
    words, inner = _text_terms(feed, no_roles)
    preferred = [name for name in feed.company_preferences[:MAX_LIST] if name in lexicon.GROUPS]
    return CompiledFeed(
        feed_id=feed.feed_id,
        wanted=Wanted(title),
        needs=_needs(feed),
        text_terms=words,
        inner=inner,
        levels=tuple(sorted({LEVELS.index(level) for level in levels})),
        years=said or _usual_years(levels),
        says_years=said is not None,
        degree=degrees.asked(
            "\n".join((feed.title, *feed.keywords[:MAX_LIST], feed.skill_required, feed.job_description))
        ),
        places=tuple(dict.fromkeys(found)),
        anywhere=any(areas.is_anywhere(area) for area in feed.areas),
        salary=_salary(feed),
        domains=tuple(dict.fromkeys(domains)),
        groups=tuple(dict.fromkeys(lexicon.GROUP + name for name in preferred)),
    )


def _needs(feed: FeedDocument) -> tuple[Need, ...]:
    needs: dict[tuple[str, ...], Need] = {}

    def add(name: str, terms: tuple[str, ...], importance: float) -> None:
        known = needs.get(terms)
        if known is None or known.importance < importance:
            parents = lexicon.PARENTS.get(terms[0], ()) if len(terms) == 1 else ()
            needs[terms] = Need(known.name if known else name, terms, importance, parents)

    for keyword in feed.keywords[:MAX_LIST]:
        for name, terms in _asked(keyword):
            add(name, terms, KEYWORD)
    for term in titles.parse(feed.title).skills:
        add(lexicon.name_of(term), (term,), _TITLE)
    for part, importance in ((feed.skill_required, _REQUIRED), (feed.job_description, _DESCRIBED)):
        for sentence in _SENTENCE.split(part[: text.MAX_TEXT]):
            weight = importance * (_WELCOME if _IS_WELCOME.search(sentence) else 1.0)
            for term in text.terms(sentence):
                if term.startswith(lexicon.SKILL):
                    add(lexicon.name_of(term), (term,), weight)
    ordered = sorted(needs.values(), key=lambda need: -need.importance)
    return tuple(ordered[:MAX_NEEDS])


def _asked(keyword: str) -> list[tuple[str, tuple[str, ...]]]:
    """What a keyword asks for: the skills in it, or else its words, all of them together."""
    found = list(dict.fromkeys(text.terms(keyword)))
    known = [term for term in found if not term.startswith(lexicon.WORD)]
    skills = [term for term in known if term.startswith(lexicon.SKILL)] or known
    if skills:
        return [(lexicon.name_of(term), (term,)) for term in skills]
    return [(text.normalise(keyword).strip()[: text.MAX_WORD], tuple(found))] if found else []


def _text_terms(feed: FeedDocument, no_roles: Collection[str]) -> tuple[tuple[tuple[str, float], ...], frozenset[str]]:
    """The weighted terms, and those that are only said inside phrases."""
    weights: dict[str, float] = {}
    meant: set[str] = set()
    for part, weight in (
        (feed.title, _TOLD_FIRST),
        (" ".join(feed.keywords[:MAX_LIST]), _TOLD_FIRST),
        (feed.skill_required, 1.0),
        (feed.job_description, 1.0),
    ):
        found = text.read(part)
        meant.update(found.meant)
        for term in chain(*found):
            if term in no_roles or (part is feed.title and titles.is_soft(term)):
                continue
            weights[term] = min(_OFTEN, weights.get(term, 0.0) + weight)
    kept = tuple(list(weights.items())[:MAX_TEXT_TERMS])
    return kept, frozenset(term for term, _ in kept if term not in meant)


def _usual_years(levels: Sequence[TalentLevel]) -> tuple[int, int] | None:
    if not levels:
        return None
    usual = [_USUAL_YEARS[level] for level in levels]
    return min(low for low, _ in usual), max(high for _, high in usual)


def _salary(feed: FeedDocument) -> tuple[int, int] | None:
    known = [max(0, min(value, MAX_SALARY)) for value in (feed.salary_min, feed.salary_max) if value is not None]
    return (min(known), max(known)) if known and max(known) > 0 else None
