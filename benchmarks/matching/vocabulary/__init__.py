"""The latent taxonomy and its words: roles, skills and what surrounds them.

The words are the benchmark's own. They are read by people who write resumes here, never by the engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

SAME = 1.0
NEAR = 0.12
GROUP = 0.08
RESERVED_ONE_IN = 4


class SkillKind(StrEnum):
    """How a skill appears in a sentence."""

    TOOL = "tools"
    DUTY = "duties"
    CERTIFICATE = "certificates"


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill: what it is called, the usual name first, and sentences that show it without naming it."""

    kind: SkillKind
    names: tuple[str, ...]
    english: tuple[str, ...]
    shown: tuple[str, ...]
    shown_english: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """One role: `kin` can do the job at a discount; `near` sounds alike and is another job.

    The names of one that `is_everyday`, and of its skills, are none that the engine knows.
    """

    group: str
    titles: tuple[str, ...]
    english: tuple[str, ...]
    core: tuple[str, ...]
    further: tuple[str, ...]
    kin: Mapping[str, float]
    near: tuple[str, ...]
    things: tuple[str, ...]
    majors: tuple[str, ...]
    salary: int
    is_everyday: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that the generators draw from."""

    skills: Mapping[str, Skill]
    roles: Mapping[str, Role]
    shared: Mapping[str, Any]

    def roles_of(self, *, everyday: bool) -> Sequence[str]:
        """The names of the roles that are everyday ones, or of the others: no world has both."""
        return [name for name, role in self.roles.items() if role.is_everyday is everyday]

    def closeness(self, role: str, wanted: str) -> float:
        """How far experience as `role` counts as experience as `wanted`, from 0 to 1."""
        if role == wanted:
            return SAME
        kin = self.roles[wanted].kin.get(role) or self.roles[role].kin.get(wanted)
        if kin is not None:
            return kin
        if self.is_near(role, wanted):
            return NEAR
        return GROUP if self.roles[role].group == self.roles[wanted].group else 0.0

    def is_near(self, role: str, wanted: str) -> bool:
        """Whether the two sound alike but are different jobs."""
        return wanted in self.roles[role].near or role in self.roles[wanted].near


def for_tuning(names: tuple[str, ...]) -> tuple[str, ...]:
    """The usual name and most of the others: the rest is kept for the held-out seeds, lest the engine learns them."""
    return (names[0], *(name for name in names[1:] if crc32(name.encode()) % RESERVED_ONE_IN))


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once from the files beside this one."""
    skills: dict[str, Skill] = {}
    roles: dict[str, Role] = {}
    shared: Mapping[str, Any] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "roles" not in content:
            shared = content
            continue
        for kind in SkillKind:
            skills |= {key: _skill(kind, entry) for key, entry in content.get(kind, {}).items()}
        is_everyday = content.get("everyday", False)
        roles |= {key: _role(entry, is_everyday=is_everyday) for key, entry in content["roles"].items()}
    return Vocabulary(skills, roles, shared)


def _skill(kind: SkillKind, entry: Mapping[str, Any]) -> Skill:
    return Skill(
        kind,
        tuple(entry["names"]),
        tuple(entry["english"]),
        tuple(entry["shown"]),
        tuple(entry.get("shown_english", ())),
    )


def _role(entry: Mapping[str, Any], *, is_everyday: bool) -> Role:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Role(**fields, is_everyday=is_everyday)
