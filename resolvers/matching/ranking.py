"""Rarity of terms, and BM25: the measures of plain text search."""

import math
from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from resolvers.matching.evidence import FREQUENCIES
from resolvers.matching.rows import Rows, Statistics

K1 = 2.0
B = 0.75
_MAX_RARITY = 6.0


class Corpus(Protocol):
    """All resumes, for what is usual among them."""

    @property
    def statistics(self) -> Statistics:
        """How many there are, and how long."""

    def frequency(self, term: str) -> int:
        """How many have a term."""


def idf(corpus: Corpus, term: str) -> float:
    """The inverse document frequency of BM25, above 0."""
    frequency = corpus.frequency(term)
    return math.log(1 + (corpus.statistics.count - frequency + 0.5) / (frequency + 0.5))


def rarity(corpus: Corpus, term: str) -> float:
    """What a skill weighs: 1 for one that everybody has, up to 6 for one that nobody has."""
    return min(_MAX_RARITY, 1 + math.log((corpus.statistics.count + 1) / (corpus.frequency(term) + 1)))


def length_norm(lengths: NDArray[np.int32], average_length: float) -> NDArray[np.float64]:
    """What BM25 adds to the frequency of a term in resumes of these lengths."""
    return K1 * (1 - B + B * (lengths / max(average_length, 1.0)))


def bm25(rows: Rows, corpus: Corpus, terms: Iterable[tuple[str, float]]) -> NDArray[np.float64]:
    """The score of each row for weighted terms. Lengths count against the average, and frequencies are capped."""
    norm = length_norm(rows.columns.length, corpus.statistics.average_length)
    scores = np.zeros(len(norm))
    for term, weight in terms:
        found = rows.find(term)
        if found is not None:
            frequency = FREQUENCIES[found.codes]
            scores[found.rows] += (weight * idf(corpus, term) * (K1 + 1)) * (frequency / (frequency + norm[found.rows]))
    return scores
