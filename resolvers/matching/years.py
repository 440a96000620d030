"""How many years of work a feed's text asks for."""

import re
from typing import Final

from resolvers.matching.profile import MAX_YEARS

Span = tuple[int, int]
"""At least so many years, and at most."""

GRADUATES: Final[Span] = (0, 3)
"""What is asked of people who have just left school or university."""

_MOST_ASKED: Final = 30
_HAN_NUMBERS: Final = {number: place for place, number in enumerate("〇一二三四五六七八九十")} | {"两": 2}
_ENGLISH_NUMBERS: Final = {
    **{
        name: place
        for place, name in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
    },
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
}
_NUMBER: Final = rf"(?<![\d.])(?:\d{{1,2}}(?!\d)|[一二两三四五六七八九十]{{1,3}}|\b(?:{'|'.join(_ENGLISH_NUMBERS)})\b)"
_YEARS: Final = re.compile(
    rf"(?P<least>{_NUMBER})\s*年?\s*(?:(?:[-~至到—–]+|\bto\b)\s*(?P<most>{_NUMBER})\s*)?"
    r"(?P<plus>\+)?\s*(?:\([^)]{0,4}\)\s*)?(?:个?年度?|years?\b|yrs?\b|(?=\+?\s*yoe\b))(?P<also>\+)?"
)
_BEFORE: Final = re.compile(
    r"(?:不少于|不低于|至少|最少|起码|工作满|(?:经验|经历|年限|工龄|驾龄|年资|从业|从教|从医|执业)\s*(?:满|[:：]|为|在)?\s*(?:不少于|至少)?"
    r"|\bat least|\bminimum(?: of)?|\bmin\.?|\bexperience\s*:?)\s*$"
)
_BEHIND: Final = re.compile(
    r"[^，。,;；\n]{0,16}(?:以上|以内|以下|左右|经验|经历|从业|工作|资历|资质)|\s*(?:驾龄|工龄|年资)"
    r"|[^，。;；\n]{0,60}\b(?:experience|exp)\b|\s*yoe\b"
    r"|['’]? (?:in|as|working)\b"
)
_AT_MOST: Final = re.compile(r"\s*(?:\([^)]{0,4}\)\s*)?(?:及|或)?(?:以内|以下|or less\b)")
_UP_TO: Final = re.compile(r"(?:不超过|(?<!不)少于|\bup to|\bless than|\bunder|\bwithin)\s*$")
_OF_THE_EMPLOYER: Final = re.compile(
    r"(?:本公司|我公司|我司|我们|公司(?:成立|创立|创办|有|拥有|已)|成立|创立|创办|创建|建厂|入职|服务满|在职满|合同期限?|签约|签订"
    r"|\b(?:our|the) (?:company|firm|team|business|agency|organi[sz]ation) (?:has|have|brings?)\b"
    r"|\bwe (?:have|bring|are)\b"
    r"|\b(?:founded|established|contract)\b)[^，。,;；\n]{0,40}$"
)
_OF_SOMETHING_ELSE: Final = re.compile(
    r"\s*(?:的?历史|的?合同|质保|年假|一次|[^，。,;；\n]{0,8}(?:可享|享受|年假|晋升)|以[后来]|内毕业"
    r"|['’]? (?:old|of age|contract|degree|program)|['’]? in business)"
)
_GRADUATES: Final = re.compile(
    r"(?<!非)(?<!不要)(?<!不招)(?<!不接受)(?<!不考虑)(?<!谢绝)应届(?!生?(?:毕业生)?(?:勿|除外|请勿|不考虑|不要|慎))"
    r"|校招|(?<!应届)毕业生|fresh graduates?|new grad|recent graduates?|campus hire"
    r"|(?<![\d第])(?:20)?[2-4]\d届(?=毕业|应届|校招|秋招|春招|本科|硕士|博士|实习|高校|学生|生|\W|$)"
)
_NEXT: Final = 4


def said(normal: str) -> Span | None:
    """The years that a normalised text asks for; None where it asks for none.

    What is said of a year of the calendar, of the employer or of a contract is no experience.
    """
    spans = [GRADUATES] if _GRADUATES.search(normal) else []
    asked = _asked(normal)
    if asked is not None:
        spans.append(asked)
    return (min(low for low, _ in spans), max(high for _, high in spans)) if spans else None


def _asked(normal: str) -> Span | None:
    """The first years asked for; 3年以上、5年以下 are one range."""
    first: Span | None = None
    end = 0
    for found in _YEARS.finditer(normal):
        if not _is_asked(normal, found):
            continue
        span = _span(normal, found)
        if first is None:
            if span[0] > _MOST_ASKED:
                continue
            first, end = span, found.end()
            if span[1] < MAX_YEARS:
                break
        elif found.start() - end <= _NEXT and span[0] == 0 and span[1] >= first[0]:
            return first[0], span[1]
        else:
            break
    return first


def _is_asked(normal: str, found: re.Match[str]) -> bool:
    line = normal[max(0, found.start() - 40) : found.start()]
    if _OF_THE_EMPLOYER.search(line) or _OF_SOMETHING_ELSE.match(normal, found.end()):
        return False
    has_plus = found["plus"] or found["also"]
    return bool(has_plus or _BEFORE.search(line) or _UP_TO.search(line) or _BEHIND.match(normal, found.end()))


def _span(normal: str, found: re.Match[str]) -> Span:
    least = _numbers(found["least"])
    most = _numbers(found["most"] or "")
    if most or len(least) > 1:
        return least[0], max(least[0], (most or least)[-1])
    if _AT_MOST.match(normal, found.end()) or _UP_TO.search(normal, max(0, found.start() - 12), found.start()):
        return 0, least[0]
    return least[0], MAX_YEARS


def _numbers(told: str) -> list[int]:
    """十二 is 12 and 二十五 is 25; 两三 and 三五 are two numbers."""
    if not told:
        return []
    if told.isdecimal():
        return [int(told)]
    if told in _ENGLISH_NUMBERS:
        return [_ENGLISH_NUMBERS[told]]
    tens, ten, ones = told.rpartition("十")
    if ten:
        return [10 * (_HAN_NUMBERS.get(tens, 1) if tens else 1) + (_HAN_NUMBERS[ones[:1]] if ones else 0)]
    return [_HAN_NUMBERS[number] for number in told]
