"""The graded set: feeds, resumes, and how well each fits each, known before either was written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Protocol

from benchmarks.matching.latent import LatentModel, World
from benchmarks.matching.surface import TODAY, Style, Writer, Written
from resolvers.matching.documents import FeedDocument, ResumeDocument

FEEDS = 40
RESUMES = 500
RELEVANT = 2
"""The grade from which a resume ought to be recommended."""

TUNING_SEEDS = ("tuning-1", "tuning-2")
HELD_OUT_SEEDS = ("held-out-1", "held-out-2", "held-out-3")
"""Nothing may be tuned on these, which also have names of skills and roles that the tuning seeds do not."""

STYLES = {
    "skill vectors": Style(),
    "career paths": Style(variant=0.4, paraphrase=0.45, omit=0.2, collaborate=0.5),
    "topic mixtures": Style(variant=0.65, paraphrase=0.2, omit=0.1, typo=0.15, verbose=0.2),
    "everyday words": Style(variant=1.0, paraphrase=0.5, collaborate=0.1),
}


class TextSet(Protocol):
    """Feeds and resumes to rank, with a name of their own."""

    @property
    def name(self) -> str:
        """Which set it is."""
        ...

    @property
    def feeds(self) -> Sequence[FeedDocument]:
        """Feed `f` has the id `f` or any other: places count."""
        ...

    @property
    def resumes(self) -> Sequence[ResumeDocument]:
        """Resume `r` has the id `r + 1`."""
        ...


@dataclass(frozen=True)
class GradedSet:
    """`grades[f][r]` is how well resume `r` fits feed `f`, from 0 to 3; `updated` is when each resume last changed."""

    name: str
    world: World
    feeds: Sequence[FeedDocument]
    written: Sequence[Written]
    grades: Sequence[Sequence[int]]
    updated: Sequence[date]

    @cached_property
    def resumes(self) -> Sequence[ResumeDocument]:
        """The resumes alone."""
        return tuple(written.resume for written in self.written)


def graded_set(
    model: LatentModel, seed: str, feeds: int = FEEDS, resumes: int = RESUMES, *, style: Style | None = None
) -> GradedSet:
    """The set of that seed. The style changes the words alone: people, vacancies and grades stay the same."""
    world = model.draw(_chance(seed, model.name, "world"), feeds, resumes)
    grades = tuple(tuple(model.grade(person, vacancy) for person in world.people) for vacancy in world.vacancies)
    writer = Writer(replace(style or STYLES[model.name], reserved=seed not in TUNING_SEEDS))
    offers = tuple(
        writer.feed(_chance(seed, model.name, "feed", number), number, vacancy)
        for number, vacancy in enumerate(world.vacancies)
    )
    written = tuple(
        writer.resume(_chance(seed, model.name, "resume", number), number, person, offers)
        for number, person in enumerate(world.people)
    )
    days = _chance(seed, model.name, "updated")
    updated = tuple(TODAY - timedelta(days=days.randrange(365)) for _ in world.people)
    return GradedSet(f"{model.name}, {seed}", world, offers, written, grades, updated)


def _chance(*parts: object) -> Random:
    return Random("/".join(map(str, parts)))  # noqa: S311 -- the same set every time
