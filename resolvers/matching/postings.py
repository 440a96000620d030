"""Which rows of a block have a term, with a byte for each: packed for good, or growing row by row."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resolvers.matching.vocabulary import FACTS

BLOCK = 1 << 15
"""The most rows of a block: their numbers take two bytes, and what is computed for them stays in the cache."""
_PART = 1 << 16


class Entries(NamedTuple):
    """The entries of several terms, one after another; those of the n-th end at `ends[n]`."""

    rows: NDArray[np.uint16]
    codes: NDArray[np.uint8]
    ends: NDArray[np.int64]


class Packed:
    """The postings of a block that does not grow: the numbers of its terms in their order, and where each begins."""

    __slots__ = ("codes", "rows", "starts", "terms")

    def __init__(
        self,
        terms: NDArray[np.uint32],
        starts: NDArray[np.uint32],
        rows: NDArray[np.uint16],
        codes: NDArray[np.uint8],
    ):
        self.terms, self.starts, self.rows, self.codes = terms, starts, rows, codes

    @classmethod
    def joined(cls, parts: Sequence["Packed"]) -> "Packed":
        """All entries of several, which have no row in common; the later parts have the higher rows."""
        if len(parts) == 1:
            return parts[0]
        numbers = np.concatenate([np.repeat(part.terms, np.diff(part.starts)) for part in parts])
        order = np.argsort(numbers, kind="stable")
        terms, starts = np.unique(numbers[order], return_index=True)
        rows = np.concatenate([part.rows for part in parts])[order]
        codes = np.concatenate([part.codes for part in parts])[order]
        return cls(terms, np.append(starts, len(rows)).astype(np.uint32), rows, codes)

    def only(self, is_kept: NDArray[np.bool_], first: int) -> "Packed":
        """The entries of the rows that are kept, which are numbered anew, from `first` on."""
        if first == 0 and is_kept.all():
            return self
        renumbered = (np.cumsum(is_kept) - 1 + first).astype(np.uint16)
        kept = entries_of(is_kept, self.rows)
        rows = renumbered[self.rows[kept]]
        starts = np.searchsorted(kept, self.starts).astype(np.uint32)
        is_left = starts[1:] > starts[:-1]
        return Packed(self.terms[is_left], np.append(starts[:-1][is_left], starts[-1]), rows, self.codes[kept])

    def find(self, numbers: NDArray[np.uint32]) -> Entries:
        """The entries of these terms."""
        if not len(self.terms) or not len(numbers):
            return Entries(self.rows[:0], self.codes[:0], np.zeros(len(numbers), np.int64))
        places = np.minimum(np.searchsorted(self.terms, numbers), len(self.terms) - 1)
        is_there = self.terms[places] == numbers
        starts = np.where(is_there, self.starts[places], 0)
        stops = np.where(is_there, self.starts[places + 1], 0)
        spans = [slice(*span) for span in zip(starts.tolist(), stops.tolist(), strict=True)]
        rows = np.concatenate([self.rows[span] for span in spans])
        codes = np.concatenate([self.codes[span] for span in spans])
        return Entries(rows, codes, np.cumsum(stops.astype(np.int64) - starts))

    def find_one(self, number: int) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
        """The entries of one term."""
        place = int(np.searchsorted(self.terms, np.uint32(number)))
        if place == len(self.terms) or self.terms[place] != number:
            return self.rows[:0], self.codes[:0]
        span = slice(int(self.starts[place]), int(self.starts[place + 1]))
        return self.rows[span], self.codes[span]

    def facts(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """The facts of some rows: row, number and byte of each."""
        first = int(self.starts[np.searchsorted(self.terms, FACTS)])
        found = first + entries_of(_mask(rows), self.rows[first:])
        places = np.searchsorted(self.starts, found, side="right") - 1
        return np.column_stack([self.rows[found], self.terms[places], self.codes[found]]).astype(np.int64)

    def counts(self, rows: Sequence[int]) -> tuple[list[int], list[int]]:
        """The terms of some rows, and how many of these have each."""
        found = np.flatnonzero(self.rows == rows[0]) if len(rows) == 1 else entries_of(_mask(rows), self.rows)
        places = np.searchsorted(self.starts, found, side="right") - 1
        counts = np.bincount(places, minlength=len(self.terms))
        has_any = np.flatnonzero(counts)
        return self.terms[has_any].tolist(), counts[has_any].tolist()


def entries_of(is_wanted: NDArray[np.bool_], among: NDArray[np.uint16]) -> NDArray[np.intp]:
    """The places of the entries of some rows; a part at a time, which takes less memory and time."""
    found = [start + np.flatnonzero(is_wanted[among[start : start + _PART]]) for start in range(0, len(among), _PART)]
    return np.concatenate(found) if found else np.zeros(0, np.intp)


def _mask(rows: Sequence[int] | NDArray[np.intp]) -> NDArray[np.bool_]:
    mask = np.zeros(BLOCK, np.bool_)
    mask[rows] = True
    return mask


class _Posting:
    __slots__ = ("codes", "rows")

    def __init__(self) -> None:
        self.rows = array("H")
        self.codes = bytearray()


class Growing:
    """The postings of the block that new rows come to."""

    def __init__(self) -> None:
        self._postings: dict[int, _Posting] = {}
        self._numbers = array("I")
        self._ends = array("I", [0])

    def add(self, numbers: "array[int]", codes: bytes) -> None:
        """Add the next row."""
        row = len(self._ends) - 1
        postings = self._postings
        for number, code in zip(numbers, codes, strict=True):
            posting = postings.get(number)
            if posting is None:
                posting = postings[number] = _Posting()
            posting.rows.append(row)
            posting.codes.append(code)
        self._numbers.extend(numbers)
        self._ends.append(len(self._numbers))

    def find(self, numbers: NDArray[np.uint32]) -> Entries:
        """The entries of these terms."""
        found = [self._postings.get(number, _NONE) for number in numbers.tolist()]
        return Entries(
            np.frombuffer(b"".join([posting.rows for posting in found]), np.uint16),
            np.frombuffer(b"".join([posting.codes for posting in found]), np.uint8),
            np.cumsum([len(posting.rows) for posting in found], dtype=np.int64),
        )

    def find_one(self, number: int) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
        """The entries of one term."""
        rows, codes, _ = self.find(np.array([number], np.uint32))
        return rows, codes

    def facts(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """The facts of some rows: row, number and byte of each."""
        found = [
            (row, number, posting.codes[bisect_left(posting.rows, row)])
            for row in rows.tolist()
            for number in self.held(row)
            if number >= FACTS and (posting := self._postings[number])
        ]
        return np.array(found, np.int64).reshape(-1, 3)

    def held(self, row: int) -> "array[int]":
        """The terms of a row."""
        return self._numbers[self._ends[row] : self._ends[row + 1]]

    def packed(self) -> Packed:
        """The same, packed."""
        terms = np.sort(np.fromiter(self._postings, np.uint32, len(self._postings)))
        rows, codes, ends = self.find(terms)
        return Packed(terms, np.concatenate([[0], ends]).astype(np.uint32), rows, codes)


_NONE = _Posting()
