"""What a feed that hardly anybody fits could do without, from the scores at hand.

A condition that is dropped counts half for everybody, as what a feed leaves open does. That takes no work but for the
keywords, whose evidence is looked up once more: about as much as the skills took in the first place.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resolvers.matching.bounds import MAX_HINTS
from resolvers.matching.documents import Component, Hint
from resolvers.matching.feeds import KEYWORD, CompiledFeed
from resolvers.matching.profile import UNKNOWN
from resolvers.matching.ranking import Corpus
from resolvers.matching.rows import Rows
from resolvers.matching.scoring import MAXIMA, MISSING, UNIT, Flags, Scores, need_strengths, need_weight

FEW: Final = 10
"""Where so many resumes fit, nothing needs to be loosened."""


Condition = tuple[Component, str]
"""A component, or of SKILLS the keyword."""


def conditions(feed: CompiledFeed) -> list[Condition]:
    """What a feed could do without."""
    keywords = [(Component.SKILLS, need.name) for need in feed.needs if need.importance == KEYWORD]
    return [*((component, "") for component in _conditions(feed)), *keywords]


def gains(feed: CompiledFeed) -> int:
    """The most hundredths that a row gets if a condition is dropped: of a keyword, all that skills can give."""
    all_skills = MAXIMA[Component.SKILLS] * UNIT
    return max((all_skills if keyword else _half(component) for component, keyword in conditions(feed)), default=0)


def more(
    feed: CompiledFeed, rows: Rows, corpus: Corpus, scores: Scores, fits: Callable[[Scores], Flags]
) -> NDArray[np.int64]:
    """How many more of these rows fit without each of the conditions."""
    fitting = fits(scores)
    changed = [_without(scores, component) for component in _conditions(feed)]
    changed += _without_keywords(feed, rows, corpus, scores)
    return np.array([np.count_nonzero(fits(each) & ~fitting) for each in changed], np.int64)


def hints(asked: Sequence[Condition], counts: Sequence[int]) -> tuple[Hint, ...]:
    """Of each condition that keeps resumes from fitting, how many; the most first, at most MAX_HINTS."""
    found = [
        Hint(component, count, keyword) for (component, keyword), count in zip(asked, counts, strict=True) if count
    ]
    return tuple(sorted(found, key=lambda hint: -hint.would_fit)[:MAX_HINTS])


def _conditions(feed: CompiledFeed) -> list[Component]:
    """Of what is no skill, what the feed says something about."""
    said = {
        Component.LEVEL: bool(feed.levels) or feed.years is not None,
        Component.DEGREE: feed.degree != UNKNOWN,
        Component.AREA: bool(feed.places) and not feed.anywhere,
        Component.SALARY: feed.salary is not None,
        Component.DOMAIN: bool(feed.domains),
        Component.COMPANY: bool(feed.groups),
    }
    return [component for component, is_said in said.items() if is_said]


def _without(scores: Scores, component: Component) -> Scores:
    return scores._replace(total=scores.total - scores.points[component] + _half(component))


def _half(component: Component) -> int:
    return round(MISSING * MAXIMA[component] * UNIT)


def _without_keywords(feed: CompiledFeed, rows: Rows, corpus: Corpus, scores: Scores) -> Iterator[Scores]:
    """The scores without each keyword in turn. It still counts among the words of the feed's text."""
    weights = [need_weight(need, corpus) for need in feed.needs]
    if not any(need.importance == KEYWORD for need in feed.needs):
        return
    every = np.zeros(len(scores.total))
    for need, weight in zip(feed.needs, weights, strict=True):
        every += weight * need_strengths(need, rows)
    points, is_missing = scores.points[Component.SKILLS], scores.missing[Component.SKILLS]
    for need, weight in zip(feed.needs, weights, strict=True):
        if need.importance != KEYWORD:
            continue
        if len(feed.needs) == 1:
            changed = np.full_like(points, _half(Component.SKILLS))
            known = np.zeros_like(points)
        else:
            rest = np.clip((every - weight * need_strengths(need, rows)) / (sum(weights) - weight), 0.0, 1.0)
            changed = np.where(is_missing, points, np.rint(rest * (MAXIMA[Component.SKILLS] * UNIT)).astype(np.int64))
            known = np.where(is_missing, 0, changed)
        more_known = known - np.where(is_missing, 0, points)
        yield scores._replace(
            total=scores.total + changed - points,
            work=scores.work + more_known,
            evidence=scores.evidence + more_known,
        )
