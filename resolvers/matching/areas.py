"""Names of places as terms."""

import re
from itertools import pairwise
from typing import Final

from resolvers.matching import lexicon, text
from resolvers.matching.lexicon.phrases import key

_ENDING = re.compile(r"(?:特别行政区|壮族自治区|维吾尔自治区|回族自治区|自治区|省|市|区|县)$")
_ANYWHERE = re.compile(
    r"全国|不限|远程|remote|anywhere|各地|海内外|居家|在家办公|worldwide|nationwide|^\s*(?:国内|任意|随意|均可|都可以?|哪里都行)\s*$"
)


_EXCLUDED: Final = re.compile(
    r"(?:不(?:愿意?|想|打算)?(?:去|到|来|考虑|接受|含|包括|包含|在(?![乎意])|要(?!求))|除了?|排除|拒绝|谢绝|非(?![洲常]))"
    r"[^,，;；。()（）\n]{0,40}?(?:以外|之外|外|(?=[,，;；。()（）\s]|$))"
    r"|[^,，;；。()（）\s]{1,40}(?:除外|不去|不考虑|不接受|免谈|勿扰)(?=[,，;；。()（）\s]|$)"
    r"|\b(?:not|no|except(?: for)?|excluding|other than|(?<=where )but)\s[^,，;；。()（）\n]{0,80}"
)
"""What somebody says of places where they will not go."""
_SEPARATOR: Final = re.compile(r"[,，、/|;；\n]")


def is_anywhere(area: str) -> bool:
    """Whether an area means every place without an exception."""
    normal = text.normalise(area)
    return _ANYWHERE.search(normal) is not None and _EXCLUDED.search(normal) is None


def places(area: str) -> tuple[str, ...]:
    """The terms of the places that an area names: its cities; without one its provinces, or else its own name.

    Where somebody goes anywhere but to some cities, it is the others. A district that several cities have is in each
    of them, unless the area names one.
    """
    normal = text.normalise(area).strip()
    named = _EXCLUDED.sub(" ", normal).strip(" ()（）")
    if named != normal and _ANYWHERE.search(named):
        excluded = {*_found(" ".join(_EXCLUDED.findall(normal)))}
        return tuple(
            city for city, province in lexicon.PROVINCES.items() if city not in excluded and province not in excluded
        )
    return _named(named)


def _named(normal: str) -> tuple[str, ...]:
    found = _found(normal)
    cities = [term for term in found if term.startswith(lexicon.AREA)]
    if cities:
        return tuple(dict.fromkeys(cities))
    if found:
        return tuple(dict.fromkeys(found))
    bare = _ENDING.sub("", normal)[: text.MAX_WORD]
    if lexicon.AREA + bare in lexicon.PROVINCES:
        bare = normal[: text.MAX_WORD]
    return (lexicon.AREA + bare,) if bare else ()


def _found(normal: str) -> list[str]:
    """The cities and provinces that a text names."""
    pieces = [*lexicon.AREAS.split(normal), ("", ())]
    # 朝阳 is a city; 朝阳区 is a part of others, and 海淀区 of 北京.
    meant = [
        (piece, [term for term in meant if not (behind.startswith("区") and piece == lexicon.name_of(term))])
        for (piece, meant), (behind, _) in pairwise(pieces)
    ]
    sure = {term for piece, terms in meant for term in terms if not _is_district(piece)}
    sure |= {lexicon.PROVINCES[term] for term in sure if term in lexicon.PROVINCES}
    found: list[str] = []
    is_inside = False  # another place, as no separator stands between
    for piece, terms in meant:
        if _is_district(piece):
            terms = [term for term in terms if {term, lexicon.PROVINCES[term]} & sure] or ([] if is_inside else terms)
        found.extend(terms)
        is_inside = _SEPARATOR.search(piece) is None and (is_inside or bool(terms))
    return found


def _is_district(piece: str) -> bool:
    return key(piece) in lexicon.DISTRICTS


def province_of(place: str) -> str | None:
    """The province that a place lies in; None for a province and for an unknown place."""
    return lexicon.PROVINCES.get(place)
