"""A memory of what belongs to texts, such as documents, that holds as much as it may and no more."""

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Texts(Generic[T]):
    """Remembers the values of the keys used last, as long as their texts together are no longer than `characters`."""

    def __init__(self, characters: int) -> None:
        self._left = characters
        self._values: OrderedDict[str, tuple[T, int]] = OrderedDict()

    def get(self, key: str) -> T | None:
        """The value of the key, if it is remembered."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: str, value: T, characters: int) -> None:
        """Remember the value, which stands for a text of that length."""
        if (replaced := self._values.pop(key, None)) is not None:
            self._left += replaced[1]
        self._values[key] = (value, characters)
        self._left -= characters
        while self._left < 0:
            _, (_, freed) = self._values.popitem(last=False)
            self._left += freed
