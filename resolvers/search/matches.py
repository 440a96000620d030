"""Where the words of a query stand in an object: excerpts of its texts, in fragments that match or do not."""

import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import NamedTuple

from models.folding import RUNS, UNSEEN, letters
from resolvers.scope import Scope
from resolvers.search.finding import Words
from resolvers.search.sources import SEARCHED, SearchKind, Texts

MAX_MATCHES = 5
"""How many texts of an object are shown."""
MAX_FRAGMENTS = 40
"""The pieces of an excerpt; what matches beyond them is not told."""
EXCERPT, BEFORE = 160, 30
"""The characters of an excerpt, and those before its first match."""
CUT = "…"


class Fragment(NamedTuple):
    """A piece of an excerpt."""

    text: str
    is_match: bool


class Match(NamedTuple):
    """An excerpt of a field."""

    field: str
    fragments: tuple[Fragment, ...]


def matches_of(texts: Texts, words: Words) -> list[Match]:
    """The excerpts of an object's texts, in the order of the fields."""
    found = []
    for field, values in texts.items():
        for text in values:
            spans = list(_merged(sorted(_spans(text, words))))
            if spans:
                found.append(Match(field, tuple(_fragments(text, spans))))
            if len(found) == MAX_MATCHES:
                return found
    return found


def _spans(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """Where the words stand."""
    folded, places = _folded(text)
    for word, is_chinese in words.words:
        if is_chinese:
            start = folded.find(word)
            while start >= 0:
                yield _place(places, start, start + len(word))
                start = folded.find(word, start + 1)
    whole = {word for word, is_chinese in words.words if not is_chinese}
    if whole:
        for found in RUNS.finditer(folded):
            if found.group() in whole:
                yield _place(places, *found.span())


def _folded(text: str) -> tuple[str, Sequence[int] | None]:
    """The text in one case and width, and where each character of it begins in the text, unless that is its place."""
    folded = letters(text)
    if len(folded) == len(text) and UNSEEN.search(text) is None:
        return folded, None
    pieces: list[str] = []
    places: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = letters(text[start:end])
        pieces.append(piece)
        places += [start] * len(piece)
        start = end
    return "".join(pieces), [*places, len(text)]


def _place(places: Sequence[int] | None, start: int, end: int) -> tuple[int, int]:
    if places is None:
        return start, end
    while end < len(places) - 1 and places[end] == places[end - 1]:
        end += 1  # within what one character became
    return places[start], places[end]


def _merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans without overlaps."""
    last: tuple[int, int] | None = None
    for start, end in spans:
        if last is None:
            last = start, end
        elif start <= last[1]:
            last = last[0], max(end, last[1])
        else:
            yield last
            last = start, end
    if last is not None:
        yield last


def _fragments(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Fragment]:
    begin = max(0, spans[0][0] - BEFORE)
    end = min(len(text), max(begin + EXCERPT, spans[0][1]))
    place, lead = begin, CUT if begin else ""
    for start, stop in spans[: MAX_FRAGMENTS // 2 - 1]:
        stop = min(stop, end)
        if start >= stop:
            break
        if lead or start > place:
            yield Fragment(lead + text[place:start], is_match=False)
        yield Fragment(text[start:stop], is_match=True)
        place, lead = stop, ""
    rest = text[place:end] + (CUT if end < len(text) else "")
    if rest:
        yield Fragment(rest, is_match=False)


def _batch(kind: SearchKind) -> Callable[[Scope, Sequence[int]], Awaitable[Sequence[Texts]]]:
    async def texts_of(scope: Scope, keys: Sequence[int]) -> Sequence[Texts]:
        found = await SEARCHED[kind].texts(scope.services.database, keys)
        return [found.get(key, {}) for key in keys]

    return texts_of


TEXTS = {kind: _batch(kind) for kind in SearchKind}
"""What loads the texts of objects of each kind that were found."""
