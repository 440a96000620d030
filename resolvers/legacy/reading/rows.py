"""What readers yield, and what they raise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class UnreadableSource(Exception):
    """The file is none that can be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read, and why."""

    reason: str


Values = Mapping[str, Any]
"""A row by its columns; of a document, by its fields."""


class Table(Protocol):
    """One table of a source."""

    @property
    def columns(self) -> frozenset[str] | None:
        """The names of its columns; None for documents, which may have any."""

    @property
    def size(self) -> int:
        """Its length in bytes."""

    done: int
    """How many of them were read."""

    def rows(self, *, skip: int = 0) -> Iterator[Values | Broken]:
        """The rows, without the first `skip`. Raises UnreadableSource."""


class Source(Protocol):
    """The tables of a predecessor."""

    @property
    def fingerprint(self) -> str:
        """Of the files: another one means other rows, or other places of them."""

    def table(self, name: str) -> "Table | None":
        """A table by its name, whatever the case of its letters."""

    @property
    def names(self) -> list[str]:
        """The names of all tables."""
