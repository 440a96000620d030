"""The watch list in the graph."""

from typing import Annotated

import strawberry

from auth.policies import owner, recruiter
from models.errors import InvalidInput, LimitReached, NotFound
from resolvers.matching.reasons import MAX_KEYWORDS
from resolvers.talent import candidates, feeds, watches
from resolvers.talent.watches import SearchField
from schema.engine.connection import DEFAULT_PAGE_SIZE, After, Connection, First, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, paged
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User
from schema.talent.actions import RecommendationInput, recommendation_named
from schema.talent.candidates import CandidateResume
from schema.talent.feeds import Feed

enum_type(
    SearchField,
    description="Where a watch list is searched.",
    values={
        SearchField.POSITION: "The position they wish for, and those they had.",
        SearchField.COMPANY: "The companies they worked for.",
        SearchField.NAME: "The name, of those whose contact was acquired.",
        SearchField.SCHOOL: "The schools.",
        SearchField.ALL: "All that the recruiter may read.",
    },
)


@node_type(
    description="A resume on a recruiter's watch list. It stays there when it becomes secret.",
    policy=owner,
    by_id=watches.by_id,
)
class WatchedResume(Node):
    """A row of `watched_resumes`, with the keywords of its recommendation."""

    feed: Feed | None = link("The feed that it was found through.", "feed_id", feeds.deleted_or_not_by_id)
    resume: CandidateResume | None = link("The resume.", "resume_id", candidates.by_id)
    keywords: list[str] = column("The feed's skills that the resume has.", at_most=MAX_KEYWORDS)


@input_type(description="A filter of watched resumes.")
class WatchedResumeFilter:
    """The filter of `watchedResumes`."""

    text: str = strawberry.field(
        default="", description="They hold this, to the letter but for its case; empty finds all."
    )
    field: SearchField = strawberry.field(default=SearchField.ALL, description="Where.")


@payload_type(description="The result of `watchResume`.")
class WatchResumePayload:
    """The entry, NOT_FOUND or LIMIT_REACHED."""

    watched_resume: WatchedResume | None = changed("The entry of the watch list.")


@payload_type(description="The result of `unwatchResume`.")
class UnwatchResumePayload:
    """Whether it is off the list, or NOT_FOUND."""

    unwatched: bool | None = changed("Always true.")


@extends(User)
class UserWatchList:
    """The resumes that a user watches."""

    @paged("The resumes that they watch. Newest first", policy=owner)
    async def watched_resumes(
        self,
        info: Info,
        filter: Annotated[WatchedResumeFilter | None, strawberry.argument(description="Which.")] = None,
        first: First = DEFAULT_PAGE_SIZE,
        after: After = None,
    ) -> Connection[WatchedResume]:
        """A page of the watch list."""
        filters = {} if filter is None else watches.searching(filter.field, filter.text)
        return await listed(info, WatchedResume, watches.listing, filters, first=first, after=after, page=None)


@root_type
class WatchesMutation:
    """Mutations."""

    @mutation(
        f"Put a resume that was recommended on the caller's watch list, of at most {watches.MAX_WATCHED}; it may be"
        " there already.",
        policy=recruiter,
        errors=(InvalidInput, NotFound, LimitReached),
    )
    async def watch_resume(self, info: Info, input: RecommendationInput) -> WatchResumePayload:
        """Refused with NOT_FOUND for what was not recommended to the caller."""
        row = await watches.watch(info.context.scope, **await recommendation_named(info, input))
        return WatchResumePayload(watched_resume=from_row(WatchedResume, row))

    @mutation(
        "Take a resume off the caller's watch list; it may be gone already.",
        policy=recruiter,
        errors=(InvalidInput, NotFound),
    )
    async def unwatch_resume(self, info: Info, input: RecommendationInput) -> UnwatchResumePayload:
        """Refused with NOT_FOUND for what was never recommended to the caller."""
        await watches.unwatch(info.context.scope, feed_id=input.feed_id, resume_id=input.resume_id)
        return UnwatchResumePayload(unwatched=True)


Search = Annotated[WatchedResumeFilter | None, strawberry.argument(description="Which.")]
