"""Degrees: what somebody holds, and what a feed asks for at least."""

import re
from typing import Final

from resolvers.matching import text

DEGREES: Final = ("junior", "senior", "college", "bachelor", "master", "doctor")
"""The keys of the dictionary EDUCATION, the lowest first; its `other` says nothing."""
_UNKNOWN = -1


def _word(names: str) -> str:
    """Names as whole words; Chinese characters may stand beside them."""
    return rf"(?<![a-z])(?:{names})(?![a-z])"


# What may stand behind an abbreviation in a text: "BS in Physics" and "MA/PhD", but not "MS Office".
_OF_A_DEGREE = (
    r"(?=\s*(?:/\s*(?:[bm][.]?[as]|ph|meng|beng|degree)|$|or\b|in\b|degree|required|preferred|[;。])|\.?\s*$)"
)
_NAMES = (
    (r"初中", _word("junior high|middle school")),
    (
        r"高中|中专|中技|职高|技校",
        r"(?<!junior )\bhigh[ -]school(?= (?:diploma|degree|graduate|education|or)\b|$)|\bsecondary school\b|\bged\b",
    ),
    (r"大专|专科|高职|高专", rf"\bassociate(?:['’]?s)? degree|\bassociate['’]s\b|{_word('college diploma|adn|hnd')}"),
    (
        r"本科|专升本|学士|本硕|[一二三]本(?=院校|学校|大学|学历|及?以上|毕业)|大学(?=学历|文凭|毕业(?!生))",
        (
            rf"\bbachelor(?:['’]?s)?\b(?! part(?:y|ies))|{_word('bs|ba')}{_OF_A_DEGREE}"
            rf"|{_word('bsc|beng|bba|bsn|bcom|btech|b[.](?:s|a|e|sc|eng|ed|com|tech)|ll[.]?b|undergraduate')}"
            rf"|\b(?:university|college|four[ -]year|4[ -]year) degree"
        ),
    ),
    (
        r"硕士|研究生|硕博|本硕",
        (
            rf"\bmaster(?:['’]?s)?(?: degree| of |s in )|\bmasters (?:degree|in)\b|\bmaster['’]s(?=\s*(?:$|[/,.;)]|or\b"
            rf"|in\b|program|preferred|required))"
            rf"|{_word('ms|ma')}{_OF_A_DEGREE}"
            rf"|{_word('msc|meng|mba|emba|mphil|mtech|ll[.]?m|m[.](?:s|a|sc|eng|ed|com|tech)')}"
            rf"|\b(?:post)?(?<!under)graduate degree"
        ),
    ),
    (r"博士|硕博", rf"{_word('ph[.]? ?d|dphil|doctora(?:te|l)|doctor of')}|{_word('jd|md')}(?= degree|$| from)"),
)
_HELD = tuple(re.compile("|".join(names)) for names in _NAMES)
_ABBREVIATIONS = (
    r"",
    r"技工(?:学校)?|技师学院",
    rf"{_word('associate|aa|aas|a[.]a[.](?:s[.]?)?')}|{_word('diploma')}(?!-)",
    rf"(?:^|\W)大学(?:毕业)?$|^(?:[一二三]本|双学位|第二学位)$|{_word('ba|bs|be|bfa|llb|mbbs|bachelors')}",
    _word("ma|ms|mcom|mfa|mpa|mph|msw|masters?"),
    rf"直博|{_word('jd|md|edd|dba|doctor')}",
)
"""What means a degree only where nothing else is told than what somebody holds."""
_HELD_ONLY = tuple(re.compile(names or r"(?!)") for names in _ABBREVIATIONS)
_CHINESE = "|".join(chinese for chinese, _ in _NAMES)
_ALTERNATIVES = rf"(?:{_CHINESE})(?:\s*[/、或和与及]\s*(?:{_CHINESE}))*"
_ENGLISH = "|".join(english for _, english in _NAMES)
_WELCOME = r"(?![^，。,;；(\n]{0,10}(?:优先|更佳|加分|尤佳))"
_ASKED = re.compile(
    "|".join(
        (
            # 本科及以上, 硕士学位, 本科或硕士毕业, 大专亦可
            (
                rf"{_ALTERNATIVES}(?:\([^)]{{0,10}}\))?\s*(?:及?其?以上|以及上|或者?(?:相当)?以上|起步?(?=\W|$)|[↑+]|学历|学位(?!点|论文)|文凭"
                rf"|毕业(?!班|论文|设计)|[亦也均皆]可|在读){_WELCOME}"
            ),
            # 学历：本科, 统招本科, 985硕士
            rf"(?:学历|学位|统招|全日制|正规|教育背景|985|211|双一流)(?:要求|不低于|院校|高校)?\s*[:：为]?\s*(?:统招|全日制)?\s*(?:{_CHINESE}){_WELCOME}",
            # 大学本科, 本科计算机相关专业
            rf"大学(?:{_CHINESE}){_WELCOME}",
            rf"(?:{_CHINESE})[^，。,;；\n]{{0,14}}(?:相关专业|专业毕业){_WELCOME}",
            # a line or a clause of its own
            rf"(?:^|(?<=[\n。；;，,:：、.)]))[^\S\n]*{_ALTERNATIVES}(?=[^\S\n]*(?:[\n。；;，,(]|$))",
            (
                rf"(?:{_ENGLISH}|\bmba(?=学历|学位))"
                r"(?![^.;,。；，\n]{0,60}(?:\b(?:preferred|a plus|desired|desirable|nice to have|a bonus)\b|优先))"
            ),
        )
    )
)
_LIST_OF_WISHES = re.compile(r"(?:优先|加分项?|preferred|nice to have|bonus)[^\n。;；:：]{0,4}[:：][^\n。;；]*$")


def held(degree: str) -> int:
    """Which of DEGREES a key or a text means, the highest that it names; -1 where it means none."""
    if degree in DEGREES:
        return DEGREES.index(degree)
    normal = text.normalise(degree).strip()
    named = _named(normal, _HELD) or _named(normal, _HELD_ONLY)
    return max(named, default=_UNKNOWN)


def asked(said: str) -> int:
    """Which of DEGREES somebody must have at least; -1 where nothing is said, or a degree is only welcome.

    985 and 211 are lists of schools, and no degrees.
    """
    normal = text.normalise(said)
    named = [
        degree
        for found in _ASKED.finditer(normal)
        if not _LIST_OF_WISHES.search(normal, max(0, found.start() - 60), found.start())
        for degree in _named(normal, _HELD, found.start(), found.end())
    ]
    return min(named, default=_UNKNOWN)


def _named(normal: str, names: tuple[re.Pattern[str], ...], start: int = 0, end: int | None = None) -> list[int]:
    """The degrees whose names begin between these places; what stands behind them is read too."""
    found = ((place, pattern.search(normal, start)) for place, pattern in enumerate(names))
    return [place for place, name in found if name is not None and (end is None or name.start() < end)]
