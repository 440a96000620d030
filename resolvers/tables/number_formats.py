"""How a spreadsheet shows a number, as far as that makes it another text: leading zeros, and dates."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<general>General|E[+-])'
    r"|(?P<digit>[0#?])|(?P<end>;)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_DATE_LETTERS: Final = frozenset("aymdhsbeg")
_LITERALS: Final = frozenset("-+()/: $")
_MAX_EXACT: Final = 10**15
"""A spreadsheet keeps 15 digits of a number."""
_EPOCHS: Final = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - wall clocks
_LAST_DAY: Final = 2_958_466
BUILT_IN: Final = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((22,), "yyyy-mm-dd hh:mm"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35), "hh:mm"),
}
"""The formats that files name by a number alone, where they make another text. From 27 on they are Chinese dates."""


class _Format(NamedTuple):
    """`pieces` are literals, and digits' places 0, # or ?; empty where the number is shown as it is."""

    is_date: bool
    pieces: tuple[tuple[bool, str], ...]


def shown(value: str, code: str, *, is_1904: bool) -> str:
    """The text of a number cell: a whole number with the zeros and literals of its format, a date as 2021-09-01.

    Neither separators of thousands nor rounding count: they make no other number.
    """
    number = float(value)
    form = _parsed(code)
    if form.is_date and 0 <= number < _LAST_DAY:
        return _date(number, is_1904=is_1904)
    if not number.is_integer() or abs(number) >= _MAX_EXACT:
        return f"{number:.15g}"
    digits = str(int(number))
    return _filled(digits, form.pieces) if form.pieces and number >= 0 else digits


@lru_cache(maxsize=256)
def _parsed(code: str) -> _Format:
    pieces: list[tuple[bool, str]] = []
    is_plain = False
    for token in _TOKEN.finditer(code):
        found = token.groupdict()
        if found["end"]:
            break
        if found["quoted"] is not None or found["escaped"]:
            pieces.append((False, found["quoted"] or found["escaped"] or ""))
        elif found["digit"]:
            pieces.append((True, found["digit"]))
        elif found["other"] and found["other"].lower() in _DATE_LETTERS:
            return _Format(not is_plain, ())
        elif found["other"] and (found["other"] in _LITERALS or found["other"] > "\x7f"):
            pieces.append((False, found["other"]))
        elif (
            found["other"] or found["general"] or (found["bracket"] or "").lower() in {"h", "hh", "m", "mm", "s", "ss"}
        ):
            is_plain = True
    has_digits = any(is_digit for is_digit, _ in pieces)
    return _Format(False, tuple(pieces) if has_digits and not is_plain else ())


def _filled(digits: str, pieces: tuple[tuple[bool, str], ...]) -> str:
    """The digits put into their places from the right; the first place takes all that are left."""
    places = sum(is_digit for is_digit, _ in pieces)
    rest = list(digits) if digits != "0" else []
    text: list[str] = []
    for is_digit, piece in reversed(pieces):
        if not is_digit:
            text.append(piece)
            continue
        places -= 1
        text.append(rest.pop() if rest else {"0": "0", "?": " "}.get(piece, ""))
        if not places:
            text.extend(reversed(rest))
            rest = []
    return "".join(reversed(text))


def _date(number: float, *, is_1904: bool) -> str:
    moment = _EPOCHS[is_1904] + timedelta(seconds=round(number * 86400))
    if number < 1:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%Y-%m-%d}" if moment.time() == datetime.min.time() else f"{moment:%Y-%m-%d %H:%M:%S}"
