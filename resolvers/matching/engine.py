"""The matching engine: all visible resumes in memory, and the best of them for a feed."""

from collections.abc import Sequence
from threading import RLock
from typing import NamedTuple

from resolvers.matching import loosening
from resolvers.matching.documents import FeedDocument, Hint, Match, ResumeDocument
from resolvers.matching.feeds import CompiledFeed, compile_feed
from resolvers.matching.index import Index
from resolvers.matching.profile import Profile
from resolvers.matching.reasons import Explainer
from resolvers.matching.rows import OneRow
from resolvers.matching.scoring import MINIMUM_SCORE, MINIMUM_WORK, fits, score
from resolvers.matching.search import Search

__all__ = ["MINIMUM_SCORE", "MINIMUM_WORK", "CompiledFeed", "Engine", "Found", "compile_feed"]


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

    def __contains__(self, resume_id: int) -> bool:
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
            search = Search(feed, self._index)
            # Whether so few fit that it takes hints is seen with the best.
            best = search.best(max(limit, loosening.FEW), minimum)
            hints = search.hints(minimum) if best.count < loosening.FEW else None
            return Found(search.explained(best, limit), hints)

    def match_resume(
        self, profile: Profile, feeds: Sequence[CompiledFeed], *, minimum: int = MINIMUM_SCORE
    ) -> list[Match | None]:
        """How a resume fits each feed; None where its score is below `minimum`. It need not be held."""
        rows = OneRow(profile)
        held = [rows.held()]
        matches: list[Match | None] = []
        with self._lock:
            for feed in feeds:
                scores = score(feed, rows, self._index)
                if fits(scores, minimum)[0]:
                    matches += Explainer(feed, rows, scores, self._index).matches([profile.resume_id], held)
                else:
                    matches.append(None)
        return matches
