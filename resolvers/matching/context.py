"""Which of the phrases that the lexicon finds in a text mean there what the lexicon says.

A single letter, an everyday word and a piece of a longer word need something beside them that says so.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import rjieba

from models.texts import HAN
from resolvers.matching import lexicon

Meaning = tuple[str, tuple[str, ...]]
"""A piece of a text and its terms."""

NEAR: Final = 80
"""How many characters away another term of the same trade speaks for an everyday word."""
_BESIDE: Final = 14
_LONGEST_PIECE: Final = 3
"""Chinese phrases of so many characters or fewer can stand in other words by chance."""
_HAN: Final = re.compile(f"[{HAN}]")
_SHORT_HAN: Final = re.compile(rf"[{HAN}]{{2,{_LONGEST_PIECE}}}")
_LANGUAGE_BEFORE: Final = re.compile(
    r"(?:精通|掌握|熟悉|熟练使用|熟练|了解|擅长|会|\b(?:in|with|languages?)|语言)[ :：]?$"
)
_LANGUAGE_AFTER: Final = re.compile(r"^[ ]?(?:语言|程序|编程|开发|language|programm|developer\b)")
_END_OF_LETTER: Final = re.compile(rf"^\s*(?:$|[,，、/;；。)）+&]|[和与及或]|and\b|or\b)|^\s*[^{HAN}\w\-.&]")
_TEACHING: Final = frozenset({"education"})
_FIELD_OF_STUDY: Final = re.compile(r"[、，,或和与及\w]{0,12}?(?:等)?(?:相关)?专业")
_STANDARDS: Final = frozenset({"c89", "c90", "c99", "c11", "c17", "c23"})
_LIST: Final = re.compile(
    r"^\s*(?:[,，、/|;；&()（）+][\s,，、/|;；&()（）+]*(?:[和与及或]|\band\b|\bor\b)?|[和与及或]|\band\b|\bor\b)\s*$"
)
_LIST_OR_SPACE: Final = re.compile(rf"{_LIST.pattern}|^\s+$")
_SPEAKS: Final = re.compile(
    r"语言|开发|编程|程序|框架|language|programming|develop|engineer|framework|skill|proficien|microsoft|\bms\b|software|软件|tools?\b"
)


class _Found(NamedTuple):
    """A phrase and where it stands."""

    start: int
    end: int
    piece: str
    terms: tuple[str, ...]

    @property
    def families(self) -> frozenset[str]:
        """The trades of its terms."""
        return frozenset(lexicon.FAMILIES[term] for term in self.terms if term in lexicon.FAMILIES)


def meant(text: str, pieces: Iterable[Meaning], certain: Collection[int] = ()) -> Iterator[Meaning]:
    """The pieces of a normalised text, of which those keep their terms that mean them here.

    Those that begin at a `certain` place do.
    """
    found: list[_Found] = []
    start = 0
    for piece, terms in pieces:
        found.append(_Found(start, start + len(piece), piece, terms))
        start += len(piece)
    known = [each for each in found if each.terms]
    start = 0
    for each in _kept(text, known, certain):
        if start < each.start:
            yield text[start : each.start], ()
        yield each.piece, each.terms
        start = each.end
    if start < len(text):
        yield text[start:], ()


def _kept(text: str, known: Sequence[_Found], certain: Collection[int]) -> Iterator[_Found]:
    """Those that mean here what the lexicon says."""
    sure = [each for each in known if lexicon.ambiguity(each.piece) is None]
    whole = text.strip()
    joined = _joined(known)
    edges: frozenset[int] | None = None
    for each in known:
        kind = lexicon.ambiguity(each.piece)
        if each.start in certain or each.piece.strip() == whole:
            is_meant = True
        elif kind == lexicon.LETTER:
            is_meant = _is_language(text, each, sure)
        elif kind == lexicon.EVERYDAY:
            is_meant = _is_of_its_trade(text, each, sure)
        elif _SHORT_HAN.fullmatch(each.piece):
            edges = cuts(text) if edges is None else edges
            is_meant = (joined[each.start] <= edges or {each.start, each.end} <= edges) and not _is_field_of_study(
                text, each
            )
        else:
            is_meant = True
        if is_meant:
            if kind is not None:
                sure.append(each)
            yield each


def _joined(known: Iterable[_Found]) -> dict[int, frozenset[int]]:
    """By the beginning of each phrase, the ends of the word that it forms with others: 日语 and 翻译 are 日语翻译."""
    words: list[list[_Found]] = []
    for each in known:
        if words and words[-1][-1].end == each.start:
            words[-1].append(each)
        else:
            words.append([each])
    return {each.start: frozenset((word[0].start, word[-1].end)) for word in words for each in word}


def _is_language(text: str, letter: _Found, sure: Iterable[_Found]) -> bool:
    if letter.piece[-1].isdigit() and letter.piece not in _STANDARDS:
        return False
    before, after = text[max(0, letter.start - _BESIDE) : letter.start], text[letter.end : letter.end + _BESIDE]
    if _LANGUAGE_AFTER.match(after):
        return True
    if _END_OF_LETTER.match(after) is None or before.endswith(("-", "&", "'", ".")):
        return False
    if _LANGUAGE_BEFORE.search(before):
        return True
    languages = [each for each in sure if not lexicon.LANGUAGES.isdisjoint(each.terms)]
    return any(_are_listed(text, letter, each, _LIST_OR_SPACE) for each in languages)


def _are_listed(text: str, one: _Found, other: _Found, separator: re.Pattern[str] = _LIST) -> bool:
    """Whether the two stand side by side in a list."""
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return len(between) <= _BESIDE and separator.match(between) is not None


def _is_field_of_study(text: str, phrase: _Found) -> bool:
    """Mathematics that somebody studied is not mathematics that they teach."""
    return phrase.families == _TEACHING and _FIELD_OF_STUDY.match(text, phrase.end) is not None


def _is_of_its_trade(text: str, word: _Found, sure: Iterable[_Found]) -> bool:
    start, end = max(0, word.start - _BESIDE), word.end + _BESIDE
    if (
        _HAN.search(text, start, end)
        or _SPEAKS.search(text[start : word.start])
        or _SPEAKS.search(text[word.end : end])
    ):
        return True
    return any(
        _are_listed(text, word, each)
        or (each.start < word.end + NEAR and each.end > word.start - NEAR and each.families & word.families)
        for each in sure
    )


@cache
def _segmenter() -> rjieba.Jieba:
    """Knows the phrases of the lexicon, so that it does not cut them."""
    segmenter = rjieba.Jieba()
    for phrase in lexicon.TEXTS.phrases:
        if _SHORT_HAN.fullmatch(phrase):
            segmenter.add_word(phrase, segmenter.suggest_freq(phrase), "n")
    return segmenter


def cuts(text: str) -> frozenset[int]:
    """Where words of a text begin and end."""
    return frozenset(place for _, start, end in _segmenter().tokenize(text, "default") for place in (start, end))
