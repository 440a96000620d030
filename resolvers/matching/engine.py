"""The matching engine: all visible resumes in memory, and the best of them for a feed."""

from collections.abc import Sequence
from threading import RLock
from typing import Final, NamedTuple

import numpy as np

from resolvers.matching import loosening
from resolvers.matching.documents import FeedDocument, Hint, Match, ResumeDocument
from resolvers.matching.feeds import CompiledFeed, compile_feed
from resolvers.matching.index import EMPTY, Index
from resolvers.matching.profile import Profile
from resolvers.matching.reasons import Explainer
from resolvers.matching.rows import OneRow
from resolvers.matching.scoring import UNIT, Flags, Scores, score

__all__ = ["MINIMUM_SCORE", "MINIMUM_WORK", "CompiledFeed", "Engine", "Found", "compile_feed"]

MINIMUM_SCORE: Final = 40
"""Below this a resume is not recommended."""
MINIMUM_WORK: Final = 10
"""Nor with fewer points for title, skills and text that are not for missing data: place and pay alone are no match."""
MINIMUM_EVIDENCE: Final = 2
"""Nor with fewer points for skills and text: a title alone is no match."""


class Found(NamedTuple):
    """The best resumes for a feed. `hints` are what it could do without; None where enough resumes fit."""

    matches: list[Match]
    hints: tuple[Hint, ...] | None


class Engine:
    """Holds the profiles of the resumes that may be recommended. Its methods may be called from several threads."""

    def __init__(self) -> None:
        self._index = Index()
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, resume_id: object) -> bool:
        return resume_id in self._index

    def profile(self, document: ResumeDocument) -> Profile:
        """What is held, and stored, of a resume."""
        return Profile.of(document)

    def compile(self, document: FeedDocument) -> CompiledFeed:
        """A feed made ready to be matched."""
        return compile_feed(document)

    def load(self, content: bytes) -> None:
        """Hold a stored profile. Raises ValueError for one that has to be made again."""
        self.put(Profile.loads(content))

    def put(self, profile: Profile) -> None:
        """Hold a resume, in place of what is held of it."""
        with self._lock:
            self._index.put(profile)

    def remove(self, resume_id: int) -> None:
        """Forget a resume; one that is not held is none."""
        with self._lock:
            self._index.remove(resume_id)

    def match_feed(self, feed: CompiledFeed | FeedDocument, limit: int, *, minimum: int = MINIMUM_SCORE) -> list[Match]:
        """The resumes that fit a feed, the best first and equals by their ids, at most `limit`.

        Those whose score is below `minimum` are left out; 0 leaves out none.
        """
        return self.find(feed, limit, minimum=minimum).matches

    def find(self, feed: CompiledFeed | FeedDocument, limit: int, *, minimum: int = MINIMUM_SCORE) -> Found:
        """The same, and what the feed could do without where hardly any resume fits."""
        if isinstance(feed, FeedDocument):
            feed = compile_feed(feed)
        with self._lock:
            index = self._index
            scores = score(feed, index, index)
            is_held = index.resume_ids != EMPTY
            fitting = np.flatnonzero(is_held & _fits(scores, minimum))
            hints = None
            if len(fitting) < loosening.FEW:
                hints = loosening.hints(feed, index, index, scores, lambda changed: is_held & _fits(changed, minimum))
            if limit <= 0 or not len(fitting):
                return Found([], hints)
            if len(fitting) > limit:
                totals = scores.total[fitting]
                fitting = fitting[totals >= np.partition(totals, -limit)[-limit]]
            order = np.lexsort((index.resume_ids[fitting], -scores.total[fitting]))[:limit]
            explainer = Explainer(feed, index, scores, index)
            best = map(int, fitting[order])
            matches = [explainer.match(int(index.resume_ids[row]), row, index.codes(row)) for row in best]
            return Found(matches, hints)

    def match_resume(
        self, profile: Profile, feeds: Sequence[CompiledFeed], *, minimum: int = MINIMUM_SCORE
    ) -> list[Match | None]:
        """How a resume fits each feed; None where its score is below `minimum`. It need not be held."""
        rows = OneRow(profile)
        codes = dict(zip(profile.terms, profile.codes, strict=True))
        matches: list[Match | None] = []
        with self._lock:
            for feed in feeds:
                scores = score(feed, rows, self._index)
                if _fits(scores, minimum)[0]:
                    explainer = Explainer(feed, rows, scores, self._index)
                    matches.append(explainer.match(profile.resume_id, 0, codes))
                else:
                    matches.append(None)
        return matches


def _fits(scores: Scores, minimum: int) -> Flags:
    """Whether the score of each row, as it is rounded, is high enough."""
    fits: Flags = (scores.total + UNIT // 2) // UNIT >= minimum
    has_shown = scores.evidence >= min(minimum, MINIMUM_EVIDENCE) * UNIT
    return fits & has_shown & (scores.work >= min(minimum, MINIMUM_WORK) * UNIT)
