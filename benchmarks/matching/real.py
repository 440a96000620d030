"""Postings of real employers as a test set: the duties of one stand for a resume, the rest of another for a feed.

Who shares the platform's category with a feed is relevant; who shares its group is near. One half of the postings is
there to tune on, the other to report. The texts stay where they are.
"""

import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.matching import ours
from benchmarks.matching.baselines import Scores, bm25, shuffled
from benchmarks.matching.graded import TextSet
from benchmarks.matching.metrics import estimate, ndcg, recall
from benchmarks.matching.quality import BM25, OURS, cell, difference, summary
from benchmarks.matching.search_engine import search_engines
from resolvers.matching.documents import FeedDocument, JobDocument, ResumeDocument
from resolvers.matching.semantic import SemanticEngine
from resolvers.matching.sentence_encoder import SentenceEncoder

POSTINGS = "postings.jsonl.gz"
TODAY = date(2018, 12, 31)
"""The year of the postings ends."""
FEEDS = 300
"""Of one half, so many are asked with."""
SAME, NEAR = 2, 1
RANDOM = "random"
MEANING = f"{OURS} with meaning"
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
    usual = {
        name
        for name, count in Counter(name for each in found for name in each["categories"]).items()
        if count >= _USUAL
    }
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


METRICS = ("nDCG@10", "P@10", "Recall@50", "MRR of the own half")
SEARCHES: Mapping[str, Callable[[TextSet], Scores]] = {BM25: bm25, **search_engines()}
_DEPTH = 200
"""The places of the engine's ranking that are looked at."""

Values = dict[tuple[str, str, str], list[float]]
"""By set, method and metric: one value for each feed."""


def measure(folder: Path, *, tuning: bool, feeds: int = FEEDS, semantic: bool = False) -> Values:
    """The metrics of the engine, of plain searches and of any order, with titles shown and hidden. Raises OSError."""
    postings = read(folder)
    values: Values = {}
    for titled in (True, False):
        found = real_set(postings, tuning=tuning, titled=titled, feeds=feeds)
        rankings = {OURS: ours.whole(found, ours.matches(found, _DEPTH))}
        if semantic:
            engine = SemanticEngine(SentenceEncoder())
            rankings[MEANING] = ours.whole(found, ours.matches(found, _DEPTH, engine))
        rankings |= {name: rank(found) for name, rank in SEARCHES.items()} | {RANDOM: shuffled(found)}
        for method, scores in rankings.items():
            for metric, each in zip(METRICS, zip(*_metrics(found, scores), strict=True), strict=True):
                values[found.name, method, metric] = list(each)
    return values


def _metrics(found: RealSet, scores: Scores) -> Iterator[tuple[float, ...]]:
    """The metrics of each feed. Its own other half is no result, but is looked for by itself."""
    for row, grades, own in zip(scores, found.grades, found.own, strict=True):
        others = [*row[:own], *row[own + 1 :]]
        known = [*grades[:own], *grades[own + 1 :]]
        same = [grade == SAME for grade in known]
        before = sum(score > row[own] for score in row)
        equal = sum(score == row[own] for score in row)
        yield (
            ndcg(others, known),
            recall(others, same, 10) * sum(same) / 10,
            recall(others, same, 50),
            1 / (before + (equal + 1) / 2),
        )


def report(
    console: Console, folder: Path, *, tuning: bool, feeds: int = FEEDS, semantic: bool = False
) -> list[dict[str, object]]:
    """Measure, print the tables, and return every estimate as data. Raises OSError."""
    values = measure(folder, tuning=tuning, feeds=feeds, semantic=semantic)
    for name in dict.fromkeys(part for part, _, _ in values):
        table = Table("ranking", *METRICS, title=f"Real postings, {name}, in points of 100")
        with_meaning = [MEANING] if semantic else []
        for method in (OURS, *with_meaning, *SEARCHES, RANDOM):
            table.add_row(method, *(cell(estimate(values[name, method, metric])) for metric in METRICS))
        pairs = [(MEANING, OURS)] if semantic else []
        for one, other in (*pairs, *((OURS, method) for method in SEARCHES)):
            ahead = [difference(values, name, one, other, metric) for metric in METRICS]
            table.add_row(f"{one} − {other}", *map(cell, ahead))
        console.print(table)
    console.print("Brackets: 95 % bootstrap intervals over feeds, paired for differences.")
    return summary(values)
