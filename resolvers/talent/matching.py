"""Updates recommendations after changes of feeds and resumes: the work of the process that matches.

It keeps the index in memory and loads it from the stored profiles when it takes over. Tasks are taken away in the
transaction that writes what follows from them.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Row, bindparam, delete, select
from sqlalchemy.exc import SQLAlchemyError

from models.errors import Unavailable
from models.statements import table_of, upsert
from models.talent.recommendations import ResumeProfile
from resolvers.matching.documents import FeedDocument, Match, ResumeDocument
from resolvers.matching.engine import Engine, Found
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.profile import Profile
from resolvers.matching.semantic import SemanticEngine
from resolvers.matching.sentence_encoder import SentenceEncoder
from resolvers.scope import Scope, Services
from resolvers.talent import documents, matches, tasks
from resolvers.talent.hints import Hints
from resolvers.talent.tasks import TaskKind

BATCH = 200
"""The resumes that are read and matched at a time."""
MAX_PAIRS = 20_000
"""Beyond so many pairs of a changed resume and a feed it is cheaper to match every feed anew."""
LOADED_AT_ONCE = 5_000

log = structlog.get_logger()

_profiles = table_of(ResumeProfile)
_SAVE_PROFILE = upsert(ResumeProfile, unique=["resume_id"])
_FORGET_PROFILES = delete(_profiles).where(_profiles.c.resume_id.in_(bindparam("keys", expanding=True)))
_STORED_PROFILES = (
    select(_profiles.c.resume_id, _profiles.c.content)
    .where(_profiles.c.resume_id > bindparam("after"))
    .order_by(_profiles.c.resume_id)
    .limit(LOADED_AT_ONCE)
)


class Matcher:
    """The index, the feeds as they are matched, and the work on them."""

    def __init__(self, services: Services, *, max_pairs: int = MAX_PAIRS) -> None:
        self._services = services
        self._max_pairs = max_pairs
        self._engine = SemanticEngine(SentenceEncoder()) if services.compares_meaning else Engine()
        self._feeds: dict[int, CompiledFeed] = {}
        self._poisoned: set[tuple[int, int]] = set()
        self._hints = Hints()

    async def load(self) -> None:
        """Fill the index from the stored profiles, and compile the feeds. Outdated profiles are made again."""
        after = 0
        while rows := await self._services.database.fetch(_STORED_PROFILES, {"after": after}):
            outdated = await asyncio.to_thread(self._load, rows)
            after = rows[-1].resume_id
            if outdated:
                scope = Scope(self._services, now=self._services.clock())
                async with scope.begin():
                    await tasks.resumes_changed(scope, outdated)
        scope = Scope(self._services, now=self._services.clock())
        active = await matches.active_feeds(scope)
        await self._compiled(scope, [row.id for row in active])
        for row in active:
            self._hints.note(row.id, row.loosening_hints, scope.now)

    async def step(self) -> bool:
        """Work on one batch of tasks; whether there was any."""
        scope = Scope(self._services, now=self._services.clock())
        active = await matches.active_feeds(scope)
        is_bulk = await tasks.count(scope, TaskKind.RESUME) * len(active) > self._max_pairs
        # A recruiter waits for a new feed; the others wait until the resumes are through, lest they are done twice.
        new_feeds = await tasks.due_feeds(scope, only_new=is_bulk)
        if due := self._sound(new_feeds):
            await self._try(self._match_feed, scope, due[:1])
            return True
        if due := self._sound(await tasks.due(scope, TaskKind.RESUME, size=BATCH)):
            work = self._index_resumes if is_bulk else self._match_resumes
            await self._try(work, scope, due)
            self._hints.resumes_changed(scope.now)
            return True
        return await self._renew_hints(scope, {row.id for row in active})

    def _sound(self, due: Sequence[Row[Any]]) -> list[Row[Any]]:
        return [task for task in due if (task.id, task.version) not in self._poisoned]

    async def _try(self, work: Any, scope: Scope, due: Sequence[Row[Any]]) -> None:
        """Do it; if that fails, one by one, and leave out what fails until it changes again or the process does."""
        try:
            await work(scope, due)
        except (SQLAlchemyError, Unavailable, OSError):
            raise
        except Exception:
            if len(due) > 1:
                for task in due:
                    await self._try(work, scope, [task])
                return
            log.exception("matching_task_failed", kind=due[0].kind, subject=due[0].subject_id)
            self._poisoned.add((due[0].id, due[0].version))

    async def _match_feed(self, scope: Scope, due: Sequence[Row[Any]]) -> None:
        """Compute the recommendations of one feed."""
        (task,) = due
        feed_id = task.subject_id
        self._feeds.pop(feed_id, None)
        found = Found([], None)
        if (feed := await self._compiled(scope, [feed_id])).get(feed_id) is not None:
            found = await asyncio.to_thread(self._engine.find, feed[feed_id], matches.KEPT)
        async with scope.begin() as transaction:
            await matches.replace_of_feed(scope, feed_id, found.matches, found.hints)
            await self._score_handed_in(scope, await matches.handed_in_for_feed(scope, feed_id))
            await tasks.finish(transaction, due)
        self._hints.note(feed_id, found.hints, scope.now)

    async def _renew_hints(self, scope: Scope, active: Collection[int]) -> bool:
        """Count anew for one feed what it could do without, if resumes changed since; whether there was one."""
        feed_id = self._hints.due(scope.now)
        if feed_id is None:
            return False
        hints = None
        if feed_id in active and (feed := await self._compiled(scope, [feed_id])).get(feed_id) is not None:
            hints = (await asyncio.to_thread(self._engine.find, feed[feed_id], 0)).hints
            async with scope.begin():
                await matches.hint(scope, feed_id, hints)
        self._hints.note(feed_id, hints, scope.now)
        return True

    async def _match_resumes(self, scope: Scope, due: Sequence[Row[Any]]) -> None:
        """Match changed resumes with every active feed."""
        feeds = await self._compiled(scope, [row.id for row in await matches.active_feeds(scope)])
        profiles, gone = await self._profiles(scope, due)
        found = await asyncio.to_thread(self._matched, profiles, list(feeds.values()))
        async with scope.begin() as transaction:
            await self._save(scope, profiles, gone)
            await matches.replace_of_resumes(scope, [*profiles, *gone], list(feeds), found)
            await self._score_handed_in(scope, await matches.handed_in_of_resumes(scope, list(profiles)))
            await tasks.finish(transaction, due)

    async def _score_handed_in(self, scope: Scope, handed_in: Sequence[Row[Any]]) -> None:
        """What somebody handed in is shown however little it fits, and explained too."""
        if not handed_in:
            return
        feeds = await self._compiled(scope, list({row.feed_id for row in handed_in}))
        found = await asyncio.to_thread(self._scored, [row for row in handed_in if row.feed_id in feeds], feeds)
        await matches.score(scope, found)

    async def _index_resumes(self, scope: Scope, due: Sequence[Row[Any]]) -> None:
        """Only put changed resumes into the index, and have every feed matched anew."""
        profiles, gone = await self._profiles(scope, due)
        async with scope.begin() as transaction:
            await self._save(scope, profiles, gone)
            await tasks.every_feed_changed(transaction, scope.now)
            await tasks.finish(transaction, due)

    async def _profiles(self, scope: Scope, due: Sequence[Row[Any]]) -> tuple[dict[int, Profile], list[int]]:
        """The profiles of resumes, put into the index, and the ids of those that are not to be found there any more."""
        ids = [task.subject_id for task in due]
        found = await documents.resume_documents(scope, ids)
        profiles = await asyncio.to_thread(self._profiled, found)
        gone = [resume_id for resume_id in ids if resume_id not in profiles]
        await asyncio.to_thread(self._put, list(profiles.values()))
        for resume_id in gone:
            self._engine.remove(resume_id)
        return profiles, gone

    async def _save(self, scope: Scope, profiles: Mapping[int, Profile], gone: Sequence[int]) -> None:
        times = {"created_at": scope.now, "updated_at": scope.now}
        if profiles:
            rows = [{"resume_id": key, "content": profile.dumps(), **times} for key, profile in profiles.items()]
            await scope.transaction.execute_many(_SAVE_PROFILE, rows)
        if gone:
            await scope.transaction.execute(_FORGET_PROFILES, {"keys": list(gone)})

    async def _compiled(self, scope: Scope, feed_ids: Sequence[int]) -> dict[int, CompiledFeed]:
        """Those of the feeds that are not deleted; compiled once until they change."""
        missing = [feed_id for feed_id in feed_ids if feed_id not in self._feeds]
        if missing:
            found = await documents.feed_documents(scope, missing)
            self._feeds.update(await asyncio.to_thread(self._compile, found))
        return {feed_id: self._feeds[feed_id] for feed_id in feed_ids if feed_id in self._feeds}

    def _put(self, profiles: Sequence[Profile]) -> None:
        for profile in profiles:
            self._engine.put(profile)

    def _scored(self, handed_in: Sequence[Row[Any]], feeds: Mapping[int, CompiledFeed]) -> dict[int, Match]:
        found = {}
        for row in handed_in:
            (match,) = self._engine.match_resume(Profile.loads(row.content), [feeds[row.feed_id]], minimum=0)
            if match is not None:
                found[row.id] = match
        return found

    def _load(self, rows: Sequence[Row[Any]]) -> list[int]:
        """Put stored profiles into the index; the resumes whose profile an older version wrote."""
        outdated = []
        for row in rows:
            try:
                self._engine.load(row.content)
            except ValueError:
                outdated.append(row.resume_id)
        return outdated

    def _matched(self, profiles: Mapping[int, Profile], feeds: Sequence[CompiledFeed]) -> list[Match]:
        return [
            match
            for profile in profiles.values()
            for match in self._engine.match_resume(profile, feeds)
            if match is not None
        ]

    def _compile(self, found: Mapping[int, FeedDocument]) -> dict[int, CompiledFeed]:
        return {feed_id: self._engine.compile(document) for feed_id, document in found.items()}

    def _profiled(self, found: Mapping[int, ResumeDocument]) -> dict[int, Profile]:
        return {resume_id: self._engine.profile(document) for resume_id, document in found.items()}
