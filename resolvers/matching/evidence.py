"""The evidence for each term of a resume, as one byte.

The byte holds how often the term occurs, up to three times, and a strength of 64 steps: 1 for what somebody did
in a job for two years, about half of it for what is only listed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from resolvers.matching import lexicon

MAX_FREQUENCY: Final = 3
_STEPS: Final = 63

STRENGTHS: Final = np.arange(256, dtype=np.float64) // 4 / _STEPS
"""The strength of each byte."""
FREQUENCIES: Final = np.arange(256, dtype=np.float64) % 4
"""The frequency of each byte."""

LISTED = 0.55
"""The strength of what a resume lists without a job it was used in."""
CERTIFIED = 0.75
IMPLIED = 0.75
"""What of a skill's strength the skills get that it implies."""
EVIDENCED_FROM = 0.62
"""From here a strength comes from a job."""
_ENOUGH_MONTHS = 24
_UNKNOWN_MONTHS = 12
_ODD_REPETITION = 4
_ROOM = 10


def code(strength: float, frequency: int = 0) -> int:
    """The byte of a strength from 0 to 1 and a frequency."""
    return round(min(strength, 1.0) * _STEPS) * 4 + min(frequency, MAX_FREQUENCY)


class Mentions:
    """Gathers what a resume's texts mention, and how well each shows it."""

    def __init__(self, families: Iterable[str]):
        """Prepare for somebody whose titles are of these families."""
        self._families = frozenset(families)
        self._counts: Counter[str] = Counter()
        self._used: dict[str, float] = {}
        self._months: Counter[str] = Counter()
        self._listed: dict[str, float] = {}

    def job(self, found: Sequence[str], months: int | None, recency: float) -> None:
        """Count the terms of a job's description, or of its title."""
        counts = Counter(found)
        plain = _context(counts)
        for term, count in counts.items():
            strength = plain * recency * _sparing(count)
            self._used[term] = max(strength, self._used.get(term, 0.0))
            self._months[term] += _UNKNOWN_MONTHS if months is None else months
        self._counts.update(counts)

    def listing(self, found: Sequence[str], strength: float = LISTED) -> None:
        """Count the terms of a text that tells of no particular job."""
        counts = Counter(found)
        crowd = _crowd(counts)
        for term, count in counts.items():
            listed = strength * crowd * _sparing(count) * self._belief(term)
            self._listed[term] = max(listed, self._listed.get(term, 0.0))
        self._counts.update(counts)

    def words(self, found: Sequence[str]) -> None:
        """Count words that are found by a search of the text, and show nothing else."""
        self._counts.update(found)

    def _belief(self, term: str) -> float:
        """Who lists a skill of another trade than that of their jobs is believed less."""
        family = lexicon.FAMILIES.get(term)
        if not self._families or family is None:
            return 1.0
        return 1.1 if family in self._families else 0.6

    def codes(self) -> dict[str, int]:
        """The byte of each term, and of the skills that they imply."""
        strengths = {
            term: used * (0.8 + 0.2 * min(1.0, self._months[term] / _ENOUGH_MONTHS))
            for term, used in self._used.items()
        }
        for term, listed in self._listed.items():
            strengths[term] = max(listed, strengths.get(term, 0.0))
        for term in list(strengths):
            for parent in lexicon.PARENTS.get(term, ()):
                strengths[parent] = max(strengths[term] * IMPLIED, strengths.get(parent, 0.0))
        for term in self._counts:
            strengths.setdefault(term, 0.0)
        return {term: code(strength, self._counts[term]) for term, strength in strengths.items()}

    def roles(self) -> list[str]:
        """The roles that the texts mention most."""
        named = [(term, count) for term, count in self._counts.items() if term.startswith(lexicon.ROLE)]
        return [term for term, _ in sorted(named, key=lambda pair: (-pair[1], pair[0]))[:2]]


def _is_skill(term: str) -> bool:
    return term.startswith((lexicon.SKILL, lexicon.ROLE))


def _crowd(counts: Mapping[str, int]) -> float:
    """Less than 1 where a text names more skills than it says something about."""
    skills = sum(map(_is_skill, counts))
    return min(1.0, (_ROOM + (len(counts) - skills) / 2) / max(skills, 1))


def _context(counts: Mapping[str, int]) -> float:
    """How much of a job's description tells what was done: a bare list is about as good as a listing."""
    skills = sum(map(_is_skill, counts))
    said = min(1.0, (len(counts) - skills) / max(skills, 1))
    return (0.65 + 0.35 * said) * _crowd(counts)


def _sparing(count: int) -> float:
    """Saying a word again and again does not help."""
    return min(1.0, _ODD_REPETITION / count)
