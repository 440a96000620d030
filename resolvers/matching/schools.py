"""Names of schools: whether one is that of a company preference, or only begins like it."""

import re
from collections.abc import Iterable
from typing import Final

from models.texts import HAN
from resolvers.matching import lexicon

_ITSELF: Final = re.compile(
    rf"(?:大学)?(?:本部|[{HAN}]{{0,2}}(?:校区|医学[部院])|研究生院|本科|硕士|博士|研究生|[{HAN}、]{{2,12}}系)?(?:\s*(?:[^\w\s].*)?|\s+[{HAN}].*)"
    r"|(?: university| univ[.]?)?\s*(?:[^\w\s].*)?",
    re.DOTALL,
)
"""What may stand behind the name of a school in that of the same one."""


def named(name: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The preference of a school's name: 北京大学（本科） is 北京大学, 北京大学青鸟职业技术学院 is another school.

    So are Zhejiang University of Technology and Oxford Brookes University.
    """
    pieces = list(lexicon.SCHOOLS.split(name.removeprefix("the ")))
    behind = pieces[1][0] if len(pieces) > 1 else ""
    return pieces[:1] if pieces and pieces[0][1] and _ITSELF.fullmatch(behind) else ()
