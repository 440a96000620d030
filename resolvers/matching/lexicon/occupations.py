"""Occupations that titles name: the official Chinese classification, with everyday and English names, by group.

occupations.txt has one occupation a line, the name that is shown first, below its middle group (#) and group (##).
A line of a role of roles.toml adds names to that role, and tells to which group it belongs. Those of a group with
a star have little in common, and are only as near as others of its middle group; so are the groups of a middle group
with a star, which are not near at all.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from models.texts import HAN
from resolvers.matching.lexicon.phrases import key

SAME_GROUP: Final = 0.5
SAME_MIDDLE_GROUP: Final = 0.2
"""How near two occupations are that share no more than this."""

_MIXED: Final = "*"
_TRAP: Final = ""
_SHORTEST_PLURAL: Final = 4
"""Shorter names are abbreviations, such as hr."""
_GAP: Final = re.compile(rf"[{HAN}][ \-_.]+[{HAN}]")
_DROPPED: Final = re.compile(r"[ \-_]|(?<=[^\W_])\.(?=[^\W_])")
SEPARATOR: Final = re.compile(rf"[/,，、|;；:：()\[\]【】&+]|\s[\-–—]\s|\b(?:and|or)\b|(?<=[{HAN}])\s")
"""What stands between two occupations of one title."""
_BEHIND_HAN: Final = re.compile(
    r"$|\W|\d|[和与及或兼]"
    r"|(?:学徒|师傅|组长|班长|领班|主管|队长|实习|岗|人员|职位|若干|兼职|全职|急聘|日结|包吃|包住|双休)"
)
_BEHIND_LATIN: Final = re.compile(
    r"\s*(?:$|[^\w\s\-'’]|\s[\-–—]\s|\d|(?:i{1,3}|iv|v)\b)"
    r"|\s+(?:for|of|in|at|with|on|and|or|apprentice|helper|trainee|intern|supervisor|foreman|lead|leader"
    r"|assistant|wanted|needed|required|jobs?|position|vacancy|full|part|night|day|temporary|seasonal|level|class|grade)\b"
)
_OF_ANOTHER: Final = re.compile(r"\b(?:for|of|to|with|by|from|at)\b[^,;/|()]*$")
_RANKS: Final = frozenset(
    [
        *("senior", "junior", "lead", "head", "chief", "assistant", "apprentice", "trainee", "part", "full", "time"),
        *("freelance", "professional", "高级", "资深", "初级", "中级", "兼职", "全职", "急聘", "实习", "学徒", "师傅"),
        *("主管", "领班", "组长"),
    ]
)
"""What may stand beside a word that names an occupation only where a title says nothing else."""
_WORDS: Final = re.compile(rf"[a-z]+|[{HAN}]+")


class Found(NamedTuple):
    """Where a title names an occupation, and its role."""

    start: int
    end: int
    role: str


class Occupations:
    """Finds the occupations that a title names, and knows how near two of them are."""

    def __init__(self, lines: Iterable[str], alone: Iterable[str], traps: Iterable[str], known: Mapping[str, str]):
        """Read the lines of the file. `known` are phrases of roles.toml with their roles, which win."""
        self._names: dict[str, str] = {}
        self._groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._members: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.faults: list[str] = []
        known_keys = {key(phrase): role for phrase, role in known.items()}
        self._own_roles = frozenset(known.values())
        middle = group = ""
        for line in lines:
            if line.startswith("##"):
                group = line[2:].strip()
            elif line.startswith("#"):
                middle = line[1:].strip()
            elif line.strip():
                self._add((middle, group), [name.strip() for name in line.split("|")], known_keys)
        for name, role in (*self._names.items(), *known_keys.items()):
            for plural in _plurals(name):
                if plural not in known_keys:
                    self._names.setdefault(plural, role)
        self._names.update(dict.fromkeys(map(key, traps), _TRAP))
        self._alone = frozenset(plural for name in map(key, alone) for plural in (name, *_plurals(name)))
        self._beginnings = frozenset(name[:2] for name in self._names)
        self._longest = max(map(len, self._names))

    def _add(self, place: tuple[str, str], names: list[str], known: Mapping[str, str]) -> None:
        role = names[0]
        if place[1].endswith(_MIXED):
            place = (place[0], f"{place[1]} {role}")
        self._groups[role].append(place)
        self._members[place].append(role)
        for name in names:
            known_role = known.get(key(name)) or self._names.setdefault(key(name), role)
            if known_role != role:
                self.faults.append(f"{name} is {role} and {known_role}")

    @property
    def roles(self) -> Collection[str]:
        """The roles of all occupations, those of roles.toml included."""
        return self._groups.keys()

    @property
    def names(self) -> Mapping[str, str]:
        """Their names without what may be left out of them, and their roles."""
        return {name: role for name, role in self._names.items() if role != _TRAP}

    def near(self, role: str) -> Iterator[tuple[str, float]]:
        """The other roles of its groups and middle groups. How near two of roles.toml are is told there."""
        mine = self._groups.get(role, [])
        middles = {middle for middle, _ in mine if not middle.endswith(_MIXED)}
        for place, members in self._members.items():
            if place in mine or place[0] in middles:
                nearness = SAME_GROUP if place in mine else SAME_MIDDLE_GROUP
                for other in members:
                    if other != role and not (role in self._own_roles and other in self._own_roles):
                        yield other, nearness

    def find(self, title: str) -> list[Found]:
        """The occupations of a normalised title that are what it is about, and not what another word is about."""
        dropped = {found.start() for found in _DROPPED.finditer(title)}
        places = [place for place in range(len(title)) if place not in dropped]
        bare = "".join(title[place] for place in places)
        found: list[Found] = []
        first = 0
        while first < len(places):
            after = first + 1
            if bare[first : first + 2] in self._beginnings and not _continues(title, places[first]):
                for last in range(min(len(places), first + self._longest), first + 1, -1):
                    role = self._names.get(bare[first:last])
                    start, end = places[first], places[last - 1] + 1
                    if role is None or _is_cut(title, start, end):
                        continue
                    if role != _TRAP and self._is_head(title, start, end, bare[first:last]):
                        found.append(Found(start, end, role))
                    after = last
                    break
            first = after
        return found

    def _is_head(self, title: str, start: int, end: int, name: str) -> bool:
        """A pilot is one in "pilot" and "pilot, Boeing 737", but not in "pilot plant engineer"."""
        behind = _BEHIND_LATIN if name[-1].isascii() else _BEHIND_HAN
        if not behind.match(title, end) or _OF_ANOTHER.search(title[:start]):
            return False
        if name not in self._alone:
            return True
        before = SEPARATOR.split(title[:start])[-1]
        rest = SEPARATOR.split(title[end:], maxsplit=1)[0]
        return all(word in _RANKS for word in _WORDS.findall(f"{before} {rest}"))


def _continues(title: str, place: int) -> bool:
    """Whether a word of letters began before this place."""
    return place > 0 and _is_latin(title[place]) and _is_latin(title[place - 1])


def _is_cut(title: str, start: int, end: int) -> bool:
    """Whether a word of letters goes on behind, or a space stands between the characters."""
    goes_on = end < len(title) and _is_latin(title[end - 1]) and (_is_latin(title[end]) or title[end] in "+#")
    return goes_on or _GAP.search(title, start, end) is not None


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _plurals(name: str) -> Iterator[str]:
    """Names of lists are in the plural: plumbers, secretaries, firemen."""
    if len(name) < _SHORTEST_PLURAL or not name.isascii():
        return
    if name.endswith("man"):
        yield f"{name[:-3]}men"
    elif name.endswith("wife"):
        yield f"{name[:-4]}wives"
    elif name.endswith("y") and not name.endswith(("ey", "oy")):
        yield f"{name[:-1]}ies"
    else:
        yield f"{name}{'es' if name.endswith(('s', 'ch', 'x')) else 's'}"
