"""Postings of real employers as a test set: the duties of one stand for a resume, the rest of another for a feed.

Who shares the platform's category with a feed is relevant; who shares its group is near. The texts stay where they are.
"""

import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import orjson

from benchmarks.matching.baselines import Scores
from resolvers.matching.documents import FeedDocument, JobDocument, ResumeDocument

POSTINGS = "postings.jsonl.gz"
TODAY = date(2018, 12, 31)
"""The year of the postings ends."""
FEEDS = 300
"""Of one half, so many are asked with."""
SAME, NEAR = 2, 1
_SHORT = 40
"""Duties and requirements of fewer characters say too little."""
_USUAL = 5
"""A category of fewer postings is mostly a fault of how the page was read."""
_RANK = re.compile(
    r"经理|主管|总监|专员|助理|文员|工程师|人员|技术员|顾问|高级|初级|资深|首席|代表|主任|管理员|副|师$|员$|[（(].*?[）)]"
)


@dataclass(frozen=True)
class Posting:
    """What of a posting is used."""

    title: str
    categories: frozenset[str]
    duties: str
    requirements: str
    keywords: tuple[str, ...]

    @cached_property
    def groups(self) -> frozenset[str]:
        """The categories without ranks: a manager and an assistant of one trade are near."""
        return frozenset(_RANK.sub("", category) for category in self.categories)

    @property
    def is_for_tuning(self) -> bool:
        """Which half it belongs to: all postings of one title are in the same."""
        return hashlib.sha256(self.title.encode()).digest()[0] % 2 == 0


def read(folder: Path) -> list[Posting]:
    """The postings of a folder that say enough. Raises OSError."""
    with gzip.open(folder / POSTINGS) as file:
        found = [orjson.loads(line) for line in file]
    usual = {name for name, count in Counter(name for each in found for name in each["categories"]).items() if count >= _USUAL}
    made = (
        Posting(
            each["title"],
            frozenset(usual.intersection(each["categories"])),
            each["duties"],
            each["requirements"],
            tuple(each["keywords"]),
        )
        for each in found
    )
    return [each for each in made if each.categories and min(len(each.duties), len(each.requirements)) >= _SHORT]


@dataclass(frozen=True, slots=True)
class RealSet:
    """One half of the postings. `own[f]` is the resume that is the feed's other half, which is no result of it."""

    name: str
    feeds: Sequence[FeedDocument]
    resumes: Sequence[ResumeDocument]
    grades: Sequence[Sequence[int]]
    own: Sequence[int]


def real_set(postings: Sequence[Posting], *, tuning: bool, titled: bool, feeds: int = FEEDS) -> RealSet:
    """The half for tuning or the other one; with `titled`, resumes show their posting's title as their job's."""
    half = [each for each in postings if each.is_for_tuning is tuning]
    asked = sorted(range(len(half)), key=lambda number: hashlib.sha256(half[number].duties.encode()).digest())[:feeds]
    return RealSet(
        name=f"{'tuning' if tuning else 'held out'}, titles {'shown' if titled else 'hidden'}",
        feeds=[_feed(number, half[own]) for number, own in enumerate(asked)],
        resumes=[_resume(number, each, titled=titled) for number, each in enumerate(half)],
        grades=[[_grade(half[own], other) for other in half] for own in asked],
        own=asked,
    )


def _feed(number: int, posting: Posting) -> FeedDocument:
    return FeedDocument(number + 1, posting.title, posting.keywords, skill_required=posting.requirements)


def _resume(number: int, posting: Posting, *, titled: bool) -> ResumeDocument:
    job = JobDocument("", posting.title if titled else "", posting.duties)
    return ResumeDocument(number + 1, TODAY, jobs=(job,))


def _grade(asked: Posting, other: Posting) -> int:
    if asked.categories & other.categories:
        return SAME
    return NEAR if asked.groups & other.groups else 0


def strangers(found: RealSet, scores: Scores) -> tuple[list[list[float]], list[list[int]]]:
    """Scores and grades without the resume that is each feed's own other half."""
    kept = [[number for number in range(len(found.resumes)) if number != own] for own in found.own]
    return (
        [[row[number] for number in numbers] for row, numbers in zip(scores, kept, strict=True)],
        [[row[number] for number in numbers] for row, numbers in zip(found.grades, kept, strict=True)],
    )
