"""Names of places as terms."""

import re
from itertools import pairwise

from resolvers.matching import lexicon, text

_ENDING = re.compile(r"(?:特别行政区|壮族自治区|维吾尔自治区|回族自治区|自治区|省|市|区|县)$")
_ANYWHERE = re.compile(
    r"全国|不限|远程|remote|anywhere|各地|海内外|居家|在家办公|worldwide|nationwide|^\s*(?:国内|任意|随意|均可|都可以?|哪里都行)\s*$"
)


def is_anywhere(area: str) -> bool:
    """Whether an area means every place."""
    return _ANYWHERE.search(area.lower()) is not None


def places(area: str) -> tuple[str, ...]:
    """The terms of the places that an area names: its cities; without one its provinces, or else its own name."""
    normal = text.normalise(area).strip()
    pieces = [*lexicon.AREAS.split(normal), ("", ())]
    # 朝阳 is a city; 朝阳区 is a part of another, and 海淀区 of 北京.
    found = [
        term
        for (piece, meant), (behind, _) in pairwise(pieces)
        for term in meant
        if not (behind.startswith("区") and piece == lexicon.name_of(term))
    ]
    cities = [term for term in found if term.startswith(lexicon.AREA)]
    if cities:
        return tuple(dict.fromkeys(cities))
    if found:
        return tuple(dict.fromkeys(found))
    bare = _ENDING.sub("", normal)[: text.MAX_WORD]
    if lexicon.AREA + bare in lexicon.PROVINCES:
        bare = normal[: text.MAX_WORD]
    return (lexicon.AREA + bare,) if bare else ()


def province_of(place: str) -> str | None:
    """The province that a place lies in; None for a province and for an unknown place."""
    return lexicon.PROVINCES.get(place)
