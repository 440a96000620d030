"""The jobs of a resume in time: which come last, how long they took, and how long ago they were."""

from datetime import date
from typing import Final

from resolvers.matching.documents import JobDocument, ResumeDocument

UNKNOWN: Final = -1
MAX_ENTRIES: Final = 50
"""How many jobs, schools and the like are read, of jobs the last ones: more than the forms of the product take."""
MAX_YEARS: Final = 60
PARTS_OF_YEAR: Final = 4
"""The time of a single job is counted in quarters."""

DatedJob = tuple[JobDocument, int | None, float, int]
"""A job, its months, and how recent it is for its skills and for its title."""


def _months(start: date | None, end: date) -> int | None:
    """Both months counted."""
    if start is None:
        return None
    return max(0, (end.year - start.year) * 12 + end.month - start.month + 1)


def _last_day(job: JobDocument, today: date) -> date:
    """The last day that somebody is known to have had the job."""
    if job.has_readable_dates:
        return job.end or today
    return job.end or job.start or date.min


def dated(document: ResumeDocument) -> list[DatedJob]:
    """The jobs, the last first, each with its months, and how recent it is for its skills and for its title."""
    today = document.today
    ordered = sorted(document.jobs, key=lambda job: (_last_day(job, today), job.start or date.min), reverse=True)
    found = []
    for rank, job in enumerate(ordered[:MAX_ENTRIES]):
        end = min(_last_day(job, today), today)
        months = _months(job.start, end) if job.has_readable_dates else 0
        past = (today - end).days / 365.25
        recency = max(0.6, 1 - 0.05 * max(0.0, past - 2))
        weight = max(0.7, 1 - 0.08 * rank) * (0.85 if months is not None and months < 6 else 1.0)
        found.append((job, months, recency, round(weight * (0.85 if past > 5 else 1.0) * 100)))
    return found


def years_of(document: ResumeDocument) -> int:
    """The years of work that a resume says, or that its jobs took together; UNKNOWN without either."""
    if document.years is not None:
        return max(0, min(document.years, MAX_YEARS))
    spans = sorted(span for job in document.jobs if (span := _span(job, document)) is not None)
    if not spans:
        return UNKNOWN
    days = 0
    reached = date.min
    for start, end in spans:
        days += max(0, (end - max(start, reached)).days)
        reached = max(reached, end)
    return min(round(days / 365.25), MAX_YEARS)


def spent(job: JobDocument, document: ResumeDocument) -> int:
    """The quarters of a job in which somebody had no other one; 0 where its dates are unknown."""
    span = _span(job, document)
    if span is None:
        return 0
    reached, until = span
    days = 0
    others = [other for each in document.jobs if each is not job and (other := _span(each, document)) is not None]
    for start, end in sorted(others):
        days += max(0, (min(start, until) - reached).days)
        reached = max(reached, end)
    days += max(0, (until - reached).days)
    return min(round(days * PARTS_OF_YEAR / 365.25), MAX_YEARS * PARTS_OF_YEAR)


def _span(job: JobDocument, document: ResumeDocument) -> tuple[date, date] | None:
    if job.start is None or not job.has_readable_dates:
        return None
    return job.start, min(job.end or document.today, document.today)
