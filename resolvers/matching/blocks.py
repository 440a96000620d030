"""Blocks of resumes: their numbers as columns, and the postings of their terms."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from resolvers.matching import rows
from resolvers.matching.postings import BLOCK, Entries, Growing, Packed
from resolvers.matching.profile import Profile


class Block:
    """Up to BLOCK rows. One that is taken away stays until the block is packed anew, but is not alive."""

    def __init__(
        self, resume_ids: NDArray[np.int64], columns: rows.Columns, postings: Packed | Growing, size: int
    ) -> None:
        self._resume_ids = resume_ids
        self._alive = np.ones(len(resume_ids), np.bool_)
        self._columns = columns
        self._postings = postings
        self.size = size
        self.dead = 0

    @property
    def resume_ids(self) -> NDArray[np.int64]:
        """The resume of each row."""
        return self._resume_ids[: self.size]

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Whether each row is held."""
        return self._alive[: self.size]

    @property
    def columns(self) -> rows.Columns:
        """The numbers of each row."""
        return rows.first(self._columns, self.size)

    @property
    def count(self) -> int:
        """How many rows are alive."""
        return self.size - self.dead

    def length(self, row: int) -> int:
        """How long the resume of a row is."""
        return int(self._columns.length[row])

    def find(self, numbers: NDArray[np.uint32]) -> Entries:
        """The entries of these terms, those of rows that are not alive included."""
        return self._postings.find(numbers)

    def find_one(self, number: int) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
        """The entries of one term."""
        return self._postings.find_one(number)

    def facts(self, places: NDArray[np.intp]) -> NDArray[np.int64]:
        """The facts of some rows: row, number and byte of each."""
        return self._postings.facts(places)

    def take_away(self, row: int) -> None:
        """Hold a row no longer."""
        self._alive[row] = False
        self.dead += 1

    def packed(self, first: int) -> Packed:
        """The postings of the rows that are alive, numbered from `first` on."""
        postings = self._postings
        return (postings.packed() if isinstance(postings, Growing) else postings).only(self.alive, first)


class GrowingBlock(Block):
    """The block that new resumes come to."""

    def __init__(self) -> None:
        self._growing = Growing()
        super().__init__(np.zeros(BLOCK, np.int64), rows.columns(BLOCK), self._growing, 0)

    def add(self, profile: Profile, numbers: "array[int]", wish: int, jobs: Sequence[int]) -> int:
        """Add a resume, whose terms and titles have these numbers; its row."""
        row = self.size
        self._growing.add(numbers, profile.codes)
        self._resume_ids[row] = profile.resume_id
        rows.fill(self._columns, row, profile, wish, jobs)
        self.size += 1
        return row

    def terms(self, row: int) -> "array[int]":
        """The terms of a row."""
        return self._growing.held(row)


class PackedBlock(Block):
    """A block that only loses rows, made of what is alive in others, which have no more than BLOCK together."""

    def __init__(self, parts: Sequence[Block]):
        counts = [part.count for part in parts]
        firsts = [sum(counts[:place]) for place in range(len(parts))]
        self._packed = Packed.joined([part.packed(first) for part, first in zip(parts, firsts, strict=True)])
        resume_ids = np.concatenate([part.resume_ids[part.alive] for part in parts])
        columns = rows.joined([rows.taken(part.columns, part.alive) for part in parts])
        super().__init__(resume_ids, columns, self._packed, len(resume_ids))
        self.uncounted: list[int] = []

    def take_away(self, row: int) -> None:
        """Hold a row no longer. Its terms are found later, those of many rows at once."""
        super().take_away(row)
        self.uncounted.append(row)

    def lost(self) -> tuple[list[int], list[int]]:
        """The terms of the rows that were taken away since this was asked, and how many of these had each."""
        found = self._packed.counts(self.uncounted)
        self.uncounted = []
        return found
