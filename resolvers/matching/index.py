"""The resumes that can be found, in memory, kept up to date resume by resume.

What it answers depends on the resumes that it holds and on nothing else: not on their order, nor on what it held
before.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from resolvers.matching.blocks import Block, GrowingBlock, PackedBlock
from resolvers.matching.known_titles import KnownTitles
from resolvers.matching.postings import BLOCK
from resolvers.matching.profile import Profile
from resolvers.matching.rows import Statistics
from resolvers.matching.titles import Title, Wanted
from resolvers.matching.vocabulary import Vocabulary

_MOST_DEAD = 4
"""A block is packed anew when one row of so many is not alive any more."""


class Index:
    """The resumes that can be found. Not safe for threads that write at once."""

    def __init__(self, block_size: int = BLOCK) -> None:
        self._block_size = block_size
        self._vocabulary = Vocabulary()
        self._titles = KnownTitles()
        self._growing = GrowingBlock()
        self._recent: dict[int, int] = {}
        self._packed: list[PackedBlock] = []
        self._losing: set[PackedBlock] = set()
        self._ids = np.zeros(0, np.int64)
        self._places = np.zeros(0, np.uint32)
        self._count = 0
        self._total_length = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, resume_id: int) -> bool:
        return self._place(resume_id) is not None

    @property
    def statistics(self) -> Statistics:
        """How many resumes there are, and how long."""
        return Statistics(self._count, self._total_length / self._count if self._count else 0.0)

    @property
    def blocks(self) -> Iterator[Block]:
        """All rows."""
        return chain(self._packed, (self._growing,) if self._growing.size else ())

    def frequency(self, term: str) -> int:
        """How many resumes have a term."""
        if self._losing:
            self._count_lost()
        return self._vocabulary.frequency(term)

    def number(self, term: str) -> int | None:
        """The number of a term in the blocks; None where no resume has it."""
        if self._losing:
            self._count_lost()
        return self._vocabulary.number(term)

    def term(self, number: int) -> str:
        """The term of a number."""
        return self._vocabulary.term(number)

    def title(self, place: int) -> Title:
        """The title that a column points to."""
        return self._titles[place]

    def nearness(self, wanted: Wanted) -> NDArray[np.float64]:
        """How near each title is to the one that is looked for; 0 for none, which is the last."""
        return self._titles.nearness(wanted)

    def other_trades(self, near: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which titles have roles that are not `near` at all."""
        return self._titles.other_trades(near)

    def put(self, profile: Profile) -> None:
        """Hold a resume, in place of what is held of it."""
        self.remove(profile.resume_id)
        if self._growing.size == self._block_size:
            self._pack([self._growing])
        numbers = self._vocabulary.add(profile.terms)
        wish = self._titles.add(profile.wish) if profile.wish else -1
        jobs = [self._titles.add(title) for title, _ in profile.jobs]
        self._recent[profile.resume_id] = self._growing.add(profile, numbers, wish, jobs)
        self._count += 1
        self._total_length += profile.length

    def remove(self, resume_id: int) -> None:
        """Forget a resume; one that is not held is none."""
        found = self._place(resume_id)
        if found is None:
            return
        block, row = found
        self._count -= 1
        self._total_length -= block.length(row)
        block.take_away(row)
        if isinstance(block, PackedBlock):
            self._losing.add(block)
            if block.dead * _MOST_DEAD > block.size:
                self._pack_again(block)
            return
        del self._recent[resume_id]
        terms = self._growing.terms(row)
        self._vocabulary.drop(terms, [1] * len(terms))

    def _place(self, resume_id: int) -> tuple[Block, int] | None:
        row = self._recent.get(resume_id)
        if row is not None:
            return self._growing, row
        place = int(np.searchsorted(self._ids, resume_id))
        if place == len(self._ids) or self._ids[place] != resume_id:
            return None
        number, row = divmod(int(self._places[place]), BLOCK)
        block = self._packed[number]
        return (block, row) if block.alive[row] else None

    def _pack_again(self, block: PackedBlock) -> None:
        """Without its dead rows, and together with another one if that has room."""
        self._count_lost()
        room = self._block_size - block.count
        others = [other for other in self._packed if other is not block and other.count <= room]
        self._pack([block, *others[:1]])

    def _pack(self, parts: Sequence[Block]) -> None:
        """Pack blocks into one."""
        packed = [block for block in self._packed if block not in parts]
        if any(part.count for part in parts):
            packed.append(PackedBlock(parts))
        if self._growing in parts:
            self._growing, self._recent = GrowingBlock(), {}
        self._packed = packed
        none = np.zeros(0, np.int64)
        rows = [number * BLOCK + np.flatnonzero(block.alive) for number, block in enumerate(packed)]
        ids = np.concatenate([none, *(block.resume_ids[block.alive] for block in packed)])
        order = np.argsort(ids, kind="stable")
        self._ids = ids[order]
        self._places = np.concatenate([none, *rows])[order].astype(np.uint32)

    def _count_lost(self) -> None:
        """Let the vocabulary count what packed blocks lost."""
        for block in self._losing:
            self._vocabulary.drop(*block.lost())
        self._losing.clear()
