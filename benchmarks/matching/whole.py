"""The whole path through the database: from a change to the recommendations that are written, and to the first page."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from auth.principal import Principal
from benchmarks.data import with_services
from benchmarks.matching import growth
from benchmarks.matching.growth import Line, Stopwatch, Times
from benchmarks.matching.speed import CHANGED, NEW_FEEDS, feeds, resumes
from benchmarks.matching.stored import Dictionaries, dictionaries_of, draft_of, fill, rows_of_resume, settings_in
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import Recommendation
from resolvers.matching.documents import FeedDocument, ResumeDocument
from resolvers.paging import PageRequest
from resolvers.scope import Scope, Services
from resolvers.talent import feeds as talent_feeds
from resolvers.talent import recommendations, tasks
from resolvers.talent.matches import KEPT
from resolvers.talent.matching import Matcher
from resolvers.talent.recommendations import RecommendationFilter

MEGABYTE = 1 << 20

_resumes, _feeds, _recommendations = table_of(Resume), table_of(Feed), table_of(Recommendation)
_FEEDS = select(_feeds.c.id, _feeds.c.user_id).order_by(_feeds.c.id).limit(NEW_FEEDS)
_WRITTEN = select(func.count()).select_from(_recommendations)
_CHANGE = update(_resumes).where(_resumes.c.id == bindparam("of_resume")).values(position=bindparam("new_position"))


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured with one number of resumes."""

    resumes: int
    feeds: int
    recommendations: int
    """Those that are written before anything is measured."""
    load_seconds: float
    """To fill the index from the database, which happens when a process takes over."""
    new_feed_ms: Times
    """From a recruiter's order until the recommendations are written."""
    changed_resume_ms: Times
    """From a change of a resume until its recommendations among all feeds are written."""
    page_ms: Times
    """The first page of a feed's recommendations."""
    counts_ms: Times
    """How many recommendations a feed shows, and how many of them are not read."""
    memory_mb: float
    """Of the process that matched and listed."""
    database_mb: float


LINES: Sequence[Line[Figures]] = (
    Line("a new feed until it is written, ms (median)", lambda found: found.new_feed_ms.median, ".0f", below=2000),
    Line("  the slowest", lambda found: found.new_feed_ms.worst, ".0f"),
    Line("  on the processor alone (median)", lambda found: found.new_feed_ms.processor, ".0f"),
    Line("a changed resume likewise, ms (median)", lambda found: found.changed_resume_ms.median, ".0f", below=1000),
    Line("  the slowest", lambda found: found.changed_resume_ms.worst, ".0f"),
    Line("  on the processor alone (median)", lambda found: found.changed_resume_ms.processor, ".0f"),
    Line("first page of recommendations, ms (median)", lambda found: found.page_ms.median, ".2f", grows_at_most=1.3),
    Line("  on the processor alone (median)", lambda found: found.page_ms.processor, ".2f"),
    Line("counters of a feed, ms (median)", lambda found: found.counts_ms.median, ".2f", grows_at_most=1.3),
    Line("  on the processor alone (median)", lambda found: found.counts_ms.processor, ".2f"),
    Line("loading the index from the database, s", lambda found: found.load_seconds, ".1f"),
    Line("memory of the process, MB", lambda found: found.memory_mb, ".0f"),
    Line("the database, MB", lambda found: found.database_mb, ".0f"),
    Line("recommendations in it", lambda found: found.recommendations, ",.0f"),
)


def measure(size: int, feed_count: int, profiles: Path) -> Figures:
    """The figures for that many resumes, in a process and with a database of its own, beside the profiles."""
    folder = profiles.parent / "database"
    folder.mkdir()
    growth.elsewhere(fill, folder, size, feed_count, profiles)
    return growth.elsewhere(_match_and_list, folder, size, feed_count)


def report(console: Console, figures: Sequence[Figures]) -> None:
    """Print the figures, how they grow from the smallest to the largest number of resumes, and the goals."""
    title = f"Recommendations through the database (SQLite) with {figures[0].feeds} active feeds, {KEPT} of each"
    console.print(growth.table(title, LINES, figures))


def _match_and_list(folder: Path, size: int, feed_count: int) -> Figures:
    async def run(services: Services) -> Figures:
        recruiters = await services.database.fetch(_FEEDS)
        written = await services.database.fetch_value(_WRITTEN)
        known = await dictionaries_of(Scope(services, now=services.clock()))
        matcher = Matcher(services)
        began = time.perf_counter()
        await matcher.load()
        loaded = time.perf_counter() - began
        changed = await _change_resumes(services, matcher, known)
        listed = await _list(services, recruiters)
        offers = feeds(feed_count + NEW_FEEDS)[feed_count:]
        new = await _add_feeds(services, matcher, known, zip(offers, recruiters, strict=False))
        memory = growth.memory_mb()
        return Figures(size, feed_count, written, loaded, new, changed, *listed, memory, _database_mb(folder))

    return with_services(settings_in(folder), run)


async def _add_feeds(
    services: Services, matcher: Matcher, known: Dictionaries, orders: Iterable[tuple[FeedDocument, Row[Any]]]
) -> Times:
    watch = Stopwatch()
    for offer, feed in orders:
        draft = draft_of(offer, known)
        with watch.running():
            scope = _scope_of(services, feed.user_id)
            async with scope.begin():
                await talent_feeds.create(scope, draft)
            await _finish(matcher)
    return watch.times


async def _change_resumes(services: Services, matcher: Matcher, known: Dictionaries) -> Times:
    """People whose resumes say from now on what those of others say."""
    watch = Stopwatch()
    for number, other in enumerate(islice(resumes(), CHANGED, 2 * CHANGED), 1):
        changed = replace(other, resume_id=number)
        with watch.running():
            scope = Scope(services, now=services.clock())
            async with scope.begin():
                await _change(scope, changed, known)
                await tasks.resume_changed(scope, number)
            await _finish(matcher)
    return watch.times


async def _change(scope: Scope, changed: ResumeDocument, known: Dictionaries) -> None:
    transaction = scope.transaction
    times = {"created_at": scope.now, "updated_at": scope.now}
    await transaction.execute(_CHANGE, {"of_resume": changed.resume_id, "new_position": changed.position})
    for model, rows in rows_of_resume(changed, known).items():
        table = table_of(model)
        await transaction.execute(
            delete(table).where(table.c.resume_id == bindparam("of_resume")), {"of_resume": changed.resume_id}
        )
        if rows:
            await transaction.execute_many(insert(table), [{**times, **row} for row in rows])


async def _list(services: Services, listed: Sequence[Row[Any]]) -> tuple[Times, Times]:
    """The times of first pages and of counters."""
    pages, counts = Stopwatch(), Stopwatch()
    for feed in listed:
        scope = _scope_of(services, feed.user_id)
        with pages.running():
            await recommendations.of_feeds(scope, [feed.id], PageRequest(), RecommendationFilter())
        with counts.running():
            await recommendations.counts_of_feeds(scope, [feed.id])
    return pages.times, counts.times


def _scope_of(services: Services, user_id: int) -> Scope:
    return Scope(services, Principal(user_id), now=services.clock())


def _database_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.glob("*.db*")) / MEGABYTE


async def _finish(matcher: Matcher) -> None:
    while await matcher.step():
        pass
