"""What the bytes of a dump mean, and whether it has its end."""

import re
from enum import Enum
from typing import BinaryIO

from resolvers.legacy.reading.rows import UnreadableSource

MARK = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8."""
UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SET = re.compile(rb"\s*(?:/\*![0-9]*\s*)?SET\s+NAMES\s+['\"]?(\w+)", re.IGNORECASE)
_OURS = ("utf8", "utf8mb3", "utf8mb4", "binary", "ascii")
_HEADS = (b"-- MySQL dump ", b"-- MariaDB dump ")
_END = b"-- Dump completed"
_LOOKED_AT = 1 << 16


class Encoding(Enum):
    """How a dump is encoded. In both, quotes and backslashes are bytes of their own, which in GBK they are not."""

    UTF8 = "utf8"
    LATIN1 = "latin1"
    """Or UTF-8 still: old programs keep it in columns of latin1, and such a dump has the bytes as they are."""

    def read(self, value: str) -> str:
        """The text of bytes that were read as UTF-8, where those that are none are lone surrogates."""
        if self is Encoding.UTF8 or value.isascii():
            return value
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode(errors="surrogateescape").decode("cp1252", errors="replace")
        return value


def encoding_of(head: bytes) -> Encoding | None:
    """What a SET NAMES says; None for other statements. Raises UnreadableSource."""
    found = _SET.match(head)
    if found is None:
        return None
    name = found[1].decode().lower()
    if name in _OURS:
        return Encoding.UTF8
    if name == "latin1":
        return Encoding.LATIN1
    raise UnreadableSource(f"The dump is in {name}: write it with --default-character-set=utf8mb4.")


def check_unicode(file: BinaryIO) -> None:
    """Raise UnreadableSource for a dump in UTF-16."""
    file.seek(0)
    if file.read(2) in UTF16:
        raise UnreadableSource("The dump is in UTF-16, as PowerShell's > makes it: write it with --result-file=FILE.")


def check_complete(file: BinaryIO) -> None:
    """Raise UnreadableSource for a dump of mysqldump or mariadb-dump without its last line."""
    file.seek(0)
    head = file.read(512)
    if not any(each in head for each in _HEADS):
        return
    length = file.seek(0, 2)
    file.seek(max(0, length - _LOOKED_AT))
    if _END not in file.read():
        raise UnreadableSource('The dump is not complete: it does not end with "-- Dump completed".')
