"""What a person can do and what a vacancy needs, before anything is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Protocol

from benchmarks.matching.vocabulary import vocabulary
from models.talent.vocabulary import TalentLevel

LEVELS = tuple(TalentLevel)
WAGE = (1.0, 1.6, 2.4, 3.6)
"""What each level earns, in multiples of the first."""
FIRST_YEARS = (0, 3, 6, 11)
"""The years that each level begins with."""
ROUNDING = 500
DEAR_CITIES = {"北京": 1.2, "上海": 1.2, "深圳": 1.15, "杭州": 1.1}


class Stuffing(StrEnum):
    """How somebody who cannot do a job dresses up for it."""

    LIST = "list"
    """Lists the words of the job in the self-evaluation."""
    COPY = "copy"
    """Copies the requirements into a job's description."""
    WISH = "wish"
    """Names the job as the one that is wanted, and lists its words."""


@dataclass(frozen=True, slots=True)
class Stint:
    """One job: the months ago when it began and ended (0 while it lasts), and how much each skill was used."""

    role: str
    level: int
    began: int
    ended: int
    used: Mapping[str, float]
    domain: str
    employer: str | None

    @property
    def months(self) -> int:
        """How long it lasted."""
        return self.began - self.ended


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is not ability: where somebody lives and would work, and for how much a month."""

    city: str
    cities: tuple[str, ...]
    salary: int
    key_school: bool
    english: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's latent truth. `stuffs` tells for which vacancy (by number) the resume is dressed up, and how."""

    role: str
    level: int
    years: int
    mastery: Mapping[str, float]
    stints: tuple[Stint, ...]
    circumstances: Circumstances
    stuffs: tuple[int, Stuffing] | None = None


@dataclass(frozen=True, slots=True)
class Vacancy:
    """What a job needs: the mastery of each skill from 0 to 1; `salary` is None where it is open to negotiation."""

    role: str
    levels: tuple[int, ...]
    needs: Mapping[str, float]
    cities: tuple[str, ...]
    salary: tuple[int, int]
    negotiable: bool
    domain: str
    preference: str | None
    english: bool


@dataclass(frozen=True, slots=True)
class World:
    """The people and vacancies of one draw."""

    people: Sequence[Person]
    vacancies: Sequence[Vacancy]


class LatentModel(Protocol):
    """One idea of who fits a job. It draws people and vacancies, and grades them without seeing any text."""

    @property
    def name(self) -> str:
        """What the report calls it."""
        ...

    def draw(self, chance: Random, vacancies: int, people: int) -> World:
        """A world of that many vacancies and people."""
        ...

    def grade(self, person: Person, vacancy: Vacancy) -> int:
        """How well the person fits: 3 very well, 2 well, 1 somewhat, 0 not."""
        ...


def level_of(years: int) -> int:
    """The usual level after that many years."""
    return max(level for level, first in enumerate(FIRST_YEARS) if years >= first)


def level_gap(person: Person, vacancy: Vacancy) -> int:
    """How many levels the person is away from those that are wanted."""
    return min(abs(person.level - level) for level in vacancy.levels)


def is_reachable(person: Person, vacancy: Vacancy) -> bool:
    """Whether the person would work where the job is."""
    return not set(person.circumstances.cities).isdisjoint(vacancy.cities)


def excess_salary(person: Person, vacancy: Vacancy) -> float:
    """By which part the person wants more than the job pays; 0 where the salary is within reach."""
    return max(0.0, person.circumstances.salary / vacancy.salary[1] - 1)


def usual_salary(chance: Random, role: str, level: int, city: str, spread: float) -> int:
    """What somebody of that role and level earns a month, give or take."""
    wage = vocabulary().roles[role].salary * WAGE[level] * DEAR_CITIES.get(city, 1.0)
    return max(2, round(wage * chance.lognormvariate(0, spread) / ROUNDING)) * ROUNDING
