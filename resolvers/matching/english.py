"""What the terms of the lexicon are called in English. It does not load the lexicon, which only matching needs."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from resolvers.matching.documents import Component

BETWEEN_TERMS: Final = " · "
"""What stands between the terms of a title."""

_FOLDER: Final = Path(__file__).with_name("lexicon")
_OF_TITLES: Final = ("roles", "skills", "occupations")
_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    Component.TITLE: _OF_TITLES,
    Component.SKILLS: ("skills", "roles", "domains"),
    Component.TEXT: ("skills", "roles", "domains"),
    Component.AREA: ("cities", "provinces"),
    Component.DOMAIN: ("domains",),
    Component.COMPANY: ("preferences",),
}
"""The kinds of terms that an explanation of a component names, the likeliest first."""


def named(component: str, name: str) -> str:
    """What a name in the explanation of a component is in English; what has no English name stays as it is."""
    if name.isascii():
        return name
    if component == Component.TITLE and BETWEEN_TERMS in name:
        return BETWEEN_TERMS.join(named(component, part) for part in name.split(BETWEEN_TERMS))
    names = _names()
    return next((names[kind][name] for kind in _KINDS.get(component, ()) if name in names[kind]), name)


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    own = _read("english.toml")
    spellings = {word.lower(): word for word in own["spellings"]}
    found: dict[str, dict[str, str]] = {kind: {} for kinds in _KINDS.values() for kind in kinds}
    families = {
        "roles": _read("roles.toml")["families"].values(),
        "skills": _read("skills.toml").values(),
        "domains": [_read("domains.toml")],
        "cities": _read("cities.toml").values(),
    }
    for kind, tables in families.items():
        for table in tables:
            for name, others in table.items():
                _add(found[kind], name, others, spellings, of_place=kind == "cities")
    for line in _FOLDER.joinpath("occupations.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, *others = (part.strip() for part in line.split("|"))
            _add(found["occupations"], name, others, spellings)
    for kind, names in found.items():
        names.update(own.get(kind, {}))
    return found


def _add(
    names: dict[str, str], name: str, others: Iterable[str], spellings: Mapping[str, str], *, of_place: bool = False
) -> None:
    """Name a term by its first English synonym."""
    english = next((other for other in others if other.isascii() and any(map(str.isalpha, other))), None)
    if english is None:
        return
    words = [
        spellings.get(word) or (word.capitalize() if of_place or not place else word)
        for place, word in enumerate(english.split())
    ]
    names.setdefault(name, " ".join(words))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(_FOLDER.joinpath(name).read_text(encoding="utf-8"))
