"""Degrees: what somebody holds, and what a feed asks for at least."""

import re
from typing import Final

from resolvers.matching import text

DEGREES: Final = ("junior", "senior", "college", "bachelor", "master", "doctor")
"""The keys of the dictionary EDUCATION, the lowest first; its `other` says nothing."""
_UNKNOWN = -1

_NAMES = (
    (r"初中", r"\bjunior high\b|\bmiddle school\b"),
    (
        r"高中|中专|中技|职高|技校",
        r"(?<!junior )\bhigh school(?= (?:diploma|degree|graduate|education|or)\b|$)|\bsecondary school\b|\bged\b",
    ),
    (r"大专|专科|高职", r"\bassociate(?:['’]?s)? degree|\bassociate['’]s\b|\bcollege diploma\b"),
    (
        r"本科|专升本|学士",
        r"\bbachelor(?:['’]?s)?\b|\b(?:bs|ba|bsc|beng|bba)\b(?=[ /,]|$)|\bb\.(?:s|a|sc|eng)\b|\bundergraduate\b",
    ),
    (
        r"硕士|研究生",
        r"\bmaster(?:['’]?s)?(?: degree| of )|\bmaster['’]s\b|\b(?:msc|meng|mba|emba)\b|\bm\.(?:s|a|sc|eng)\b",
    ),
    (r"博士", r"\bph\.?\s?d\b|\bdoctora(?:te|l)\b|\bdoctor of\b"),
)
_HELD = tuple(re.compile("|".join(names)) for names in _NAMES)
_CHINESE = "|".join(chinese for chinese, _ in _NAMES)
_ALTERNATIVES = rf"(?:{_CHINESE})(?:\s*[/、或和与及]\s*(?:{_CHINESE}))*"
_ENGLISH = "|".join(english for _, english in _NAMES)
_WELCOME = r"(?![^，。,;；(\n]{0,10}(?:优先|更佳|加分|尤佳))"
_ASKED = re.compile(
    "|".join(
        (
            # 本科及以上, 硕士学位, 本科或硕士毕业
            rf"{_ALTERNATIVES}(?:\([^)]{{0,10}}\))?\s*(?:及?其?以上|以及上|或者?(?:相当)?以上|起步?(?=\W|$)|学历|学位(?!点|论文)|文凭|毕业(?!班|论文|设计)){_WELCOME}",
            # 学历：本科, 统招本科
            rf"(?:学历|学位|统招|全日制|正规)(?:要求|不低于)?\s*[:：为]?\s*(?:统招|全日制)?\s*(?:{_CHINESE}){_WELCOME}",
            # 大学本科, 本科计算机相关专业
            rf"大学(?:{_CHINESE}){_WELCOME}",
            rf"(?:{_CHINESE})[^，。,;；\n]{{0,14}}(?:相关专业|专业毕业){_WELCOME}",
            # a line or a clause of its own
            rf"(?:^|(?<=[\n。；;，,:：、.)]))\s*(?:{_CHINESE})(?=\s*(?:[\n。；;，,]|$))",
            rf"(?:{_ENGLISH})(?![^.;,。；，\n]{{0,60}}\b(?:preferred|a plus|desired|desirable|nice to have|a bonus)\b)",
        )
    )
)


def held(degree: str) -> int:
    """Which of DEGREES a key or a text means, the highest that it names; -1 where it means none."""
    if degree in DEGREES:
        return DEGREES.index(degree)
    named = _named(text.normalise(degree))
    return max(named, default=_UNKNOWN)


def asked(said: str) -> int:
    """Which of DEGREES somebody must have at least; -1 where nothing is said, or a degree is only welcome.

    985 and 211 are lists of schools, and no degrees.
    """
    named = [degree for found in _ASKED.finditer(text.normalise(said)) for degree in _named(found[0])]
    return min(named, default=_UNKNOWN)


def _named(normal: str) -> list[int]:
    return [place for place, names in enumerate(_HELD) if names.search(normal)]
