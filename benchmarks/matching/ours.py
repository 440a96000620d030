"""The product's engine as a ranker, whole and without each of its components."""

from collections.abc import Callable, Collection, Sequence

from benchmarks.matching.baselines import Scores
from benchmarks.matching.graded import GradedSet, TextSet
from resolvers.matching.documents import Component, Match
from resolvers.matching.engine import Engine

NOT_WORDS = frozenset(Component) - {Component.TITLE, Component.SKILLS, Component.TEXT}
"""The components that read fields which a text search does not see."""
UNSEEN = -1.0
"""The score of a resume that the engine does not return."""


def matches(graded: TextSet, limit: int | None = None, engine: Engine | None = None) -> list[Sequence[Match]]:
    """Every resume, or the best, as the engine scores it for each feed, even where it would not be recommended."""
    engine = Engine() if engine is None else engine
    for resume in graded.resumes:
        engine.put(engine.profile(resume))
    return [engine.match_feed(feed, limit or len(graded.resumes), minimum=0) for feed in graded.feeds]


def whole(graded: TextSet, found: Sequence[Sequence[Match]]) -> Scores:
    """The scores as the product stores and orders them: whole numbers."""
    return _scores(graded, found, lambda match: float(match.score))


def without(graded: GradedSet, found: Sequence[Sequence[Match]], left_out: Collection[Component]) -> Scores:
    """The scores without the points of these components."""

    def rest(match: Match) -> float:
        return sum(reason.points for reason in match.reasons if reason.component not in left_out)

    return _scores(graded, found, rest)


def _scores(graded: TextSet, found: Sequence[Sequence[Match]], score: Callable[[Match], float]) -> Scores:
    rows = []
    for returned in found:
        row = [UNSEEN] * len(graded.resumes)
        for match in returned:
            row[match.resume_id - 1] = score(match)
        rows.append(row)
    return rows
