"""A score made explainable: the points of each component and what in the resume earned them."""

from collections.abc import Callable, Iterable

from models.talent.vocabulary import TalentLevel
from resolvers.matching.documents import Component, Match, Reason
from resolvers.matching.evidence import EVIDENCED_FROM, FREQUENCIES, STRENGTHS
from resolvers.matching.feeds import CompiledFeed, Need
from resolvers.matching.lexicon import name_of
from resolvers.matching.profile import ANYWHERE, LEVELS, UNKNOWN
from resolvers.matching.rows import Rows
from resolvers.matching.scoring import MAXIMA, UNIT, Scores

MAX_EVIDENCE = 8
MAX_EVIDENCE_LENGTH = 48
MAX_KEYWORDS = 15

Lookup = Callable[[str], int | None]
"""The byte of a term in the resume that is explained."""

_LEVEL_NAMES = {
    TalentLevel.JUNIOR: "初级",
    TalentLevel.INTERMEDIATE: "中级",
    TalentLevel.SENIOR: "高级",
    TalentLevel.EXPERT: "专家",
}


def explain(feed: CompiledFeed, resume_id: int, rows: Rows, row: int, scores: Scores, lookup: Lookup) -> Match:
    """The match of a row that was scored."""
    evidence = {
        Component.TITLE: _titles(feed, rows, row),
        Component.SKILLS: [_skill(need, lookup) for need in feed.needs],
        Component.TEXT: [name_of(term) for term, _ in feed.text_terms if _mentions(lookup, term)],
        Component.LEVEL: _level(rows, row),
        Component.AREA: _names((*feed.places, ANYWHERE), lookup),
        Component.SALARY: _salary(rows, row),
        Component.DOMAIN: _names(feed.domains, lookup),
        Component.COMPANY: _names(feed.groups, lookup),
    }
    reasons = tuple(
        Reason(
            component=component,
            points=int(scores.points[component][row]) / UNIT,
            max=float(most),
            evidence=_bounded(evidence[component]),
            missing=bool(scores.missing[component][row]),
        )
        for component, most in MAXIMA.items()
    )
    title = int(scores.points[Component.TITLE][row])
    matched = [need.name for need in feed.needs if _skill(need, lookup)]
    return Match(
        feed_id=feed.feed_id,
        resume_id=resume_id,
        score=(int(scores.total[row]) + UNIT // 2) // UNIT,
        title_score=(title + MAXIMA[Component.TITLE] // 2) // MAXIMA[Component.TITLE],
        reasons=reasons,
        keywords=tuple(dict.fromkeys(matched))[:MAX_KEYWORDS],
    )


def _bounded(texts: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(text[:MAX_EVIDENCE_LENGTH] for text in texts if text)
    return tuple(found)[:MAX_EVIDENCE]


def _titles(feed: CompiledFeed, rows: Rows, row: int) -> list[str]:
    places = [int(rows.columns.wish[row]), *map(int, rows.columns.jobs[row])]
    held = [rows.titles[place] for place in places if place >= 0]
    near = sorted(held, key=lambda title: -feed.wanted.nearness(title))
    return [str(title) for title in near[:2] if feed.wanted.nearness(title) > 0]


def _skill(need: Need, lookup: Lookup) -> str:
    codes = [lookup(term) for term in need.terms]
    if None in codes:
        return ""
    weakest = min(code for code in codes if code is not None)
    if FREQUENCIES[weakest] == 0:
        return f"{need.name}（由相关技能推断）"
    return need.name if STRENGTHS[weakest] >= EVIDENCED_FROM else f"{need.name}（仅列出）"


def _mentions(lookup: Lookup, term: str) -> bool:
    code = lookup(term)
    return code is not None and FREQUENCIES[code] > 0


def _names(terms: Iterable[str], lookup: Lookup) -> list[str]:
    return [name_of(term).replace("*", "不限") for term in terms if lookup(term)]


def _level(rows: Rows, row: int) -> list[str]:
    level, years = int(rows.columns.level[row]), int(rows.columns.years[row])
    told = [_LEVEL_NAMES[LEVELS[level]]] if level != UNKNOWN else []
    return told + ([f"{years} 年经验"] if years != UNKNOWN else [])


def _salary(rows: Rows, row: int) -> list[str]:
    low, high = int(rows.columns.salary_min[row]), int(rows.columns.salary_max[row])
    return [f"期望 {low}–{high}"] if low != UNKNOWN else []
