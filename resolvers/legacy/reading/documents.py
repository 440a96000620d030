"""Tables that are files of JSON documents: one a line, as mongoexport writes them, or in an array of any form."""

import json
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

from bson import DatetimeMS, ObjectId, json_util
from bson.codec_options import DatetimeConversion
from bson.decimal128 import Decimal128
from bson.errors import BSONError

from resolvers.legacy.reading.encoded import MARK, UTF16
from resolvers.legacy.reading.rows import Broken, UnreadableSource, Values
from resolvers.legacy.reading.tabular import MAX_LINE

_OPTIONS = json_util.JSONOptions(tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO)
_CHUNK = 1 << 20
_BETWEEN = " \t\r\n,"


class DocumentTable:
    """A file of documents in (extended) JSON. Raises UnreadableSource."""

    columns = None

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self.done = 0
        self._path = path
        with path.open("rb") as file:
            head = file.read(_CHUNK)
            file.seek(max(0, self.size - _CHUNK))
            tail = file.read()
        if head[:2] in UTF16:
            raise UnreadableSource(f"{path.name} is in UTF-16: write it in UTF-8.")
        is_array = head.removeprefix(MARK).lstrip().startswith(b"[")
        if is_array and not tail.rstrip().endswith(b"]"):
            raise UnreadableSource(f"{path.name} is an array without an end: is the file complete?")
        self._in_lines = self._is_in_lines(is_array=is_array)

    def rows(self, *, skip: int = 0) -> Iterator[Values | Broken]:
        """The documents, without the first `skip`."""
        texts = self._lines() if self._in_lines else self._documents()
        for text in islice(texts, skip, None):
            yield _document(text)

    def _lines(self) -> Iterator[bytes]:
        """The lines, without what an array has around its documents."""
        with self._path.open("rb") as file:
            while line := file.readline(MAX_LINE):
                self.done += len(line)
                text = line.removeprefix(MARK).strip().removeprefix(b"[").strip()
                if text not in (b"", b"]"):
                    yield text.rstrip(b",").rstrip()

    def _is_in_lines(self, *, is_array: bool) -> bool:
        """Whether the first line has a document, or what was to be one."""
        first = next(self._lines(), b"{}")
        self.done = 0
        whole = first[:-1] if first.endswith(b"}]") else first
        try:
            json.loads(whole)
        except (ValueError, RecursionError):
            return not is_array and first.endswith(b"}")
        return True

    def _documents(self) -> Iterator[bytes]:
        """The documents, wherever their lines end."""
        decoder, text, size = json.JSONDecoder(), "", _CHUNK
        with self._path.open("rb") as raw, TextIOWrapper(raw, "utf-8-sig", "surrogateescape") as file:
            text = file.read(size).lstrip().removeprefix("[")
            while True:
                text = text.lstrip(_BETWEEN)
                if text.startswith("]"):
                    return
                try:
                    _value, end = decoder.raw_decode(text)
                except (ValueError, RecursionError) as error:
                    more = file.read(size) if size <= MAX_LINE else ""
                    if not text and not more:
                        return
                    if not more:
                        raise UnreadableSource(f"{self._path.name} is no JSON: {error}: {text[:60]!r}") from None
                    text, size = text + more, size * 2
                    continue
                yield text[:end].encode(errors="surrogateescape")
                text, size = text[end:], _CHUNK
                self.done = raw.tell()


def _document(text: bytes) -> Values | Broken:
    if text.endswith(b"}]"):
        text = text[:-1]
    try:
        found = json_util.loads(text.decode(), json_options=_OPTIONS)
    except (ValueError, TypeError, OverflowError, BSONError, RecursionError) as error:
        return Broken(f"The line is no JSON: {error}")
    return plain(found) if isinstance(found, dict) else Broken("The line is no document.")


def plain(value: Any) -> Any:
    """A value of BSON without its own types: object ids as text, instants that Python has no date for as numbers."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, ObjectId | Decimal128):
        return str(value)
    if isinstance(value, DatetimeMS):
        return int(value)
    return value
