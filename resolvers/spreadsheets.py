"""What people typed, on its way into a spreadsheet and out of one."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from models.language import Message

MAX_CELL: Final = 32_767
"""The characters of a cell, in units of UTF-16: what is longer, a spreadsheet cuts or refuses."""
_FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a formula begins with, in the narrow and the wide form of the characters."""
_CUT: Final = "…（未完）"
_TEXT_FORMULA: Final = re.compile(r'=\s*"((?:[^"]|"")*)"', re.DOTALL)
"""How a number is kept as text in a .csv file: ="0123"."""
_MARKS: Final = ("'", "`")
"""What is typed before a number that is to stay a text."""
_BREAKS: Final = re.compile(r"\s*[\r\n\v\f\u0085\u2028\u2029]+\s*")
_ERROR: Final = re.compile(
    r"#(?:N/A|VALUE!|REF!|DIV/0!|NUM!|NAME\?|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|GETTING_DATA)"
)


def harmless(cell: str) -> str:
    """A cell of a .csv file, which a spreadsheet shows as it is: an apostrophe before what it would compute.

    In .xlsx files cells are written as texts, which needs no more.
    """
    begins = cell.lstrip()
    is_formula = begins.startswith(_FORMULAS) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if is_formula else cell


def pieces(text: str) -> Iterator[str]:
    """The text in pieces that each fit a cell, cut at ends of lines where there are any; one that is empty for none."""
    while len(text) > MAX_CELL // 2 and (end := _fitting(text, MAX_CELL)) < len(text):
        line_end = text.rfind("\n", 0, end) + 1
        yield text[: line_end or end].removesuffix("\n")
        text = text[line_end or end :]
    yield text


def shortened(text: str) -> str:
    """The text if it fits a cell; otherwise its beginning, marked as such."""
    if len(text) <= MAX_CELL // 2 or (end := _fitting(text, MAX_CELL)) == len(text):
        return text
    return text[: _fitting(text[:end], MAX_CELL - len(_CUT))] + _CUT


def without_marks(cell: str) -> str:
    """A cell as its author meant it: without what keeps it a text in a spreadsheet, on one line.

    The apostrophe of `harmless` goes too.
    """
    text = _BREAKS.sub(" ", cell.strip())
    if found := _TEXT_FORMULA.fullmatch(text):
        text = found[1].replace('""', '"').strip()
    return text[1:].lstrip() if text.startswith(_MARKS) and len(text) > 1 else text


def damage(text: str) -> Message | None:
    """What a program put in the place of a value that it lost, if the text is or has such a thing."""
    if _ERROR.fullmatch(text.upper()):
        return Message("holds the error {error}", error=text.upper())
    for character in text:
        if character == "\ufffd" or (character > "\ud7ff" and unicodedata.category(character) == "Co"):
            lost = f"U+{ord(character):04X}"
            return Message("contains {character}, which stands for a character that was lost", character=lost)
    return None


def _fitting(text: str, units: int) -> int:
    """How many characters of the text fit into so many units of UTF-16."""
    end = 0
    for end, character in enumerate(text):
        units -= 2 if character > "\uffff" else 1
        if units < 0:
            return end
    return len(text)
