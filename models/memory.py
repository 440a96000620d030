"""LRU caches that are bounded by bytes."""

from collections.abc import Hashable
from operator import itemgetter
from typing import Generic, TypeVar

from cachetools import LRUCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ANONYMOUS_SHARE = 4
"""Clients that are not signed in have one part in so many of what is remembered for clients."""
LARGEST_SHARE = 8
"""What would take more than one part in so many of a memory is not remembered at all."""


class Kept(Generic[K, V]):
    """Remembers the values used last, as long as they take no more than so many bytes together."""

    def __init__(self, size: int) -> None:
        self._largest = size // LARGEST_SHARE
        self._entries: LRUCache[K, tuple[V, int]] = LRUCache(size, getsizeof=itemgetter(1))

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    @property
    def size(self) -> int:
        """The bytes of what is remembered."""
        return int(self._entries.currsize)

    def get(self, key: K) -> V | None:
        """The value of the key, if it is remembered."""
        try:
            return self._entries[key][0]  # `get` would look twice
        except KeyError:
            return None

    def put(self, key: K, value: V, size: int) -> None:
        """Remember a value that takes so many bytes, unless that is too much for one."""
        if size <= self._largest:
            self._entries[key] = (value, size)
        else:
            self._entries.pop(key, None)

    def take(self, key: K) -> tuple[V, int] | None:
        """The value of the key and its size, which are forgotten."""
        found: tuple[V, int] | None = self._entries.pop(key, None)
        return found


class Shares(Generic[K, V]):
    """What is remembered for clients: those that are not signed in push out nothing of those that are."""

    def __init__(self, size: int) -> None:
        self.anonymous: Kept[K, V] = Kept(size // ANONYMOUS_SHARE)
        self.signed_in: Kept[K, V] = Kept(size - size // ANONYMOUS_SHARE)

    def __len__(self) -> int:
        return len(self.anonymous) + len(self.signed_in)

    def __contains__(self, key: K) -> bool:
        return key in self.signed_in or key in self.anonymous

    @property
    def size(self) -> int:
        """The bytes of what is remembered."""
        return self.anonymous.size + self.signed_in.size

    def get(self, key: K, *, is_signed_in: bool) -> V | None:
        """The value of the key, if it is remembered for anybody; what both use is the signed-in clients'."""
        found = self.signed_in.get(key)
        if found is None and is_signed_in and (taken := self.anonymous.take(key)) is not None:
            self.signed_in.put(key, *taken)
            return taken[0]
        return self.anonymous.get(key) if found is None else found

    def put(self, key: K, value: V, size: int, *, is_signed_in: bool) -> None:
        """Remember a value that takes so many bytes."""
        if is_signed_in:
            self.anonymous.take(key)
            self.signed_in.put(key, value, size)
        elif key not in self.signed_in:
            self.anonymous.put(key, value, size)
