"""What the engine is compared with. All read the same words: what the recruiter and the candidate wrote."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log
from random import Random

import rjieba

from benchmarks.matching.graded import GradedSet, TextSet
from resolvers.matching.documents import FeedDocument, ResumeDocument

Scores = Sequence[Sequence[float]]
"""For each feed, the score of each resume."""
K1 = 1.2
B = 0.75
WORD = re.compile(r"\w")


def query_text(feed: FeedDocument) -> str:
    """What a recruiter would search for."""
    return "\n".join((feed.title, *feed.keywords, feed.job_description, feed.skill_required))


def resume_text(resume: ResumeDocument) -> str:
    """Everything that the resume says in words."""
    jobs = (f"{job.company}\n{job.position}\n{job.description}" for job in resume.jobs)
    studies = (f"{study.school}\n{study.major}\n{study.degree}" for study in resume.studies)
    lists = (*resume.domains, *resume.certificates, *resume.areas)
    return "\n".join((resume.position, resume.self_evaluation, *jobs, *studies, *lists, resume.current_area))


def segmented(text: str) -> list[str]:
    """The words of the text, as the segmenter's own dictionary splits it."""
    return [word for word in rjieba.cut(text.lower()) if WORD.search(word)]


def bm25(graded: TextSet) -> Scores:
    """Okapi BM25 over segmented words."""
    counts = [Counter(segmented(resume_text(resume))) for resume in graded.resumes]
    lengths = [count.total() for count in counts]
    average = sum(lengths) / len(lengths)
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, count in enumerate(counts):
        for word, times in count.items():
            postings[word].append((number, times))
    scores = []
    for feed in graded.feeds:
        row = [0.0] * len(counts)
        for word, asked in Counter(segmented(query_text(feed))).items():
            found = postings.get(word, ())
            rarity = log(1 + (len(counts) - len(found) + 0.5) / (len(found) + 0.5))
            for number, times in found:
                saturated = times * (K1 + 1) / (times + K1 * (1 - B + B * lengths[number] / average))
                row[number] += asked * rarity * saturated
        scores.append(row)
    return scores


def keyword_count(graded: TextSet) -> Scores:
    """How often the feed's keywords (without any: its title) occur in the resume."""
    texts = [resume_text(resume).lower() for resume in graded.resumes]
    return [
        [float(sum(text.count(word.lower()) for word in feed.keywords or (feed.title,))) for text in texts]
        for feed in graded.feeds
    ]


def recency(graded: GradedSet) -> Scores:
    """The latest change first."""
    row = [float(day.toordinal()) for day in graded.updated]
    return [row] * len(graded.feeds)


def shuffled(graded: TextSet) -> Scores:
    """Any order."""
    chance = Random(graded.name)  # noqa: S311 -- the same order every time
    return [[chance.random() for _ in graded.resumes] for _ in graded.feeds]
