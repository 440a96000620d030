"""The inverted index: which resumes have a term, in memory, kept up to date resume by resume.

What it answers depends on the resumes that it holds and on nothing else: not on their order, nor on what it held
before.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from resolvers.matching import ranking, rows
from resolvers.matching.profile import Profile
from resolvers.matching.rows import Found, Statistics
from resolvers.matching.titles import Title

_FIRST_CAPACITY = 1024
EMPTY = -1
"""The resume id of a row that holds none."""


_Held = tuple["array[int]", bytes]
"""The numbers of a row's terms, and their bytes."""

_NOTHING: _Held = (array("I"), b"")


class _Posting:
    """The rows of a term in their order, with a byte for each."""

    __slots__ = ("codes", "number", "rows", "term")

    def __init__(self, term: str, number: int):
        self.term = term
        self.number = number
        self.rows = array("I")
        self.codes = array("B")

    def put(self, row: int, code: int) -> None:
        if not self.rows or row > self.rows[-1]:
            self.rows.append(row)
            self.codes.append(code)
            return
        place = bisect_left(self.rows, row)
        if self.rows[place] == row:
            self.codes[place] = code
        else:
            self.rows.insert(place, row)
            self.codes.insert(place, code)

    def remove(self, row: int) -> None:
        place = bisect_left(self.rows, row)
        del self.rows[place]
        del self.codes[place]


class Index:
    """The resumes that can be found. Not safe for threads that write at once."""

    def __init__(self) -> None:
        self._postings: dict[str, _Posting] = {}
        self._by_number: list[_Posting | None] = []
        self._free_numbers: list[int] = []
        self._row_of: dict[int, int] = {}
        self._held: list[_Held] = []
        self._free_rows: list[int] = []
        self._title_of: dict[Title, int] = {}
        self._total_length = 0
        self._all = rows.columns(_FIRST_CAPACITY)
        self._resume_ids = np.full(_FIRST_CAPACITY, EMPTY, np.int64)
        self.titles: list[Title] = []
        """All titles that the columns point to."""

    def __len__(self) -> int:
        return len(self._row_of)

    def __contains__(self, resume_id: object) -> bool:
        return resume_id in self._row_of

    @property
    def statistics(self) -> Statistics:
        """How many resumes there are, and how long."""
        return Statistics(len(self), self._total_length / len(self) if self._row_of else 0.0)

    @property
    def columns(self) -> rows.Columns:
        """The numbers of each row, empty rows included."""
        return rows.first(self._all, len(self._held))

    @property
    def resume_ids(self) -> NDArray[np.int64]:
        """The resume of each row, or EMPTY."""
        return self._resume_ids[: len(self._held)]

    def frequency(self, term: str) -> int:
        """How many resumes have a term."""
        posting = self._postings.get(term)
        return len(posting.rows) if posting is not None else 0

    def find(self, term: str) -> Found | None:
        """The rows that have a term. What it returns may not be kept while the index changes."""
        posting = self._postings.get(term)
        if posting is None:
            return None
        return Found(np.frombuffer(posting.rows, np.uint32), np.frombuffer(posting.codes, np.uint8))

    def codes(self, row: int) -> dict[str, int]:
        """The terms of a row, each with its byte."""
        numbers, codes = self._held[row]
        return {self._term(number).term: code for number, code in zip(numbers, codes, strict=True)}

    def put(self, profile: Profile) -> None:
        """Hold a resume, in place of what is held of it."""
        row = self._row_of.get(profile.resume_id)
        if row is None:
            row = self._row()
            self._row_of[profile.resume_id] = row
            self._resume_ids[row] = profile.resume_id
        else:
            self._total_length -= int(self._all.length[row])
        before = dict(zip(*self._held[row], strict=True))
        postings = [self._posting(term) for term in profile.terms]
        for posting, code in zip(postings, profile.codes, strict=True):
            if before.pop(posting.number, None) != code:
                posting.put(row, code)
        for number in before:
            self._drop(number, row)
        self._held[row] = array("I", [posting.number for posting in postings]), profile.codes
        wish = self._title(profile.wish) if profile.wish else -1
        rows.fill(self._all, row, profile, wish, [self._title(title) for title, _ in profile.jobs])
        self._total_length += profile.length

    def remove(self, resume_id: int) -> None:
        """Forget a resume; one that is not held is none."""
        row = self._row_of.pop(resume_id, None)
        if row is None:
            return
        for number in self._held[row][0]:
            self._drop(number, row)
        self._held[row] = _NOTHING
        self._total_length -= int(self._all.length[row])
        self._resume_ids[row] = EMPTY
        self._free_rows.append(row)

    def bm25(self, terms: Iterable[str], limit: int) -> list[tuple[int, float]]:
        """The resume ids that have the terms, the best by BM25 first, with their scores; equals by their ids."""
        scores = ranking.bm25(self, self, [(term, 1.0) for term in dict.fromkeys(terms)])
        found = np.flatnonzero((scores > 0) & (self.resume_ids != EMPTY))
        order = found[np.lexsort((self.resume_ids[found], -scores[found]))][:limit]
        return [(int(self.resume_ids[row]), float(scores[row])) for row in order]

    def _row(self) -> int:
        if self._free_rows:
            return self._free_rows.pop()
        row = len(self._held)
        if row == len(self._resume_ids):
            self._all = rows.grown(self._all)
            self._resume_ids = np.concatenate([self._resume_ids, np.full_like(self._resume_ids, EMPTY)])
        self._held.append(_NOTHING)
        return row

    def _posting(self, term: str) -> _Posting:
        posting = self._postings.get(term)
        if posting is None:
            number = self._free_numbers.pop() if self._free_numbers else len(self._by_number)
            posting = self._postings[term] = _Posting(term, number)
            if number == len(self._by_number):
                self._by_number.append(posting)
            else:
                self._by_number[number] = posting
        return posting

    def _term(self, number: int) -> _Posting:
        posting = self._by_number[number]
        assert posting is not None  # noqa: S101 a number in use has its posting
        return posting

    def _drop(self, number: int, row: int) -> None:
        posting = self._term(number)
        posting.remove(row)
        if not posting.rows:
            del self._postings[posting.term]
            self._by_number[number] = None
            self._free_numbers.append(number)

    def _title(self, title: Title) -> int:
        place = self._title_of.setdefault(title, len(self.titles))
        if place == len(self.titles):
            self.titles.append(title)
        return place
