"""The input of matching: resumes and feeds, as plain values.

A resume's document has no name, gender, age, ethnicity, marital or political status: what is not here cannot
score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from models.talent.vocabulary import TalentLevel


@dataclass(frozen=True, slots=True)
class JobDocument:
    """A job that somebody had; `end` is None while it lasts, and both are None where they are unknown.

    Without `has_readable_dates` something was typed for a date that cannot be read: how long the job lasted counts for
    nothing, and it is as old as the date that can be read.
    """

    company: str
    position: str = ""
    description: str = ""
    start: date | None = None
    end: date | None = None
    has_readable_dates: bool = True


@dataclass(frozen=True, slots=True)
class StudyDocument:
    """Where somebody studied."""

    school: str
    major: str = ""
    degree: str = ""


@dataclass(frozen=True, slots=True)
class ResumeDocument:
    """What a resume says that may matter for a job. None and empty mean that it says nothing.

    Salaries are in yuan a month; `domains` and `certificates` are names; `today` is the day that lasting
    jobs are counted to.
    """

    resume_id: int
    today: date
    position: str = ""
    self_evaluation: str = ""
    jobs: Sequence[JobDocument] = ()
    studies: Sequence[StudyDocument] = ()
    level: TalentLevel | None = None
    years: int | None = None
    salary_min: int | None = None
    salary_max: int | None = None
    current_area: str = ""
    areas: Sequence[str] = ()
    domains: Sequence[str] = ()
    certificates: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """What a recruiter looks for. Salaries are in yuan a month, None for 面议; the lists hold names."""

    feed_id: int
    title: str
    keywords: Sequence[str] = ()
    job_description: str = ""
    skill_required: str = ""
    salary_min: int | None = None
    salary_max: int | None = None
    levels: Sequence[TalentLevel] = ()
    areas: Sequence[str] = ()
    company_preferences: Sequence[str] = ()
    domains: Sequence[str] = ()


class Component(StrEnum):
    """What a score is made of."""

    TITLE = "title"
    SKILLS = "skills"
    TEXT = "text"
    LEVEL = "level"
    DEGREE = "degree"
    AREA = "area"
    SALARY = "salary"
    DOMAIN = "domain"
    COMPANY = "company"


class FactKind(StrEnum):
    """What the values of a fact are; whoever shows it puts them into the words of a language."""

    LISTED = "listed"
    """The name of a skill that the resume lists without a job it was used in."""
    INFERRED = "inferred"
    """The name of a skill that another one implies."""
    LEVEL = "level"
    """A TalentLevel."""
    YEARS = "years"
    """So many years of work."""
    YEARS_OF_TRADE = "years_of_trade"
    """So many years of work in the feed's trade, of as many in all."""
    YEARS_ASKED = "years_asked"
    """At least so many years, and at most as many as the second value, if there is one."""
    YEARS_USUAL = "years_usual"
    """The same, as usual for a level of a feed that says nothing of years."""
    DEGREE = "degree"
    """A key of the dictionary EDUCATION."""
    DEGREE_ASKED = "degree_asked"
    """The same, or a higher one."""
    ANYWHERE = "anywhere"
    """Any city; no values."""
    SALARY = "salary"
    """From so many to so many yuan a month."""
    ALIKE = "alike"
    """Texts are alike in meaning by so many percent."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is no name by itself."""

    kind: FactKind
    values: tuple[str | int, ...] = ()


Told = str | Fact
"""A part of an explanation: a name, which is the same in every language, or a fact."""


class Reason(NamedTuple):
    """One component of a score: its points of at most `max`, and what in the resume earned them.

    `missing` tells that the resume or the feed says nothing about it, so that it counts half. `asked` is what the
    feed says of it, `held` what the resume does; `met` and `unmet` are what is asked and held, and asked and not held,
    and neither has what is not known. `truncated` tells that the resume says more than is read.
    """

    component: Component
    points: float
    max: float
    evidence: tuple[Told, ...] = ()
    missing: bool = False
    met: tuple[Told, ...] = ()
    unmet: tuple[Told, ...] = ()
    asked: tuple[Told, ...] = ()
    held: tuple[Told, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """How many more resumes would fit a feed without its condition for one component; of SKILLS, without a keyword."""

    component: Component
    would_fit: int
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a resume fits a feed: from 0 to 100, the sum of its reasons' points, rounded.

    `title_score` is the title's part alone, from 0 to 100; `keywords` are the feed's skills that the resume has.
    """

    feed_id: int
    resume_id: int
    score: int
    title_score: int
    reasons: tuple[Reason, ...]
    keywords: tuple[str, ...] = ()
