"""The terms of all resumes as numbers, and how many resumes have each."""

from array import array
from collections.abc import Iterable

from resolvers.matching.lexicon import AREA, DOMAIN, GROUP, PROVINCE

FACTS = 1 << 31
"""From here on numbers stand for places, domains and company preferences: in the order of numbers these come last."""
FACT_KINDS = (AREA, PROVINCE, DOMAIN, GROUP)


class _Kind:
    """The numbers from `base` on. One that no resume has any more is used again."""

    __slots__ = ("base", "counts", "free", "terms")

    def __init__(self, base: int):
        self.base = base
        self.terms: list[str] = []
        self.counts = array("I")
        self.free: list[int] = []


class Vocabulary:
    """The terms that resumes have."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words = _Kind(0)
        self._facts = _Kind(FACTS)

    def add(self, terms: Iterable[str]) -> "array[int]":
        """The numbers of a resume's terms, each of which one more resume has from now on."""
        known, words, facts = self._numbers, self._words.counts, self._facts.counts
        numbers = []
        for term in terms:
            number = known.get(term)
            if number is None:
                number = self._new(term)
            if number < FACTS:
                words[number] += 1
            else:
                facts[number - FACTS] += 1
            numbers.append(number)
        return array("I", numbers)

    def drop(self, numbers: Iterable[int], counts: Iterable[int]) -> None:
        """So many resumes less have these terms."""
        for number, count in zip(numbers, counts, strict=True):
            kind = self._kind(number)
            place = number - kind.base
            kind.counts[place] -= count
            if not kind.counts[place]:
                del self._numbers[kind.terms[place]]
                kind.free.append(number)

    def number(self, term: str) -> int | None:
        """The number of a term that resumes have."""
        return self._numbers.get(term)

    def frequency(self, term: str) -> int:
        """How many resumes have a term."""
        number = self._numbers.get(term)
        if number is None:
            return 0
        kind = self._kind(number)
        return kind.counts[number - kind.base]

    def term(self, number: int) -> str:
        """The term of a number in use."""
        kind = self._kind(number)
        return kind.terms[number - kind.base]

    def _kind(self, number: int) -> _Kind:
        return self._words if number < FACTS else self._facts

    def _new(self, term: str) -> int:
        kind = self._facts if term.startswith(FACT_KINDS) else self._words
        if kind.free:
            number = kind.free.pop()
            kind.terms[number - kind.base] = term
        else:
            number = kind.base + len(kind.terms)
            kind.terms.append(term)
            kind.counts.append(0)
        self._numbers[term] = number
        return number
