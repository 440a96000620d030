"""Which words of a feed's text are worth reading for a recruiter: those that count most, each said once."""

from collections.abc import Iterable

from resolvers.matching import lexicon, ranking, titles
from resolvers.matching.bounds import MAX_EVIDENCE
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.ranking import Corpus

_DULL = lexicon.words("dull_words.txt")
_KINDS = (lexicon.WORD, lexicon.SKILL, lexicon.ROLE, lexicon.DOMAIN)


class Words:
    """The words of a feed's text, the weightiest first."""

    def __init__(self, feed: CompiledFeed, corpus: Corpus):
        self._average = corpus.statistics.average_length
        found = [(term, weight * ranking.idf(corpus, term)) for term, weight in feed.text_terms if _is_worth(term)]
        ordered = sorted(found, key=lambda pair: -pair[1])
        ranked = [(term, (weight, rank, lexicon.name_of(term))) for rank, (term, weight) in enumerate(ordered)]
        self._meant = {term: weighed for term, weighed in ranked if term not in feed.inner}
        self._inner = {term: weighed for term, weighed in ranked if term in feed.inner}
        self._names = [name for _, (_, _, name) in ranked]
        self._overlapping: dict[str, list[str]] = {}

    def asked(self) -> list[str]:
        """Those of the feed."""
        return self._distinct(name for _, _, name in self._meant.values())

    def shared(self, codes: dict[str, int], length: int) -> list[str]:
        """Those that a resume of that length has, by what they add to its score.

        The words inside phrases are for where no phrase is shared.
        """
        norm = ranking.length_norm(length, self._average)
        for words in (self._meant, self._inner):
            added = [
                (-weight * frequency / (frequency + norm), rank, name)
                for term, (weight, rank, name) in words.items()
                if (frequency := codes.get(term, 0) % 4)
            ]
            if added:
                return self._distinct(name for _, _, name in sorted(added))
        return []

    def lacking(self, codes: dict[str, int]) -> list[str]:
        """Those that a resume does not have."""
        return self._distinct(name for term, (_, _, name) in self._meant.items() if not codes.get(term, 0) % 4)

    def _distinct(self, names: Iterable[str]) -> list[str]:
        """The first of them, without those inside another one: 后端开发 says 后端."""
        found: list[str] = []
        for name in names:
            overlapping = self._overlapping.get(name)
            if overlapping is None:
                overlapping = self._overlaps(name)
            if overlapping and (said := [other for other in found if other in overlapping]):
                if not any(name in other for other in said):
                    found[found.index(said[0])] = name
                    found = [other for other in found if other not in said]
            elif len(found) == MAX_EVIDENCE:
                break
            else:
                found.append(name)
        return found

    def _overlaps(self, name: str) -> list[str]:
        """The names that this one says, or that say it; it is one of them where several terms have it."""
        found = [other for other in self._names if name in other or other in name]
        found.remove(name)
        self._overlapping[name] = found
        return found


def _is_worth(term: str) -> bool:
    name = lexicon.name_of(term)
    is_dull = term.startswith(lexicon.WORD) and (name in _DULL or titles.is_soft(term))
    return term.startswith(_KINDS) and not is_dull
