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
        ranked = [(term, (weight, rank)) for rank, (term, weight) in enumerate(ordered)]
        self._meant = {term: weighed for term, weighed in ranked if term not in feed.inner}
        self._inner = {term: weighed for term, weighed in ranked if term in feed.inner}
        self._names = [lexicon.name_of(term) for term, _ in ordered]
        self._overlapping: dict[str, list[str]] = {}

    def asked(self) -> list[str]:
        """Those of the feed."""
        return self._distinct(self._meant)

    def shared(self, codes: dict[str, int], length: int) -> list[str]:
        """Those that a resume of that length has, by what they add to its score.

        The words inside phrases are for where no phrase is shared.
        """
        norm = ranking.length_norm(length, self._average)
        for words in (self._meant, self._inner):
            added = [
                (-weight * frequency / (frequency + norm), rank, term)
                for term, (weight, rank) in words.items()
                if (frequency := codes.get(term, 0) % 4)
            ]
            if added:
                return self._distinct(term for _, _, term in sorted(added))
        return []

    def lacking(self, codes: dict[str, int]) -> list[str]:
        """Those that a resume does not have."""
        return self._distinct(term for term in self._meant if not codes.get(term, 0) % 4)

    def _distinct(self, terms: Iterable[str]) -> list[str]:
        """The first of them, without those inside another one: 后端开发 says 后端."""
        found: list[str] = []
        for term in terms:
            name = lexicon.name_of(term)
            overlapping = self._overlaps(name)
            said = [other for other in overlapping if other in found] if overlapping else overlapping
            if any(name in other for other in said):
                continue
            if said:
                found[min(map(found.index, said))] = name
                found = [other for other in found if other not in said]
            elif len(found) == MAX_EVIDENCE:
                break
            else:
                found.append(name)
        return found

    def _overlaps(self, name: str) -> list[str]:
        """The names that this one says, or that say it; it is one of them where several terms have it."""
        known = self._overlapping.get(name)
        if known is None:
            known = self._overlapping[name] = [other for other in self._names if name in other or other in name]
            known.remove(name)
        return known


def _is_worth(term: str) -> bool:
    name = lexicon.name_of(term)
    is_dull = term.startswith(lexicon.WORD) and (name in _DULL or titles.is_soft(term))
    return term.startswith(_KINDS) and not is_dull
