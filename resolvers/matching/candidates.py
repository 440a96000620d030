"""Rows of the index as rows to score: those of a whole block, or some of several, with the terms of one feed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resolvers.matching import rows
from resolvers.matching.areas import province_of
from resolvers.matching.blocks import Block
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.index import Index
from resolvers.matching.postings import BLOCK, entries_of
from resolvers.matching.profile import ANYWHERE
from resolvers.matching.rows import Found, Held
from resolvers.matching.titles import Title, Wanted
from resolvers.matching.vocabulary import FACT_KINDS


class Picked(NamedTuple):
    """Some rows of a block, which has this number."""

    number: int
    block: Block
    places: NDArray[np.intp]


class Lookup:
    """What a feed looks up in the index: its terms, and how near each title is to its own."""

    def __init__(self, feed: CompiledFeed, index: Index):
        asked = [
            *(term for need in feed.needs for term in (*need.terms, *need.parents)),
            *(term for term, _ in feed.text_terms),
            *feed.places,
            *map(province_of, feed.places),
            ANYWHERE,
            *feed.domains,
            *feed.groups,
        ]
        self.near = index.nearness(feed.wanted)
        self.other_trades = index.other_trades(self.near)
        self.index = index
        self.all = {term: index.number(term) for term in asked if term is not None}
        self.known = [term for term, number in self.all.items() if number is not None]
        self.numbers = np.array([self.all[term] for term in self.known], np.uint32)


class Whole:
    """All rows of a block as rows to score."""

    def __init__(self, block: Block, lookup: Lookup):
        self.columns = block.columns
        self._block, self._lookup = block, lookup

    def title(self, place: int) -> Title:
        """The title that a column points to."""
        return self._lookup.index.title(place)

    def nearness(self, wanted: Wanted) -> NDArray[np.float64]:
        """How near each title is to that of the feed."""
        return self._lookup.near

    def other_trades(self, wanted: Wanted) -> NDArray[np.bool_]:
        """Which titles have roles that are not near at all."""
        return self._lookup.other_trades

    def find(self, term: str) -> Found | None:
        """The rows that have a term."""
        number = self._lookup.all[term]
        if number is None:
            return None
        found, codes = self._block.find_one(number)
        return Found(found.astype(np.intp), codes)


class Candidates:
    """Rows of several blocks as rows to score, with the terms of one feed."""

    def __init__(self, lookup: Lookup, picked: Sequence[Picked]):
        self._lookup, self._picked = lookup, picked
        self._firsts = np.cumsum([0, *(len(places) for _, _, places in picked)])
        self.columns = rows.joined([rows.taken(block.columns, places) for _, block, places in picked])
        self.sources = np.concatenate([number * BLOCK + places for number, _, places in picked])
        self.resume_ids = np.concatenate([block.resume_ids[places] for _, block, places in picked])
        pieces: list[list[Found]] = [[] for _ in lookup.known]
        for (_, block, places), first in zip(picked, self._firsts.tolist(), strict=False):
            for place, found in _entries(block, places, lookup.numbers, first):
                pieces[place].append(found)
        self._found = {
            term: Found(np.concatenate([each.rows for each in found]), np.concatenate([each.codes for each in found]))
            for term, found in zip(lookup.known, pieces, strict=True)
            if found
        }

    def title(self, place: int) -> Title:
        """The title that a column points to."""
        return self._lookup.index.title(place)

    def nearness(self, wanted: Wanted) -> NDArray[np.float64]:
        """How near each title is to that of the feed."""
        return self._lookup.near

    def other_trades(self, wanted: Wanted) -> NDArray[np.bool_]:
        """Which titles have roles that are not near at all."""
        return self._lookup.other_trades

    def find(self, term: str) -> Found | None:
        """The rows that have a term of the feed."""
        return self._found.get(term)

    def held(self) -> list[Held]:
        """The places, domains and company preferences of each resume, the strongest first."""
        parts = []
        for (_, block, places), first in zip(self._picked, self._firsts.tolist(), strict=False):
            found = block.facts(places)
            found[:, 0] = first + np.searchsorted(places, found[:, 0])
            parts.append(found[found[:, 2] > 0])
        row, number, code = np.concatenate(parts).T
        numbers, term = np.unique(number, return_inverse=True)
        terms = [self._lookup.index.term(each) for each in numbers.tolist()]
        rank = np.argsort(np.argsort(np.array(terms, np.str_)))
        kind = np.array([FACT_KINDS.index(each[:2]) for each in terms], np.int64)
        group = row * len(FACT_KINDS) + kind[term]
        order = np.lexsort((rank[term], -code, group))
        names = [terms[place] for place in term[order].tolist()]
        ends = np.searchsorted(group[order], np.arange(len(self.resume_ids) * len(FACT_KINDS)), side="right").tolist()
        each_kind = iter([tuple(names[start:end]) for start, end in zip([0, *ends], ends, strict=False)])
        return [Held(*kinds) for kinds in zip(*[each_kind] * len(FACT_KINDS), strict=True)]


def _entries(
    block: Block, places: NDArray[np.intp], numbers: NDArray[np.uint32], first: int
) -> Iterator[tuple[int, Found]]:
    """The entries of some rows of a block, which are numbered from `first` on, term by term."""
    entries = block.find(numbers)
    is_wanted = np.zeros(BLOCK, np.bool_)
    is_wanted[places] = True
    kept = entries_of(is_wanted, entries.rows)
    row_of = np.zeros(BLOCK, np.intp)
    row_of[places] = np.arange(first, first + len(places))
    found, codes = row_of[entries.rows[kept]], entries.codes[kept]
    stops = np.searchsorted(kept, entries.ends).tolist()
    start = 0
    for place, stop in enumerate(stops):
        if stop > start:
            yield place, Found(found[start:stop], codes[start:stop])
        start = stop
