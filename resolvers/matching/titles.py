"""Job titles: their roles, and how similar two of them are."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from models.talent.vocabulary import TalentLevel
from resolvers.matching import context, lexicon, text
from resolvers.matching.english import BETWEEN_TERMS
from resolvers.matching.lexicon.occupations import SEPARATOR, Found
from resolvers.matching.lexicon.phrases import key

MAX_WORDS = 4
MAX_OCCUPATIONS = 200
"""In so many characters of a title occupations are looked for."""
_OTHER_LANGUAGE = 0.4
_UNSAID_LANGUAGE = 0.75
_TRADES_OF_DEVELOPERS = frozenset({"software", "data", "engineering", "design"})
_SOFT = lexicon.words("title_words.txt")
_LEVELS = (
    (
        TalentLevel.EXPERT,
        re.compile(
            r"专家|总监(?!助理|秘书)|首席|架构师|总经理(?!助理|秘书|办|司机)|院长(?!助理|秘书)"
            r"|\bstaff (?:software|hardware|machine|data|systems?|site|security|research|product)\b"
            r"|\bstaff (?:\w+ )?(?:engineer|developer|scientist|designer)\b"
            r"|\b(?:principal|director|chief|cto|ceo|cfo|coo|vp|head of)\b(?! (?:assistant|secretary))"
        ),
    ),
    (
        TalentLevel.SENIOR,
        re.compile(
            r"高级(?!中学|技工学校|技校)|资深|主管|组长|负责人|经理人|主任(?=医师|护师|技师|工程师|记者|编辑|律师)|(?:科|车间|办公室|年级|教研室)主任"
            r"|\b(?:senior|sr|lead|leader)\b"
            r"(?! (?:generation|gen|paint|care|living|cent(?:er|re)|citizens?|homes?|housing|services)\b)"
        ),
    ),
    (TalentLevel.INTERMEDIATE, re.compile(r"中级|\b(?:intermediate|mid)\b")),
    (
        TalentLevel.JUNIOR,
        re.compile(
            r"初级(?!中学)|实习|助理|应届|校招|管培"
            r"|\b(?:junior|jr|intern|trainee|assistant|graduate)\b"
            r"(?! (?:high|middle|school|studies|programs?|admissions?)\b)"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Title:
    """What a title means: its roles, the skills in it and its other words; all may be empty."""

    roles: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.roles or self.skills or self.words)

    def __str__(self) -> str:
        names = [lexicon.name_of(term) for term in (*self.roles, *self.skills)] or [*self.words]
        return BETWEEN_TERMS.join(dict.fromkeys(names))


def is_soft(term: str) -> bool:
    """Whether a term is a word such as 工程师, which titles of all trades have."""
    return term.startswith(lexicon.WORD) and lexicon.name_of(term) in _SOFT


def parse(title: str) -> Title:
    """What a title means. A particular role replaces a general one: Java开发 is a back end."""
    roles: list[str] = []
    vague: list[tuple[str, str]] = []
    skills: list[str] = []
    others: list[str] = []
    normal = text.normalise(title)
    phrases = list(lexicon.TITLES.split(normal))
    occupations = _occupations(normal, phrases)
    pieces = _pieces(normal, occupations) if occupations else phrases
    start = before = 0
    for piece, meant in context.meant(normal, pieces, occupations):
        if SEPARATOR.search(normal, start, start + len(piece)):
            before = len(roles)
        if start in occupations:  # what stands before it in the same words only says more about it
            del roles[before:]
        start += len(piece)
        if not meant:
            others.extend(word for word in text.words(piece) if word not in _SOFT)
        for term in meant:
            if not term.startswith(lexicon.ROLE):
                skills.append(term)
            elif key(piece) in lexicon.VAGUE:
                vague.append((piece, term))
            else:
                roles.append(term)
    if not roles:
        roles = _of_vague(vague, skills, others)
        others += [piece for piece, _ in vague if not roles and piece not in _SOFT]
    return Title(
        roles=tuple(dict.fromkeys(_particular(_behind(roles), skills))),
        skills=tuple(dict.fromkeys(skills)),
        words=tuple(dict.fromkeys(others))[:MAX_WORDS],
    )


def beside(position: str, duties: str, named: Iterable[str]) -> tuple[Title, frozenset[str]]:
    """What a title means beside duties that name these terms, and the roles that it does not mean there.

    The 前端 of a supermarket is no web page.
    """
    title = parse(position)
    if title.skills:
        return title, frozenset()
    for each in lexicon.ELSEWHERE:
        if each.roles.isdisjoint(title.roles) or each.unless.found_in(text.normalise(position)):
            continue
        trades = {lexicon.FAMILIES[role] for role in each.roles}
        is_told = any(term.startswith(lexicon.SKILL) and lexicon.FAMILIES[term] in trades for term in named)
        if not is_told and each.beside.found_in(text.normalise(duties)):
            changed = (each.means if role in each.roles else role for role in title.roles)
            return replace(title, roles=tuple(dict.fromkeys(changed))), each.roles
    return title, frozenset()


def _occupations(normal: str, phrases: Iterable[context.Meaning]) -> dict[int, Found]:
    """The occupations of a title by their places, but for those in the name of a role, or in brackets behind it."""
    roles = []
    start = 0
    for piece, meant in phrases:
        if key(piece) not in lexicon.VAGUE and any(term.startswith(lexicon.ROLE) for term in meant):
            roles.append((start, start + len(piece)))
        start += len(piece)
    return {
        each.start: each
        for each in lexicon.OCCUPATIONS.find(normal[:MAX_OCCUPATIONS])
        if not any(
            (first <= each.start and each.end <= last)
            or (last <= each.start and normal.count("(", last, each.start) > normal.count(")", last, each.start))
            for first, last in roles
        )
    }


def _pieces(normal: str, occupations: Mapping[int, Found]) -> Iterator[context.Meaning]:
    """The pieces of a title: its occupations, and the phrases between them."""
    start = 0
    for each in occupations.values():
        yield from lexicon.TITLES.split(normal[start : each.start])
        skills = (
            term for term in lexicon.TITLES.meant(normal[each.start : each.end]) if not term.startswith(lexicon.ROLE)
        )
        yield normal[each.start : each.end], (lexicon.ROLE + each.role, *skills)
        start = each.end
    yield from lexicon.TITLES.split(normal[start:])


def _of_vague(vague: list[tuple[str, str]], skills: list[str], others: list[str]) -> list[str]:
    """What words mean that name a role only alone, or only beside a skill of its trade."""
    trades = {lexicon.FAMILIES[skill] for skill in skills}
    says_more = any(not lexicon.DOMAINS.meant(word) for word in others)
    return [
        role
        for piece, role in vague
        if (key(piece) in lexicon.BARE and not says_more and not skills)
        or (key(piece) in lexicon.WITH_SKILL and not trades.isdisjoint(_TRADES_OF_DEVELOPERS))
        or (key(piece) not in lexicon.WITH_SKILL and lexicon.FAMILIES[role] in trades)
    ]


def _behind(roles: list[str]) -> list[str]:
    """The roles without those that only tell whose driver or assistant somebody is."""
    return [role for place, role in enumerate(roles) if role not in lexicon.MODIFYING_ROLES or place == len(roles) - 1]


def _particular(roles: list[str], skills: list[str]) -> list[str]:
    families = {lexicon.FAMILIES.get(role) for role in roles if role not in lexicon.GENERAL_ROLES}
    particular = [role for role in roles if role not in lexicon.GENERAL_ROLES or lexicon.FAMILIES[role] not in families]
    if not particular or set(particular) == {lexicon.ROLE + "软件开发"}:
        return lexicon.inferred_roles(skills) or particular
    return particular


def level_of(title: str) -> TalentLevel | None:
    """The level that a title tells; None where it tells none."""
    normal = text.normalise(title)
    return next((level for level, words in _LEVELS if words.search(normal)), None)


class Wanted:
    """A title that is looked for."""

    def __init__(self, title: Title):
        self.title = title
        has_language = not title.roles or any(role in lexicon.FAMILIES for role in title.roles)
        self._languages = title.skills if has_language else ()
        self._near: dict[str, float] = {}
        for role in title.roles:
            for other, nearness in lexicon.related_roles(role).items():
                self._near[other] = max(nearness, self._near.get(other, 0.0))
        self._pairs = pairs(title)

    @property
    def roles(self) -> Collection[str]:
        """The roles that are near; without any, titles are compared by their words."""
        return self._near.keys()

    @property
    def pairs(self) -> Collection[str]:
        """What titles are compared by that have no roles."""
        return self._pairs

    def nearness(self, other: Title) -> float:
        """How near a title is to this one, from 0 to 1. Too many roles in one title mean none of them."""
        if not self._near or not other.roles:
            return self._alike(other)
        role = max(self._near.get(role, 0.0) for role in other.roles)
        if len(other.roles) > 2:
            role *= 2 / len(other.roles)
        return role * self._language(other)

    def _language(self, other: Title) -> float:
        """Python开发 is not Java开发, though both are back ends. A carpenter has no language."""
        if not self._languages:
            return 1.0
        if not other.skills:
            return _UNSAID_LANGUAGE
        held = {parent for skill in other.skills for parent in lexicon.PARENTS.get(skill, ())} | set(other.skills)
        share = sum(skill in held for skill in self._languages) / len(self._languages)
        return _OTHER_LANGUAGE + (1 - _OTHER_LANGUAGE) * share

    def _alike(self, other: Title) -> float:
        others = pairs(other)
        if not self._pairs or not others:
            return 0.0
        return 2 * len(self._pairs & others) / (len(self._pairs) + len(others))


def pairs(title: Title) -> set[str]:
    """The pairs of characters of Chinese words, and whole words of others: how alike two unknown titles are."""
    found: set[str] = set()
    for name in (*title.roles, *title.skills, *title.words):
        bare = name[2:] if name[1:2] == ":" else name
        if bare.isascii():
            found.add(bare)
        else:
            found.update(bare[index : index + 2] for index in range(len(bare) - 1))
    return found
