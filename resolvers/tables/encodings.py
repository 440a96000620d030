"""In which encoding a text file was saved.

A byte order mark says it. What is valid UTF-8 is UTF-8. Of GB18030 and Big5 it is the one in which the bytes are valid
and make common Chinese characters: those of the first level of GB 2312 or of Big5, which are nine in ten of any text in
the right encoding and about half in the wrong one. Where that does not decide, or both are valid and the file has fewer
than eight Chinese characters, the file is refused.
"""

import codecs
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO, Final, NamedTuple

from models.language import Message
from resolvers.tables.rows import UnreadableTable

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE: Final = ("gb18030", "big5hkscs")
_LEVELS: Final = (("gb2312", b"\xb0\xa1", b"\xd7\xfe"), ("big5", b"\xa4\x40", b"\xc6\x7e"))
"""The codecs that order characters by how common they are, and the first and last of the common ones."""
_LEAST_SHARE: Final = 0.5
"""How many of the Chinese characters are common at least, or it is no Chinese text at all."""
_LEAST_LEAD: Final = 0.15
"""By how much the share of one encoding exceeds that of the other, or either may be meant."""
_LEAST_CHARACTERS: Final = 8
_ADVICE: Final = Message("Save it as “CSV UTF-8”.")
_BLOCK: Final = 1024 * 1024
_SAMPLE: Final = 1024 * 1024


class _Evidence(NamedTuple):
    """How many Chinese characters a text has in an encoding, and the share of common ones among them."""

    characters: int
    share: float


def encoding_of(file: BinaryIO, name: str) -> str:
    """The name of the codec that reads the file. Raises UnreadableTable where it cannot be told."""
    file.seek(0)
    beginning = file.read(4096)
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            if _evidence(file, encoding) is None:
                raise UnreadableTable(
                    "{name} begins as {encoding} and is not valid {encoding}. {advice}",
                    name=name,
                    encoding=encoding.upper(),
                    advice=_ADVICE,
                )
            return encoding
    for encoding in ("utf-8", *_unmarked_utf16(beginning)):
        if _evidence(file, encoding) is not None:
            return encoding
    found = {encoding: evidence for encoding in _CHINESE if (evidence := _evidence(file, encoding)) is not None}
    if not any(evidence.share >= _LEAST_SHARE for evidence in found.values()):
        raise UnreadableTable("{name} is neither UTF-8 nor GB18030 nor Big5. {advice}", name=name, advice=_ADVICE)
    best = max(found, key=lambda encoding: found[encoding].share)
    for encoding, evidence in found.items():
        is_close = found[best].share - evidence.share < _LEAST_LEAD or found[best].characters < _LEAST_CHARACTERS
        if encoding != best and is_close:
            raise UnreadableTable("{name} could be GB18030 as well as Big5. {advice}", name=name, advice=_ADVICE)
    return best


def _unmarked_utf16(beginning: bytes) -> tuple[str, ...]:
    """UTF-16 where every other byte is often zero: digits, commas and ends of lines."""
    if beginning.count(0) * 8 < len(beginning):
        return ()
    return ("utf-16-le",) if beginning[1::2].count(0) > beginning[::2].count(0) else ("utf-16-be",)


def _evidence(file: BinaryIO, encoding: str) -> _Evidence | None:
    """None if the file is not in this encoding."""
    counts: Counter[str] = Counter()
    read = 0
    try:
        for text in _decoded(file, encoding):
            if encoding in _CHINESE and read < _SAMPLE:
                counts.update(text)
            read += len(text)
    except UnicodeDecodeError:
        return None
    others = sum(count for character, count in counts.items() if character > "\x7f" and not _is_neutral(character))
    common = sum(count for character, count in counts.items() if character > "\x7f" and _is_common(character))
    return _Evidence(others, common / others if others else 1.0)


def _decoded(file: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    while block := file.read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _is_neutral(character: str) -> bool:
    """Punctuation and full-width forms, which either encoding has."""
    return unicodedata.category(character)[0] in "PZ" or "\uff01" <= character <= "\uff5e"


@cache
def _is_common(character: str) -> bool:
    return any(first <= character.encode(codec, "ignore") <= last for codec, first, last in _LEVELS)
