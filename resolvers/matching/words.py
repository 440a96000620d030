"""Which words of a feed's text are worth reading for a recruiter: those that count most, each said once."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from resolvers.matching import lexicon, ranking, titles
from resolvers.matching.bounds import MAX_EVIDENCE
from resolvers.matching.evidence import FREQUENCIES
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.ranking import Corpus
from resolvers.matching.rows import Rows

Flags = NDArray[np.bool_]

_DULL = lexicon.words("dull_words.txt")
_KINDS = (lexicon.WORD, lexicon.SKILL, lexicon.ROLE, lexicon.DOMAIN)


class Words:
    """The words of a feed's text and the rows that have them. A place is a rank: the first word is the weightiest."""

    def __init__(self, feed: CompiledFeed, corpus: Corpus):
        self._average = corpus.statistics.average_length
        found = [(term, weight * ranking.idf(corpus, term)) for term, weight in feed.text_terms if _is_worth(term)]
        ordered = sorted(found, key=lambda pair: -pair[1])
        self._terms = [term for term, _ in ordered]
        self._names = [lexicon.name_of(term) for term in self._terms]
        self._weights = np.array([weight for _, weight in ordered], np.float64)
        self._is_inner = np.array([term in feed.inner for term in self._terms], np.bool_)
        self._overlapping: dict[str, frozenset[str]] = {}

    def asked(self) -> list[str]:
        """Those of the feed."""
        return self._distinct(np.flatnonzero(~self._is_inner).tolist())

    def compared(self, rows: Rows) -> tuple[list[list[str]], list[list[str]]]:
        """Of each row the words that it has, by what they add to its score, and those that it does not have.

        The words inside phrases are for where no phrase is shared.
        """
        lengths = rows.columns.length
        frequencies = np.zeros((len(lengths), len(self._terms)))
        for rank, term in enumerate(self._terms):
            found = rows.find(term)
            if found is not None:
                frequencies[found.rows, rank] = FREQUENCIES[found.codes]
        has: Flags = frequencies > 0
        is_meant = ~self._is_inner
        has_meant: Flags = np.any(has & is_meant, axis=1)
        row, place = np.nonzero(has & (is_meant | ~has_meant.reshape(-1, 1)))
        frequency = frequencies[row, place]
        added = self._weights[place] * frequency / (frequency + ranking.length_norm(lengths[row], self._average))
        shared = self._told(row, place[np.lexsort((place, -added, row))], len(lengths))
        row, place = np.nonzero(~has & is_meant)
        return shared, self._told(row, place, len(lengths))

    def _told(self, rows: NDArray[np.intp], places: NDArray[np.intp], count: int) -> list[list[str]]:
        """What to tell of the places of each of so many rows, which are one after another."""
        every = places.tolist()
        ends = np.searchsorted(rows, np.arange(count), side="right").tolist()
        return [self._distinct(every[start:end]) for start, end in zip([0, *ends], ends, strict=False)]

    def _distinct(self, places: Iterable[int]) -> list[str]:
        """The first of them, without those inside another one: 后端开发 says 后端."""
        found: list[str] = []
        for place in places:
            name = self._names[place]
            overlapping = self._overlapping.get(name)
            if overlapping is None:
                overlapping = self._overlaps(name)
            if overlapping and not overlapping.isdisjoint(found):
                said = [other for other in found if other in overlapping]
                if not any(name in other for other in said):
                    found[found.index(said[0])] = name
                    found = [other for other in found if other not in said]
            elif len(found) == MAX_EVIDENCE:
                break
            else:
                found.append(name)
        return found

    def _overlaps(self, name: str) -> frozenset[str]:
        """The names that this one says, or that say it; it is one of them where several terms have it."""
        found = [other for other in self._names if name in other or other in name]
        found.remove(name)
        overlapping = self._overlapping[name] = frozenset(found)
        return overlapping


def _is_worth(term: str) -> bool:
    name = lexicon.name_of(term)
    is_dull = term.startswith(lexicon.WORD) and (name in _DULL or titles.is_soft(term))
    return term.startswith(_KINDS) and not is_dull
