"""Where the statements of an SQL dump stand: one pass over the file in chunks, however large it is.

A statement ends where its delimiter stands outside of texts, names and comments. What tells them apart is a regular
expression over bytes: in UTF-8 no part of a longer character looks like one of these.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from resolvers.legacy.reading.encoded import MARK
from resolvers.legacy.reading.rows import UnreadableSource

CHUNK = 1 << 20
MAX_TOKEN = 256 << 20
"""The longest text that a dump may hold; MySQL's own limit is 1 GB."""
HEAD = 65_536
"""So much of a statement is kept to see what it is."""
_TOKEN = re.compile(
    rb"""(?P<run>(?:[^'"`;#/\-dD\\$|]++|'(?:[^'\\]++|\\.|'')*+'|"(?:[^"\\]++|\\.|"")*+"|`[^`]*+`)++)
    |(?P<comment>--(?=\s)[^\n]*+\n|\#[^\n]*+\n|/\*(?!!).*?\*/)
    |(?P<delimiter>(?:(?<=\n)|\A)DELIMITER[ \t]++(\S++)[ \t]*+\r?\n)
    |(?P<open>['"`]|/\*(?!!)|--(?=\s|\Z)|\#|(?:(?<=\n)|\A)DELIMITER\b)
    |(?P<other>.)""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
"""A run of what cannot end a statement, a comment, a command of the client, the beginning of what has no end yet."""
_LONGEST_MARK = 16
"""What begins nearer to the end of a chunk may be the beginning of something else."""


class Statement(NamedTuple):
    """A statement by the bytes that it begins and ends at, its beginning, and whether its delimiter is there."""

    start: int
    end: int
    head: bytes
    is_ended: bool


def statements(file: BinaryIO) -> Iterator[Statement]:
    """The statements of a dump. Raises UnreadableSource where a text or a comment has no end."""
    file.seek(0)
    base = len(MARK) if file.read(len(MARK)) == MARK else 0
    file.seek(base)
    delimiter, buffer = b";", b""
    start, head, is_last = base, bytearray(), False
    while not is_last:
        chunk = file.read(CHUNK)
        is_last = not chunk
        buffer += chunk
        place = 0
        while (found := _TOKEN.match(buffer, place)) is not None:
            kind = found.lastgroup
            if kind != "run" and found.end() + _LONGEST_MARK > len(buffer) and not is_last:
                break
            if kind == "other" and buffer.startswith(delimiter, place):
                yield Statement(start, base + place, bytes(head), True)
                place += len(delimiter)
                start, head = base + place, bytearray()
                continue
            if kind == "open":
                if not is_last:
                    break
                if found[0][:1] in b"'\"`/":
                    raise UnreadableSource(f"What begins at byte {base + place} has no end: is the dump complete?")
                place = len(buffer)  # the last line is a comment, or a command of the client
                break
            place = found.end()
            if kind == "delimiter":
                delimiter = found[0].split()[1]
                start, head = base + place, bytearray()
            elif kind != "comment" and len(head) < HEAD:
                head += found[0][: HEAD - len(head)]
        buffer, base = buffer[place:], base + place
        if len(buffer) > MAX_TOKEN:
            raise UnreadableSource(f"What begins at byte {base} is longer than {MAX_TOKEN >> 20} MB.")
    if head.strip():
        yield Statement(start, base, bytes(head), False)
