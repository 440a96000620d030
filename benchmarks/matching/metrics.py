"""How good a ranking is, and how sure that is.

Equal scores are in no order: every metric is the expectation over all orders of those that are equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from math import log2, nan

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
CONFIDENCE = 95


def ndcg(scores: Sequence[float], grades: Sequence[int], depth: int = 10) -> float:
    """Discounted gain (2^grade - 1, log2) of the first `depth`, as a part of the best possible; NaN if none is."""
    discounts = [0.0, *accumulate(1 / log2(place + 1) for place in range(1, depth + 1))]
    best = _gain(sorted(((float(grade), grade) for grade in grades), reverse=True), discounts)
    if not best:
        return nan
    return _gain(sorted(zip(scores, grades, strict=True), reverse=True), discounts) / best


def _gain(ranked: Sequence[tuple[float, int]], discounts: Sequence[float]) -> float:
    depth = len(discounts) - 1
    total, first = 0.0, 0
    for _score, group in groupby(ranked, key=lambda pair: pair[0]):
        gains = [2**grade - 1 for _same, grade in group]
        last = first + len(gains)
        total += sum(gains) / len(gains) * (discounts[min(last, depth)] - discounts[first])
        if last >= depth:
            break
        first = last
    return total


def recall(scores: Sequence[float], relevant: Sequence[bool], depth: int = 50) -> float:
    """The part of the relevant that is among the first `depth`; NaN if none is relevant."""
    if not any(relevant):
        return nan
    found, first = 0.0, 0
    for _score, group in groupby(sorted(zip(scores, relevant, strict=True), reverse=True), key=lambda pair: pair[0]):
        hits = [hit for _same, hit in group]
        room = min(len(hits), depth - first)
        found += sum(hits) * room / len(hits)
        first += room
        if first == depth:
            break
    return found / sum(relevant)


def auc(scores: Sequence[float], relevant: Sequence[bool]) -> float:
    """The chance that something relevant is scored above something that is not; NaN if there is no such pair."""
    positives = sum(relevant)
    negatives = len(relevant) - positives
    if not positives or not negatives:
        return nan
    below, won = 0, 0.0
    for _score, group in groupby(sorted(zip(scores, relevant, strict=True)), key=lambda pair: pair[0]):
        hits = [hit for _same, hit in group]
        misses = len(hits) - sum(hits)
        won += sum(hits) * (below + misses / 2)
        below += misses
    return won / (positives * negatives)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its interval."""

    mean: float
    low: float
    high: float


def estimate(values: Sequence[float]) -> Estimate:
    """The mean over feeds with its bootstrap interval; feeds without a value do not count.

    For the difference of two methods give the differences feed by feed: the bootstrap is then paired.
    """
    known: NDArray[np.float64] = np.array([value for value in values if value == value])
    if not known.size:
        return Estimate(nan, nan, nan)
    drawn = np.random.default_rng(0).integers(0, known.size, (RESAMPLES, known.size))
    tail = (100 - CONFIDENCE) / 2
    low, high = np.percentile(known[drawn].mean(axis=1), [tail, 100 - tail])
    return Estimate(float(known.mean()), float(low), float(high))
