"""The watch list in the graph."""

from typing import Annotated

import strawberry

from auth.policies import owner, recruiter
from models.errors import InvalidInput, LimitReached, NotFound
from resolvers.matching.bounds import MAX_KEYWORDS
from resolvers.orders import WatchedResumeOrder
from resolvers.talent import candidates, feeds, watches
from resolvers.talent.watches import SearchField
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, paged
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User
from schema.talent.actions import RecommendationInput, recommendation_named
from schema.talent.candidates import CandidateResume
from schema.talent.feeds import OWN_FEEDS, Feed

enum_type(
    SearchField,
    description="The field in which a watch list is searched.",
    values={
        SearchField.POSITION: "The desired position and those of the jobs.",
        SearchField.COMPANY: "The companies of the jobs.",
        SearchField.NAME: "The name, if the contact was acquired.",
        SearchField.SCHOOL: "The schools.",
        SearchField.ALL: "All fields that the recruiter may read.",
    },
)


@node_type(
    description="A resume on a recruiter's watch list. It stays there when it becomes secret.",
    policy=owner,
    by_id=watches.by_id,
)
class WatchedResume(Node):
    """A row of `watched_resumes`, with the keywords of its recommendation."""

    feed: Feed | None = link("The feed that recommended it.", "feed_id", feeds.deleted_or_not_by_id)
    resume: CandidateResume | None = link("The resume.", "resume_id", candidates.by_id)
    keywords: list[str] = column("The feed's skills that the resume has.", at_most=MAX_KEYWORDS)


@input_type(description="A filter of watched resumes.")
class WatchedResumeFilter:
    """The filter of `watchedResumes`."""

    text: str = strawberry.field(
        default="", description="Contains this literal text, ignoring case; an empty text matches all."
    )
    field: SearchField = strawberry.field(default=SearchField.ALL, description="The field to search in.")


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
        filter: Annotated[
            WatchedResumeFilter | None, strawberry.argument(description="The conditions for the list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[WatchedResumeOrder | None, ORDER_BY] = None,
    ) -> Connection[WatchedResume] | None:
        """A page of the watch list."""
        filters = {} if filter is None else watches.searching(filter.field, filter.text)
        return await listed(
            info,
            WatchedResume,
            watches.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
        )


@root_type
class WatchesMutation:
    """Mutations."""

    @mutation(
        f"Add a recommended resume to the caller's watch list of at most {watches.MAX_WATCHED}; succeeds also if it"
        " is on the list.",
        policy=recruiter,
        errors=(InvalidInput, NotFound, LimitReached),
        unaudited=OWN_FEEDS,
    )
    async def watch_resume(self, info: Info, input: RecommendationInput) -> WatchResumePayload:
        """Refused with NOT_FOUND for what was not recommended to the caller."""
        row = await watches.watch(info.context.scope, **await recommendation_named(info, input))
        return WatchResumePayload(watched_resume=from_row(WatchedResume, row))

    @mutation(
        "Remove a resume from the caller's watch list; succeeds also if it is not on the list.",
        policy=recruiter,
        errors=(InvalidInput, NotFound),
        unaudited=OWN_FEEDS,
    )
    async def unwatch_resume(self, info: Info, input: RecommendationInput) -> UnwatchResumePayload:
        """Refused with NOT_FOUND for what was never recommended to the caller."""
        await watches.unwatch(info.context.scope, feed_id=input.feed_id, resume_id=input.resume_id)
        return UnwatchResumePayload(unwatched=True)


Search = Annotated[WatchedResumeFilter | None, strawberry.argument(description="The conditions for the list.")]
