"""What words mean: skills, roles, domains, cities and companies, with their synonyms, from the files beside this one.

A term is a text whose first letters tell its kind, such as `s:Python`; the files are read once.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from resolvers.matching.lexicon.occupations import Occupations
from resolvers.matching.lexicon.phrases import Phrases, key, without_version

SKILL: Final = "s:"
ROLE: Final = "r:"
WORD: Final = "w:"
AREA: Final = "a:"
PROVINCE: Final = "p:"
DOMAIN: Final = "d:"
GROUP: Final = "g:"

RELATED_IN_FAMILY = 0.2
"""How near two roles of one family are where roles.toml does not say it."""


def name_of(term: str) -> str:
    """What a term is called."""
    return term[2:]


def words(name: str) -> frozenset[str]:
    """The words of a text file of this folder."""
    return frozenset(Path(__file__).with_name(name).read_text(encoding="utf-8").split())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _synonyms(names: Mapping[str, Iterable[str]], kind: str) -> Iterable[tuple[str, str]]:
    for name, others in names.items():
        for phrase in (name, *others):
            yield phrase, kind + name


def _phrases(pairs: Iterable[tuple[str, str]], without_meaning: Iterable[str] = ()) -> Phrases:
    meant: dict[str, list[str]] = defaultdict(list, {phrase: [] for phrase in without_meaning})
    for phrase, term in pairs:
        meant[phrase].append(term)
    return Phrases(meant)


_roles = _read("roles.toml")
_skills = _read("skills.toml")
_domains = _read("domains.toml")
_cities = _read("cities.toml")
_districts = _read("districts.toml")
_companies = _read("companies.toml")
_ambiguous = _read("ambiguous.toml")

_TEXT_PAIRS = [
    *(pair for names in _skills.values() for pair in _synonyms(names, SKILL)),
    *(pair for names in _roles["families"].values() for pair in _synonyms(names, ROLE)),
]

TEXTS = _phrases([*_TEXT_PAIRS, *_synonyms(_domains, DOMAIN)], _ambiguous["traps"])
"""Finds skills, roles and domains in a text, and words without a meaning that contain one."""
TITLES = _phrases(
    [
        *_TEXT_PAIRS,
        *(
            (phrase, ROLE + name)
            for kind in ("short", "bare", "with_skill")
            for name, phrases in _roles[kind].items()
            for phrase in phrases
        ),
    ]
)
"""Finds skills and roles in a title, where shorter words say enough."""
BARE: Final = frozenset(key(phrase) for phrases in _roles["bare"].values() for phrase in phrases)
"""Phrases that name a role only in a title that says nothing else."""
WITH_SKILL: Final = frozenset(key(phrase) for phrases in _roles["with_skill"].values() for phrase in phrases)
"""Phrases that name a role in a title with a skill."""
OCCUPATIONS: Final = Occupations(
    Path(__file__).with_name("occupations.txt").read_text(encoding="utf-8").splitlines(),
    alone=_ambiguous["alone"],
    traps=_ambiguous["title_traps"],
    known={
        phrase: name
        for names in _roles["families"].values()
        for name, others in names.items()
        for phrase in (name, *others)
    },
)
"""Finds the occupations that a title names, of which roles.toml knows only those of offices."""
DOMAINS = _phrases(_synonyms(_domains, DOMAIN))
AREAS = _phrases(
    [
        *((province, PROVINCE + province) for province in _cities),
        *(pair for cities in _cities.values() for pair in _synonyms(cities, AREA)),
        *((district, AREA + city) for district, cities in _districts.items() for city in cities),
    ]
)
DISTRICTS: Final = frozenset(map(key, _districts))
"""Phrases of districts that several cities have."""
COMPANIES = _phrases((name, GROUP + group) for group, words in _companies.items() for name in words.get("names", ()))
COMPANY_HINTS = _phrases(
    (name, GROUP + group) for group, words in _companies.items() for name in words.get("hints", ())
)
SCHOOLS = _phrases((name, GROUP + group) for group, words in _companies.items() for name in words.get("schools", ()))
GROUPS = frozenset(_companies)
"""The company preferences that the lexicon knows."""

FAMILIES: Final[Mapping[str, str]] = {
    **{SKILL + name: family for family, names in _skills.items() for name in names},
    **{ROLE + name: family for family, names in _roles["families"].items() for name in names},
}
"""The family of each skill and role."""

PROVINCES: Final[Mapping[str, str]] = {
    AREA + city: PROVINCE + province for province, cities in _cities.items() for city in cities
}
"""The province of each city."""

PARENTS: Final[Mapping[str, tuple[str, ...]]] = {
    SKILL + name: tuple(SKILL + parent for parent in parents) for name, parents in _read("implies.toml").items()
}
"""What else somebody knows who knows a skill."""

LANGUAGES = frozenset(
    SKILL + name
    for name in (
        "Python",
        "Java",
        "C++",
        "C#",
        "PHP",
        "JavaScript",
        "Fortran",
        "MATLAB",
        "SAS",
        "SQL",
        "Perl",
        "Go",
        "C语言",
        "R语言",
        "汇编",
        "Verilog",
    )
)
"""Languages in whose company a letter is one."""

VAGUE: Final = BARE | WITH_SKILL

GENERAL_ROLES = frozenset(ROLE + name for name in _roles["general"]["names"])
MODIFYING_ROLES = frozenset(ROLE + name for name in _roles["modifying"]["names"])
"""Roles that give way to one behind them in the same title."""

_INFERRED: Mapping[tuple[str, str], str] = {
    (ROLE + general, SKILL + skill): ROLE + role
    for general, roles in _roles["inferred"].items()
    for role, skills in roles.items()
    for skill in skills
}


class Elsewhere(NamedTuple):
    """Roles that mean another one `beside` some words, `unless` the title has one of others."""

    roles: frozenset[str]
    means: str
    unless: Phrases
    beside: Phrases


ELSEWHERE: Final = tuple(
    Elsewhere(
        frozenset(ROLE + name for name in each["roles"]),
        ROLE + each["means"],
        *(_phrases((word, WORD + word) for word in each[kind]) for kind in ("unless", "beside")),
    )
    for each in _ambiguous["elsewhere"]
)

_ROLES_OF_FAMILY: Mapping[str, frozenset[str]] = {
    family: frozenset(ROLE + name for name in names) for family, names in _roles["families"].items()
}


LETTER: Final = "letter"
EVERYDAY: Final = "everyday"
_AMBIGUOUS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_ambiguous["letters"], LETTER),
    **dict.fromkeys(_ambiguous["words"], EVERYDAY),
}


def ambiguity(phrase: str) -> str | None:
    """LETTER or EVERYDAY for a phrase that may mean something else, whatever version stands behind it."""
    return _AMBIGUOUS.get(key(phrase)) or _AMBIGUOUS.get(without_version(phrase))


def inferred_roles(skills: Iterable[str], general: str = ROLE + "软件开发") -> list[str]:
    """What a title of a general role and some skills means, such as a back end for Java."""
    found = (_INFERRED.get((general, skill)) for skill in skills)
    return list(dict.fromkeys(role for role in found if role is not None))


@cache
def related_roles(role: str) -> Mapping[str, float]:
    """The roles near a role, with itself, and how near each is: from 0 to 1, the same in both directions."""
    near = dict.fromkeys(_ROLES_OF_FAMILY.get(FAMILIES.get(role, ""), ()), RELATED_IN_FAMILY)
    for one, others in _roles["near"].items():
        for other, nearness in others.items():
            if ROLE + one == role:
                near[ROLE + other] = nearness
            elif ROLE + other == role:
                near[ROLE + one] = nearness
    for other, nearness in OCCUPATIONS.near(name_of(role)):
        near[ROLE + other] = max(nearness, near.get(ROLE + other, 0.0))
    near[role] = 1.0
    return near


def check() -> list[str]:
    """Faults of the files: names that nothing defines, and skills that imply one another."""
    faults = [*OCCUPATIONS.faults]
    roles = {name for names in _roles["families"].values() for name in names}
    short = (_roles["short"], _roles["bare"], _roles["with_skill"])
    named = {name for table in (_roles["near"], *_roles["near"].values(), *short) for name in table}
    named |= {name for table in _roles["inferred"].values() for name in table}
    named |= {name for each in _ambiguous["elsewhere"] for name in (*each["roles"], each["means"])}
    named |= {name for kind in ("general", "modifying") for name in _roles[kind]["names"]}
    faults += [f"unknown role {name}" for name in sorted(named - roles)]
    skills = {name for names in _skills.values() for name in names}
    implied = {name for one, others in _read("implies.toml").items() for name in (one, *others)}
    implied |= {skill for table in _roles["inferred"].values() for names in table.values() for skill in names}
    faults += [f"unknown skill {name}" for name in sorted(implied - skills)]
    known_cities = {city for cities in _cities.values() for city in cities}
    faults += [f"unknown city {name}" for names in _districts.values() for name in names if name not in known_cities]
    faults += [f"unknown family {name}" for name in _skills if name not in _roles["families"]]
    return faults
