"""The best resumes of the index for a feed, without scoring all of them.

What skills and text can give at most is known without looking at a resume, and the rest takes little work. Who cannot
reach the lowest of the best that way is left out. Of the others the feed's terms are looked up, and their scores are
computed as those of any rows; so the best are the same as if all were scored.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from resolvers.matching import loosening
from resolvers.matching.candidates import Candidates, Lookup, Picked, Whole
from resolvers.matching.documents import Hint, Match
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.index import Index
from resolvers.matching.postings import BLOCK
from resolvers.matching.reach import Reach
from resolvers.matching.reasons import Explainer
from resolvers.matching.scoring import Scores, fits, least, score

ENOUGH = 1 << 13
"""So many rows are scored together."""


class Best:
    """The rows that fit best so far, equals by their resumes' ids."""

    def __init__(self, limit: int, minimum: int):
        self._limit, self._minimum = limit, minimum
        self.least = least(minimum)
        self.totals = np.zeros(0, np.int64)
        self.resume_ids = np.zeros(0, np.int64)
        self.sources = np.zeros(0, np.int64)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.totals)

    def add(self, candidates: Candidates, scores: Scores) -> None:
        """Take those that fit."""
        rows = np.flatnonzero(fits(scores, self._minimum) & (scores.total >= self.least))
        totals = np.concatenate([self.totals, scores.total[rows]])
        resume_ids = np.concatenate([self.resume_ids, candidates.resume_ids[rows]])
        sources = np.concatenate([self.sources, candidates.sources[rows]])
        order = np.lexsort((resume_ids, -totals))[: self._limit]
        self.totals, self.resume_ids, self.sources = totals[order], resume_ids[order], sources[order]
        if len(order) == self._limit:
            self.least = int(self.totals[-1])


class Search:
    """Looks for resumes for one feed, while the index does not change."""

    def __init__(self, feed: CompiledFeed, index: Index):
        self._feed, self._index = feed, index
        self._lookup = Lookup(feed, index)
        self._reach = Reach(feed, index, self._lookup.near)
        self._blocks = list(index.blocks)

    def best(self, limit: int, minimum: int) -> Best:
        """Those that fit best."""
        best = Best(limit, minimum)
        for candidates, scores in self._scored(lambda: best.least, limit):
            best.add(candidates, scores)
        return best

    def hints(self, minimum: int) -> tuple[Hint, ...]:
        """What the feed could do without."""
        asked = loosening.conditions(self._feed)
        counts = np.zeros(len(asked), np.int64)
        reach = least(minimum) - loosening.gains(self._feed)
        for candidates, scores in self._scored(lambda: reach, ENOUGH):
            counts += loosening.more(
                self._feed, candidates, self._index, scores, lambda changed: fits(changed, minimum)
            )
        return loosening.hints(asked, counts.tolist())

    def explained(self, best: Best, limit: int) -> list[Match]:
        """The first of the best with their explanations."""
        sources = np.sort(best.sources[:limit])
        if not len(sources):
            return []
        parts = np.split(sources, np.searchsorted(sources, np.arange(1, len(self._blocks)) * BLOCK))
        candidates = Candidates(
            self._lookup,
            [
                Picked(number, self._blocks[number], part - number * BLOCK)
                for number, part in enumerate(parts)
                if len(part)
            ],
        )
        explainer = Explainer(self._feed, candidates, score(self._feed, candidates, self._index), self._index)
        matches = explainer.matches(candidates.resume_ids.tolist(), candidates.held())
        by_resume = {match.resume_id: match for match in matches}
        return [by_resume[resume_id] for resume_id in best.resume_ids[:limit].tolist()]

    def _scored(self, reach: Callable[[], int], first: int) -> Iterator[tuple[Candidates, Scores]]:
        """The rows that could reach so many points, which may rise meanwhile.

        The `first` are those of a block that could reach most: what is needed to be among the best is known soon.
        """
        picked: list[Picked] = []
        waiting, enough = 0, first
        for number, block in enumerate(self._blocks):
            places, most = self._reach.over(Whole(block, self._lookup), reach())
            is_alive = block.alive[places]
            places, most = places[is_alive], most[is_alive]
            if enough < min(len(places), ENOUGH):
                is_ahead = np.zeros(len(places), np.bool_)
                is_ahead[np.argpartition(-most, enough)[:enough]] = True
                yield self._with_scores([Picked(number, block, places[is_ahead])])
                enough = ENOUGH
                places = places[~is_ahead & (most >= reach())]
            if len(places):
                picked.append(Picked(number, block, places))
                waiting += len(places)
            if picked and (waiting >= enough or block is self._blocks[-1]):
                yield self._with_scores(picked)
                picked, waiting, enough = [], 0, ENOUGH

    def _with_scores(self, picked: Sequence[Picked]) -> tuple[Candidates, Scores]:
        candidates = Candidates(self._lookup, picked)
        return candidates, score(self._feed, candidates, self._index)
