"""The explanation of a score: the points of each component and the evidence in the resume."""

from collections.abc import Iterable, Mapping

from models.talent.vocabulary import TalentLevel
from resolvers.matching.bounds import MAX_EVIDENCE, MAX_EVIDENCE_LENGTH, MAX_KEYWORDS
from resolvers.matching.documents import Component, Match, Reason
from resolvers.matching.evidence import EVIDENCED_FROM, STRENGTHS
from resolvers.matching.feeds import CompiledFeed, Need
from resolvers.matching.lexicon import name_of
from resolvers.matching.profile import ANYWHERE, LEVELS, UNKNOWN
from resolvers.matching.rows import Rows
from resolvers.matching.scoring import MAXIMA, UNIT, Scores

Codes = Mapping[str, int]

_LEVEL_NAMES = {
    TalentLevel.JUNIOR: "初级",
    TalentLevel.INTERMEDIATE: "中级",
    TalentLevel.SENIOR: "高级",
    TalentLevel.EXPERT: "专家",
}


def explain(feed: CompiledFeed, resume_id: int, rows: Rows, row: int, scores: Scores, codes: Codes) -> Match:
    """The match of a row that was scored; `codes` are the bytes of its terms."""
    needs = [shown for need in feed.needs if (shown := _skill(need, codes))]
    evidence = {
        Component.TITLE: _titles(feed, rows, row),
        Component.SKILLS: [text for _, text in needs],
        Component.TEXT: [name_of(term) for term, _ in feed.text_terms if codes.get(term, 0) % 4],
        Component.LEVEL: _level(rows, row),
        Component.AREA: _names((*feed.places, ANYWHERE), codes),
        Component.SALARY: _salary(rows, row),
        Component.DOMAIN: _names(feed.domains, codes),
        Component.COMPANY: _names(feed.groups, codes),
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
    return Match(
        feed_id=feed.feed_id,
        resume_id=resume_id,
        score=(int(scores.total[row]) + UNIT // 2) // UNIT,
        title_score=(title + MAXIMA[Component.TITLE] // 2) // MAXIMA[Component.TITLE],
        reasons=reasons,
        keywords=tuple(dict.fromkeys(name for name, _ in needs))[:MAX_KEYWORDS],
    )


def _bounded(texts: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(text[:MAX_EVIDENCE_LENGTH] for text in texts if text)
    return tuple(found)[:MAX_EVIDENCE]


def _titles(feed: CompiledFeed, rows: Rows, row: int) -> list[str]:
    places = [int(rows.columns.wish[row]), *map(int, rows.columns.jobs[row])]
    held = [rows.titles[place] for place in places if place >= 0]
    near = sorted(held, key=lambda title: -feed.wanted.nearness(title))
    return [str(title) for title in near[:2] if feed.wanted.nearness(title) > 0]


def _skill(need: Need, codes: Codes) -> tuple[str, str] | None:
    """What a feed needs, and how the resume shows it; None where it does not."""
    weakest = min(codes.get(term, 0) for term in need.terms)
    if not STRENGTHS[weakest]:
        return None
    if weakest % 4 == 0:
        return need.name, f"{need.name}（由相关技能推断）"
    return need.name, need.name if STRENGTHS[weakest] >= EVIDENCED_FROM else f"{need.name}（仅列出）"


def _names(terms: Iterable[str], codes: Codes) -> list[str]:
    return [name_of(term).replace("*", "不限") for term in terms if codes.get(term)]


def _level(rows: Rows, row: int) -> list[str]:
    level, years = int(rows.columns.level[row]), int(rows.columns.years[row])
    told = [_LEVEL_NAMES[LEVELS[level]]] if level != UNKNOWN else []
    return told + ([f"{years} 年经验"] if years != UNKNOWN else [])


def _salary(rows: Rows, row: int) -> list[str]:
    low, high = int(rows.columns.salary_min[row]), int(rows.columns.salary_max[row])
    return [f"期望 {low}–{high}"] if low != UNKNOWN else []
