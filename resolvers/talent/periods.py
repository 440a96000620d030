"""Parses the periods of jobs and studies from free text."""

import re
import unicodedata
from datetime import date

_CENTURY_CHANGE = 50
"""Two-digit years below are of this century: 19年 is 2019, 98年 is 1998."""
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_WORD = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SHORT_YEAR = r"(?P<year>(?:19|20)\d\d|\d\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_BETWEEN = r"\s*[-‐–—−./\\年。·_,\s]\s*"
_WORD_BETWEEN = r"[-‐–—−./,'\s]*"
_REST = r"(?:\D*|[t\s]\s*\d{1,2}:\d\d.*)"
"""After a date come words or the time of day; another number makes it something else, such as two dates."""
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}{_BETWEEN}(?P<month>\d{{1,2}})\s*月?(?:{_BETWEEN}{_DAY}|\s*{_DAY}\s*[日号])?(?!\d){_REST}",
        rf"{_YEAR}(?P<month>\d\d){_DAY}?(?!\d){_REST}",
        rf"{_YEAR}(?!\d)(?!\s*[-‐–—−./\\]?\s*[a-z])\D*",
        rf"(?P<month>\d{{1,2}}){_BETWEEN}{_YEAR}",
        r"'?(?P<year>\d\d)\s*年\s*(?:(?P<month>\d{1,2})\s*月?)?\D*",
        rf"{_MONTH_WORD}{_WORD_BETWEEN}(?:{_DAY}(?:st|nd|rd|th)?[\s,]+)?{_SHORT_YEAR}",
        rf"{_DAY}(?:st|nd|rd|th)?{_WORD_BETWEEN}{_MONTH_WORD}{_WORD_BETWEEN}{_SHORT_YEAR}",
        rf"{_YEAR}\s*年?{_WORD_BETWEEN}{_MONTH_WORD}{_WORD_BETWEEN}{_DAY}?",
    )
)
_TWO_NUMBERS = re.compile(r"'?(\d{1,2})[-./]'?(\d{1,2})")
_DAY_FIRST_OR_LAST = re.compile(rf"(\d{{1,2}})[-./](\d{{1,2}})[-./]{_YEAR}")
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_HAN_YEAR = re.compile(r"[〇零○一二三四五六七八九]{2,4}(?=\s*年)")
_HAN_MONTH = re.compile(r"(?:十[一二]?|[一二三四五六七八九])(?=\s*月)")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_LASTING = re.compile(
    r"(?:至|迄|到)今|^今|(?<![不非未没])(?:现在|現在|目前|当前|當前|在职|在職|在读|在讀)"
    r"|(?<![a-z])(?:present(?:\s*(?:day|time))?|now|current(?:ly)?|today|ongoing|(?:to|till|until)[\s-]*date)"
)


def parsed(text: str) -> date | None:
    """The first day of the year and month that a text names; None for everything else, such as 至今.

    2022, 2022-09, 2022.9, 2022/09/01, 2022年9月, 202209, 09/2022, Sep 2022, 22年9月, 二〇二二年九月, also in full-width
    characters. What could be two dates (08.09, 01/02/2022, 2018.09-2020.06) is none.
    """
    text = _HAN_YEAR.sub(lambda found: found[0].translate(_DIGITS), _plain(text))
    text = _HAN_MONTH.sub(lambda found: str(_han_number(found[0])), text)
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            month = _MONTH_NAMES.index(parts["name"][:3]) + 1 if parts.get("name") else int(parts.get("month") or 1)
            return _first_day(parts["year"], month)
    if found := _DAY_FIRST_OR_LAST.fullmatch(text):
        months = {int(part) for part in found.groups()[:2] if int(part) <= 12}
        return _first_day(found["year"], months.pop()) if len(months) == 1 else None
    if found := _TWO_NUMBERS.fullmatch(text):
        return _year_and_month(*found.groups())
    return None


def is_lasting(text: str) -> bool:
    """Whether the end of a job or study says that it lasts: nothing, 至今, present, until now, 2019.09至今."""
    plain = _BRACKETS.sub("", _plain(text)).strip(" .。,;!~-–—")
    collapsed = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", plain)
    return not text.strip() or any(found.end() == len(collapsed) for found in _LASTING.finditer(collapsed))


def is_readable(start: str, end: str) -> bool:
    """Whether both texts say something that can be read; the end may say that it lasts."""
    return parsed(start) is not None and (is_lasting(end) or parsed(end) is not None)


def months(start: str, end: str, *, today: date) -> int:
    """The months from a first to a last month, both counted: 202009 to 202106 are 10.

    Until today where it lasts; 0 where one of them cannot be read.
    """
    first = parsed(start)
    if first is None or not is_readable(start, end):
        return 0
    last = today if is_lasting(end) else min(parsed(end) or today, today)
    return max(0, (last.year - first.year) * 12 + last.month - first.month + 1)


def _plain(text: str) -> str:
    narrow = unicodedata.normalize("NFKC", text)
    visible = "".join(character for character in narrow if unicodedata.category(character) != "Cf")
    return " ".join(visible.replace("’", "'").lower().split())


def _han_number(text: str) -> int:
    _, ten, ones = text.rpartition("十")
    return (10 if ten else 0) + int(ones.translate(_DIGITS) or 0)


def _year_and_month(first: str, second: str) -> date | None:
    """19.9 and 9/19, where only one of the two can be the month."""
    is_month = [1 <= int(part) <= 12 for part in (first, second)]
    if is_month == [False, True] and len(first) == 2:
        return _first_day(first, int(second))
    if is_month == [True, False] and len(second) == 2:
        return _first_day(second, int(first))
    return None


def _first_day(year: str, month: int) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < _CENTURY_CHANGE else 1900
    return date(number, month, 1) if 1 <= month <= 12 else None
