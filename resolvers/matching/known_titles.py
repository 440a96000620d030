"""All titles that resumes have, and how near each is to one that is looked for."""

from array import array
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from resolvers.matching.titles import Title, Wanted, pairs


class KnownTitles:
    """Titles by their places. They stay when nobody has them any more: others will."""

    def __init__(self) -> None:
        self._titles: list[Title] = []
        self._places: dict[Title, int] = {}
        self._have_roles = bytearray()
        self._by_role: defaultdict[str, array[int]] = defaultdict(_numbers)
        self._by_pair: defaultdict[str, array[int]] = defaultdict(_numbers)
        self._by_pair_alone: defaultdict[str, array[int]] = defaultdict(_numbers)

    def __getitem__(self, place: int) -> Title:
        return self._titles[place]

    def add(self, title: Title) -> int:
        """The place of a title."""
        place = self._places.setdefault(title, len(self._titles))
        if place == len(self._titles):
            self._titles.append(title)
            self._have_roles.append(bool(title.roles))
            for role in title.roles:
                self._by_role[role].append(place)
            by_pair = self._by_pair if title.roles else self._by_pair_alone
            for pair in pairs(title):
                by_pair[pair].append(place)
        return place

    def nearness(self, wanted: Wanted) -> NDArray[np.float64]:
        """How near each is to the one that is looked for; the last is none."""
        near = np.zeros(len(self._titles) + 1)
        places = _union(self._by_pair_alone, wanted.pairs)
        places |= _union(self._by_role, wanted.roles) if wanted.roles else _union(self._by_pair, wanted.pairs)
        for place in places:
            near[place] = wanted.nearness(self._titles[place])
        return near

    def other_trades(self, near: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which have roles that are not `near` at all."""
        have_roles = np.array([*self._have_roles, False], np.bool_)
        return have_roles & np.equal(near, 0)


def _numbers() -> "array[int]":
    return array("I")


def _union(lists: "defaultdict[str, array[int]]", keys: Iterable[str]) -> set[int]:
    return {place for key in keys for place in lists.get(key, ())}
