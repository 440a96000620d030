"""The parts of an .xlsx file: zipped XML, which is read as a stream and never held as a tree."""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, BinaryIO, Final, Protocol
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile
from zlib import error as decompression_error

from models.language import Detail, Message
from resolvers.tables.rows import UnreadableTable

MEGABYTE: Final = 1024 * 1024
MAX_SHEET: Final = 1024 * 1024 * 1024
"""The bytes of all parts when they are unpacked. Sheets are not held in memory."""
MAX_HELD: Final = 64 * 1024 * 1024
"""The bytes of any other part, of which something is held."""
MAX_TEXT: Final = 1_000_000
"""The characters of a cell; a spreadsheet takes 32,767."""
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BLOCK: Final = 64 * 1024

Attributes = Mapping[str, str]


class Damaged(Exception):
    """A part is not as it must be; the message goes on after a colon."""

    def __init__(self, text: str, /, **values: object) -> None:
        self.message = Message(text, **values)
        super().__init__(str(self.message))


class Target(Protocol):
    """What hears of the elements of a part. Names have no namespace: files differ in that."""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def text(self, text: str) -> None:
        """Some text of an element."""

    def end(self, name: str) -> None:
        """An element ends."""


class Parts:
    """The parts of a file by name. Raises UnreadableTable where something is not as it must be."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name = name
        with self.readable():
            self._zip = ZipFile(file)
            self._names = {info.filename.casefold(): info for info in self._zip.infolist()}
            if sum(info.file_size for info in self._zip.infolist()) > MAX_SHEET:
                raise self.refusal(Message("it unpacks to more than {megabytes} MB", megabytes=MAX_SHEET // MEGABYTE))

    @contextmanager
    def readable(self) -> Iterator[None]:
        """Turns what is wrong with the file into UnreadableTable."""
        try:
            yield
        except Damaged as error:
            raise self.refusal(error.message) from None
        except (BadZipFile, decompression_error, ExpatError, EOFError, NotImplementedError, RuntimeError) as error:
            raise self.refusal(Detail(str(error), Message("the file is damaged"))) from None
        except (ValueError, OverflowError) as error:  # numbers that are none
            raise self.refusal(Detail(str(error), Message("the file is damaged"))) from None

    def refusal(self, reason: Message) -> UnreadableTable:
        """What is wrong with the file."""
        return UnreadableTable("{name} is not a workbook that can be read: {reason}.", name=self._name, reason=reason)

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part.casefold() in self._names

    def size(self, part: str) -> int:
        """The bytes of a part when it is unpacked."""
        return self._names[part.casefold()].file_size

    def parse(self, part: str, target: Target, *, most: int = MAX_HELD) -> Iterator[int]:
        """Tell the target of a part, block by block; how many bytes were read, after each."""
        parser = ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: target.start(local(name), attributes)
        parser.CharacterDataHandler = target.text
        parser.EndElementHandler = lambda name: target.end(local(name))
        parser.StartDoctypeDeclHandler = _refuse_doctype
        with self._open(part, most) as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
                yield stream.tell()
            parser.Parse(b"", True)

    def tell(self, part: str, target: Target, *, most: int = MAX_HELD) -> None:
        """Tell the target of all of a part."""
        for _ in self.parse(part, target, most=most):
            pass

    def mentions(self, part: str, word: bytes) -> bool:
        """Whether the word stands anywhere in a sheet."""
        kept = b""
        with self._open(part, MAX_SHEET) as stream:
            while block := stream.read(_BLOCK):
                if word in kept + block:
                    return True
                kept = block[-len(word) :]
        return False

    def relations(self, part: str) -> Mapping[str, tuple[str, str]]:
        """The kind and the part that each relation of a part names, by its id."""
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        return {
            attributes.get("Id", ""): (
                attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/"),
            )
            for _, _, attributes in (self.elements(listing, "Relationship") if self.has(listing) else ())
            if attributes.get("TargetMode") != "External"
        }

    def elements(self, part: str, *names: str) -> list[tuple[str, str, Attributes]]:
        """The elements of these names in their order: the parent's name, the name and the attributes."""
        collector = _Collector(names)
        self.tell(part, collector)
        return collector.found

    @contextmanager
    def _open(self, part: str, most: int) -> Iterator[Any]:
        with self.readable():
            if not self.has(part):
                raise self.refusal(Message("{part} is missing", part=part))
            if self.size(part) > most:
                raise self.refusal(
                    Message("{part} is larger than {megabytes} MB", part=part, megabytes=most // MEGABYTE)
                )
            with self._zip.open(self._names[part.casefold()]) as stream:
                yield stream


class _Collector:
    def __init__(self, names: Collection[str]) -> None:
        self.found: list[tuple[str, str, Attributes]] = []
        self._names = names
        self._open = [""]

    def start(self, name: str, attributes: Attributes) -> None:
        if name in self._names:
            self.found.append((self._open[-1], name, {local(key): value for key, value in attributes.items()}))
        self._open.append(name)

    def text(self, text: str) -> None:
        pass

    def end(self, name: str) -> None:
        self._open.pop()


class Strings:
    """Collects texts of all their runs, without what tells the pronunciation."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._length = 0
        self._is_text = self._is_pronunciation = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Of a string, a run, a text, or a pronunciation."""
        if name in {"si", "is"}:
            self._pieces, self._length = [], 0
        elif name == "rPh":
            self._is_pronunciation = True
        self._is_text = name == "t" and not self._is_pronunciation

    def text(self, text: str) -> None:
        """Kept within a text only."""
        if self._is_text:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                raise Damaged("a cell has more than {maximum} characters", maximum=MAX_TEXT)

    def end(self, name: str) -> None:
        """Of what began."""
        self._is_text = False
        if name == "rPh":
            self._is_pronunciation = False
        elif name in {"si", "is"}:
            self.found.append(unescaped("".join(self._pieces)))


@lru_cache(maxsize=1024)
def local(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition("}")[2]


def unescaped(text: str) -> str:
    """The text with _x000D_ and the like as the characters they stand for."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _refuse_doctype(*_: object) -> None:
    raise Damaged("it declares a document type")
