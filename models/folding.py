"""One form of texts for searching, and the tokens of it: the same in Python for both databases.

What differs only in the case of letters, in their width or in what nobody sees is one text: É and é, Ｇｏ and go, İ and
i.
"""

import re
import unicodedata
from collections.abc import Iterator

from models.texts import HAN

LONGEST_TOKEN = 64
"""The characters of a word that is indexed; what is longer is compared with the text."""
_CHINESE = rf"{HAN}\u3040-\u30ff\u31f0-\u31ff\uac00-\ud7a3"
"""What is written without spaces: Chinese characters, kana and Korean syllables."""
RUNS = re.compile(rf"(?P<chinese>[{_CHINESE}]+)|(?:(?![{_CHINESE}])[^\W_])+")
"""The words of a folded text, and its runs."""
_SPACE = re.compile(r"\s+")
UNSEEN = re.compile("[\0\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
_DOTTED = "i\u0307"
"""What a small İ is."""


def fold(text: str) -> str:
    """The text as it is searched: one case, one width, one space where there is any."""
    return _SPACE.sub(" ", letters(text)).strip()


def letters(text: str) -> str:
    """The text in one case and one width."""
    if text.isascii():
        return text.lower().replace("\0", "")
    plain = unicodedata.normalize("NFKC", UNSEEN.sub("", text)).casefold().replace(_DOTTED, "i")
    return unicodedata.normalize("NFKC", plain)


def runs(folded: str) -> Iterator[tuple[str, bool]]:
    """The words of a folded text; of what is written without spaces, each run, and that it is one."""
    for found in RUNS.finditer(folded):
        yield found.group(), found.group("chinese") is not None


def tokens_of_text(folded: str) -> set[str]:
    """What a folded text is indexed by: its words, and the characters and pairs of characters of its runs."""
    found: set[str] = set()
    for run, is_chinese in runs(folded):
        if is_chinese:
            found.update(run, _pairs(run))
        else:
            found.add(run[:LONGEST_TOKEN])
    return found


def tokens_of_words(words: list[tuple[str, bool]]) -> set[str]:
    """What the index of a text holds in which all of the words, or runs, stand."""
    found: set[str] = set()
    for word, is_chinese in words:
        if is_chinese and len(word) > 1:
            found.update(_pairs(word))
        else:
            found.add(word[:LONGEST_TOKEN])
    return found


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]
