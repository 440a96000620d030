"""What is told of one component of a score: what is asked, held, met and unmet, each bounded."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from resolvers.matching.bounds import MAX_EVIDENCE, MAX_EVIDENCE_LENGTH
from resolvers.matching.documents import Fact, FactKind, Told
from resolvers.matching.lexicon import name_of
from resolvers.matching.profile import ANYWHERE


class Part(NamedTuple):
    """What there is to tell; `evidence` earns the points."""

    asked: tuple[Told, ...] = ()
    held: tuple[Told, ...] = ()
    met: tuple[Told, ...] = ()
    unmet: tuple[Told, ...] = ()
    evidence: tuple[Told, ...] = ()


class Choices:
    """Terms of which any one is enough."""

    def __init__(self, asked: Sequence[str]):
        self.asked = asked
        self.told = bounded(names(asked))

    def part(self, held: Sequence[str]) -> Part:
        """What is told of who has these."""
        met = bounded(names([term for term in self.asked if term in held]))
        return Part(self.told, bounded(names(held)), met, self.told if held and not met else (), met)


def bounded(told: Iterable[Told]) -> tuple[Told, ...]:
    """The first of them, each once."""
    return tuple([_cut(each) for each in islice(dict.fromkeys(told), MAX_EVIDENCE)])


def first(distinct: Iterable[str]) -> tuple[str, ...]:
    """The same of distinct names."""
    return tuple([name[:MAX_EVIDENCE_LENGTH] for name in islice(distinct, MAX_EVIDENCE)])


def names(terms: Iterable[str]) -> list[Told]:
    """What terms are called."""
    return [Fact(FactKind.ANYWHERE) if term == ANYWHERE else name_of(term) for term in terms]


def _cut(told: Told) -> Told:
    return told[:MAX_EVIDENCE_LENGTH] if isinstance(told, str) else told
