"""Which words of a feed's text are worth reading for a recruiter: those that count most, each said once."""

from collections.abc import Iterable

from resolvers.matching import lexicon, ranking, titles
from resolvers.matching.bounds import MAX_EVIDENCE
from resolvers.matching.evidence import FREQUENCIES
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.ranking import Corpus

_DULL = lexicon.words("dull_words.txt")
_KINDS = (lexicon.WORD, lexicon.SKILL, lexicon.ROLE, lexicon.DOMAIN)


class Words:
    """The words of a feed's text, the weightiest first."""

    def __init__(self, feed: CompiledFeed, corpus: Corpus):
        self._average = corpus.statistics.average_length
        weighed = [(term, weight * ranking.idf(corpus, term)) for term, weight in feed.text_terms if _is_worth(term)]
        ordered = sorted(weighed, key=lambda pair: -pair[1])
        self._meant = [pair for pair in ordered if pair[0] not in feed.inner]
        self._inner = [pair for pair in ordered if pair[0] in feed.inner]

    def asked(self) -> list[str]:
        """Those of the feed."""
        return _distinct(term for term, _ in self._meant)

    def shared(self, codes: dict[str, int], length: int) -> list[str]:
        """Those that a resume of that length has, by what they add to its score.

        The words inside phrases are for where no phrase is shared.
        """
        for words in (self._meant, self._inner):
            added = [
                (term, weight * ranking.saturation(float(FREQUENCIES[codes[term]]), length, self._average))
                for term, weight in words
                if codes.get(term, 0) % 4
            ]
            if added:
                return _distinct(term for term, _ in sorted(added, key=lambda pair: -pair[1]))
        return []

    def lacking(self, codes: dict[str, int]) -> list[str]:
        """Those that a resume does not have."""
        return _distinct(term for term, _ in self._meant if not codes.get(term, 0) % 4)


def _is_worth(term: str) -> bool:
    name = lexicon.name_of(term)
    is_dull = term.startswith(lexicon.WORD) and (name in _DULL or titles.is_soft(term))
    return term.startswith(_KINDS) and not is_dull


def _distinct(terms: Iterable[str]) -> list[str]:
    """The first of them, without those inside another one: 后端开发 says 后端."""
    found: list[str] = []
    for name in map(lexicon.name_of, terms):
        if any(name in other for other in found):
            continue
        longer = next((place for place, other in enumerate(found) if other in name), None)
        if longer is None:
            if len(found) == MAX_EVIDENCE:
                break
            found.append(name)
        else:
            found[longer] = name
            found[longer + 1 :] = [other for other in found[longer + 1 :] if other not in name]
    return found
