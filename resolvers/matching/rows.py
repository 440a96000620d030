"""The input of the scorer: resumes as columns of numbers, and the bytes of evidence of each term."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from resolvers.matching.profile import MAX_JOBS, Profile
from resolvers.matching.titles import Title, Wanted
from resolvers.matching.vocabulary import FACT_KINDS


class Columns(NamedTuple):
    """The numbers of many resumes. `wish` and `jobs` are places in a list of titles, -1 for none."""

    level: NDArray[np.int8]
    years: NDArray[np.int8]
    degree: NDArray[np.int8]
    salary_min: NDArray[np.int32]
    salary_max: NDArray[np.int32]
    length: NDArray[np.int32]
    flags: NDArray[np.uint8]
    wish: NDArray[np.int32]
    jobs: NDArray[np.int32]
    weights: NDArray[np.uint8]
    spent: NDArray[np.uint8]


class Found(NamedTuple):
    """The rows that have a term, and its byte in each."""

    rows: NDArray[np.intp]
    codes: NDArray[np.uint8]


class Held(NamedTuple):
    """The places, domains and company preferences of a resume: the strongest first, equals as they are sorted."""

    cities: tuple[str, ...]
    provinces: tuple[str, ...]
    domains: tuple[str, ...]
    groups: tuple[str, ...]


class NumberedRows(Protocol):
    """The numbers of resumes, and what their titles are to a feed."""

    @property
    def columns(self) -> Columns:
        """The numbers."""

    def nearness(self, wanted: Wanted) -> NDArray[np.float64]:
        """How near each of their titles is to the one that is looked for; 0 for none, which is the last."""

    def other_trades(self, wanted: Wanted) -> NDArray[np.bool_]:
        """Which of these titles have roles that are not near at all."""


class Rows(NumberedRows, Protocol):
    """Resumes to score."""

    def title(self, place: int) -> Title:
        """What a `wish` or a job points to."""

    def find(self, term: str) -> Found | None:
        """The rows that have a term; None where none has."""


class Some:
    """Some of other rows, without their terms."""

    def __init__(self, every: NumberedRows, which: NDArray[np.intp]):
        self._every = every
        self.columns = taken(every.columns, which)

    def nearness(self, wanted: Wanted) -> NDArray[np.float64]:
        """How near each title is."""
        return self._every.nearness(wanted)

    def other_trades(self, wanted: Wanted) -> NDArray[np.bool_]:
        """Which titles have roles that are not near at all."""
        return self._every.other_trades(wanted)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What makes words rare: taken from all resumes of the index."""

    count: int
    average_length: float


def first(many: Columns, count: int) -> Columns:
    """The first rows of columns, without copying them."""
    return Columns(**{name: getattr(many, name)[:count] for name in Columns._fields})


def taken(many: Columns, which: NDArray[np.intp] | NDArray[np.bool_]) -> Columns:
    """Some rows of columns."""
    return Columns(**{name: getattr(many, name)[which] for name in Columns._fields})


def joined(parts: Sequence[Columns]) -> Columns:
    """The rows of several, one after another."""
    if len(parts) == 1:
        return parts[0]
    return Columns(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in Columns._fields})


def columns(capacity: int) -> Columns:
    """Columns for that many resumes."""
    return Columns(
        level=np.zeros(capacity, np.int8),
        years=np.zeros(capacity, np.int8),
        degree=np.zeros(capacity, np.int8),
        salary_min=np.zeros(capacity, np.int32),
        salary_max=np.zeros(capacity, np.int32),
        length=np.zeros(capacity, np.int32),
        flags=np.zeros(capacity, np.uint8),
        wish=np.zeros(capacity, np.int32),
        jobs=np.zeros((capacity, MAX_JOBS), np.int32),
        weights=np.zeros((capacity, MAX_JOBS), np.uint8),
        spent=np.zeros((capacity, MAX_JOBS), np.uint8),
    )


def fill(target: Columns, row: int, profile: Profile, wish: int, jobs: Sequence[int]) -> None:
    """Write a profile's numbers into a row; `wish` and `jobs` are the places of its titles."""
    target.level[row] = profile.level
    target.years[row] = profile.years
    target.degree[row] = profile.degree
    target.salary_min[row] = profile.salary_min
    target.salary_max[row] = profile.salary_max
    target.length[row] = profile.length
    target.flags[row] = profile.flags
    target.wish[row] = wish
    missing = MAX_JOBS - len(jobs)
    target.jobs[row] = (*jobs, *[-1] * missing)
    target.weights[row] = (*(weight for _, weight in profile.jobs), *[0] * missing)
    target.spent[row] = (*profile.spent, *[0] * (MAX_JOBS - len(profile.spent)))


_FIRST = np.zeros(1, np.intp)


class OneRow:
    """A single resume, that need not be in an index."""

    def __init__(self, profile: Profile):
        titles = [profile.wish, *(title for title, _ in profile.jobs)]
        self._profile = profile
        self._titles: Sequence[Title] = titles
        self.columns = columns(1)
        fill(self.columns, 0, profile, 0 if profile.wish else -1, range(1, len(titles)))
        values = np.frombuffer(profile.codes, np.uint8)
        self._found = {term: Found(_FIRST, values[place : place + 1]) for place, term in enumerate(profile.terms)}

    def title(self, place: int) -> Title:
        """One of its titles."""
        return self._titles[place]

    def nearness(self, wanted: Wanted) -> NDArray[np.float64]:
        """How near its titles are."""
        return np.array([*map(wanted.nearness, self._titles), 0.0])

    def other_trades(self, wanted: Wanted) -> NDArray[np.bool_]:
        """Which of its titles have roles that are not near at all."""
        return np.array([*(bool(each.roles) and not wanted.nearness(each) for each in self._titles), False])

    def find(self, term: str) -> Found | None:
        """The row if it has the term."""
        return self._found.get(term)

    def held(self) -> Held:
        """Its places, domains and company preferences, the strongest first."""
        found: dict[str, list[str]] = {kind: [] for kind in FACT_KINDS}
        held = zip(self._profile.terms, self._profile.codes, strict=True)
        for _, term in sorted([(-code, term) for term, code in held if code and term.startswith(FACT_KINDS)]):
            found[term[:2]].append(term)
        return Held(*map(tuple, found.values()))
