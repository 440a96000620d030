"""Texts in Chinese and English as terms: skills, roles and domains of the lexicon, and the words between them."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import opencc
import rjieba

from models.texts import HAN
from resolvers.matching import context, lexicon, personal

MAX_TEXT = 8000
"""How much of one text counts."""
MAX_WORD = 32

_STOP_WORDS = lexicon.words("stopwords.txt")
_WORD = re.compile(rf"[a-z][a-z0-9+#]+|[{HAN}]{{2,}}")
_HAN = re.compile(f"[{HAN}]")
_ACCOUNT = re.compile("(?<![蚊营罗])帐(?![篷幕子蓬])")
"""总帐 is the older spelling of 总账; a tent is none."""


@cache
def _segmenter() -> rjieba.Jieba:
    return rjieba.Jieba()


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def _simplified(text: str) -> str:
    """A text in simplified characters. One in traditional ones may have the words of Taiwan: 軟體 is 软件."""
    if not _HAN.search(text) or _converter("t2s").convert(text) == text:
        return text
    return str(_converter("tw2sp").convert(text))


def normalise(text: str) -> str:
    """The text in lower case and one form of each character, without what tells gender, age and the like."""
    known = text[:MAX_TEXT].encode("utf-8", "ignore").decode().replace("\0", " ")
    simplified = _ACCOUNT.sub("账", _simplified(unicodedata.normalize("NFKC", known)))
    return personal.without(simplified.lower())


def words(normal: str) -> list[str]:
    """The words of a normalised text as the segmenter cuts them, with those inside longer ones, without stop words."""
    return [
        word
        for word in _segmenter().cut_for_search(normal)
        if _WORD.fullmatch(word) and word not in _STOP_WORDS and len(word) <= MAX_WORD
    ]


class Terms(NamedTuple):
    """The terms of a text in its order, repetitions included; words that the lexicon does not know are `w:` terms.

    `inner` are the words inside the phrases that it knows: a search for one of them finds the phrase.
    """

    meant: list[str]
    inner: list[str]


def read(text: str) -> Terms:
    """The terms of a text."""
    found = Terms([], [])
    normal = normalise(text)
    for piece, meant in context.meant(normal, lexicon.TEXTS.split(normal)):
        found.meant.extend(meant)
        (found.inner if meant else found.meant).extend(lexicon.WORD + word for word in words(piece))
    return found


def terms(text: str) -> list[str]:
    """The terms of a text without the words inside phrases."""
    return read(text).meant
