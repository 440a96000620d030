"""Feeds in the graph."""

import datetime
from collections.abc import Sequence
from typing import Annotated, Any, cast

import strawberry

from auth.policies import owner, recruiter
from models.errors import InvalidInput, NotFound, QuotaExhausted
from models.reference import DictionaryKind
from models.talent.vocabulary import JobCategory, TalentLevel
from resolvers.identity import users
from resolvers.matching.bounds import MAX_HINTS
from resolvers.orders import RecommendationOrder
from resolvers.paging import Page
from resolvers.talent import feeds, matches, recommendations
from resolvers.talent.feed_form import MAX_KEYWORDS, MAX_NAMES
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, link, lookup, paged, resolved
from schema.engine.ids import Id, id_of
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.paging import ConnectionValue, page_request
from schema.engine.subscriptions import subscription
from schema.engine.types import Node, extends, input_type, node_type, root_type
from schema.identity.user import User
from schema.reference import DictionaryEntry, chosen
from schema.talent.feed_inputs import FeedInput
from schema.talent.recommendations import LooseningHint, Recommendation, RecommendationFilter
from schema.trash import DeletedItem

OWN_FEEDS = "It changes feeds, lists and notes of a recruiter, which only they see."

NumberedPage = Annotated[
    int | None,
    strawberry.argument(
        description="The page number, from 1, instead of `after`, in the list as it was when `viewFeed` was called"
        " with page 1. Entries that were read or hidden since then keep their position without being shown."
    ),
]


@node_type(
    description="A job for which a recruiter gets candidates recommended; visible only to the recruiter.",
    policy=owner,
    by_id=feeds.by_id,
)
class Feed(Node):
    """A row of `feeds`, with the end of its package and whether its recommendations are computed."""

    user: User | None = link("The owner.", "user_id", users.by_id)
    title: str = column("The job.")
    job_description: str = column("The job description.")
    skill_required: str = column("The required skills; empty if there are none.")
    salary_min: int = column("The minimum salary, in yuan per month; 0 with a salaryMax of 1000000 is 面议.")
    salary_max: int = column("The maximum salary, in yuan per month.")
    keywords: list[str] = column("The keywords.", at_most=MAX_KEYWORDS)
    areas: list[str] = column("The cities.", at_most=MAX_NAMES)
    welfare: list[str] = column("The benefits.", at_most=MAX_NAMES)
    company_preferences: list[DictionaryEntry] = chosen(
        "The preferred former employers.", DictionaryKind.COMPANY_PREFERENCE, column="company_preferences"
    )
    domains: list[DictionaryEntry] = chosen("The job's domains.", DictionaryKind.JOB_DOMAIN, column="domains")
    company_domains: list[DictionaryEntry] = chosen(
        "The company's domains.", DictionaryKind.JOB_DOMAIN, column="company_domains"
    )
    category: JobCategory = column("The kind of employment.")
    accepts_partners: bool = column("Whether talent partners may recommend people for it.")
    viewed_at: datetime.datetime = column("The time when its recruiter last viewed it.")
    deleted_at: datetime.datetime | None = column(
        "The time of the deletion; only feeds of the watch list can be deleted ones."
    )
    is_calculated: bool = column("Whether its recommendations are computed, with no change pending.")
    recommendation_count: int = lookup("The number of visible recommendations.", "id", recommendations.counts_of_feeds)
    viewer_can_update: bool = hint("Whether the caller may change it.", feeds.CHANGE)
    viewer_can_delete: bool = hint("Whether the caller may delete it.", feeds.CHANGE)
    unread_count: int = lookup("The number of unread recommendations.", "id", recommendations.counts_of_feeds)

    @resolved(
        "Conditions that keep resumes from fitting, where hardly any resume fits: those without which most would,"
        " first. Counted with the recommendations, and again within about an hour after resumes changed.",
        at_most=MAX_HINTS,
    )
    def loosening_hints(self) -> list[LooseningHint]:
        """From the column, which is empty until the feed was matched."""
        return [LooseningHint.of(hint) for hint in cast("Any", self).__dict__["loosening_hints"] or ()]

    @resolved("The levels; empty for any.", at_most=len(TalentLevel))
    def levels(self) -> list[TalentLevel]:
        """From the column."""
        return [TalentLevel(level) for level in self.__dict__["levels"]]

    @resolved("Whether it was not viewed for 7 days: new resumes are not matched with it until it is viewed.")
    def is_idle(self, info: Info) -> bool:
        """By the clock."""
        return feeds.is_idle(self.viewed_at, now=info.context.scope.now)

    @resolved("Whether its package has ended.")
    def has_ended(self, info: Info) -> bool:
        """By the clock."""
        return feeds.has_ended(cast("Any", self).ends_at, now=info.context.scope.now)

    @paged(
        "Whom it is recommended: those that fit, and those that somebody did something about. The newest first, of"
        " those the best"
    )
    async def recommendations(
        self,
        info: Info,
        filter: Annotated[
            RecommendationFilter | None, strawberry.argument(description="The conditions for the list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[RecommendationOrder | None, ORDER_BY] = None,
        page: NumberedPage = None,
    ) -> Connection[Recommendation]:
        """A page, loaded together with those of the other feeds."""
        context, feed_id = info.context, cast("Any", self).id
        wanted = (filter or RecommendationFilter()).wanted()
        own = RecommendationOrder.DISPLAYED_AT_DESC
        request = page_request(context, first, after, page, last=last, before=before, order_by=order_by, own=own)

        async def load_pages(scope: Any, keys: Sequence[int]) -> Sequence[Page]:
            return await recommendations.of_feeds(scope, keys, request, wanted)

        async def count(scope: Any, keys: Sequence[int]) -> Sequence[int]:
            return await recommendations.count_of_feeds(scope, keys, wanted)

        rows = await context.load(load_pages, feed_id, variant=(recommendations.of_feeds, request, wanted))
        connection = ConnectionValue(
            rows,
            lambda row: from_row(Recommendation, row),
            lambda: context.load(count, feed_id, variant=(recommendations.count_of_feeds, wanted)),
        )
        return cast("Connection[Recommendation]", connection)


@input_type(description="A feed to create.")
class CreateFeedInput:
    """The input of `createFeed`."""

    feed: FeedInput = strawberry.field(description="The content of the feed.")


@input_type(description="The input of `updateFeed`: a feed and its new form.")
class UpdateFeedInput:
    """The input of `updateFeed`."""

    feed_id: Id[Feed] = strawberry.field(description="A feed of the caller.")
    feed: FeedInput = strawberry.field(description="The whole new content.")


@input_type(description="A feed to create or to update.")
class SubmitFeedInput:
    """The input of `submitFeed`."""

    feed_id: Id[Feed] | None = strawberry.field(
        default=None, description="A feed of the caller to update; if omitted, a new one is created."
    )
    feed: FeedInput = strawberry.field(description="The whole new content.")


@input_type(description="The feed that the caller views.")
class ViewFeedInput:
    """The input of `viewFeed`."""

    feed_id: Id[Feed] = strawberry.field(description="A feed of the caller.")
    page: int | None = strawberry.field(
        default=None,
        description="The page that is viewed: page 1 begins the list that later pages belong to.",
    )


@input_type(description="The feed to delete.")
class DeleteFeedInput:
    """The input of `deleteFeed`."""

    feed_id: Id[Feed] = strawberry.field(description="A feed of the caller.")


@payload_type(description="The result of `createFeed`, `updateFeed`, `submitFeed` and `viewFeed`.")
class FeedPayload:
    """The feed, INVALID_INPUT for each fault of the form, QUOTA_EXHAUSTED or NOT_FOUND."""

    feed: Feed | None = changed("The feed.")


@payload_type(description="The result of `deleteFeed`.")
class DeleteFeedPayload:
    """The id of what is gone, or NOT_FOUND."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted feed.")
    deleted_item: DeletedItem | None = changed("What restores it, while a package has a place.")


@extends(Recommendation)
class RecommendationFeed:
    """What a recommendation is for."""

    feed: Feed | None = link("The feed.", "feed_id", feeds.by_id)


@root_type
class FeedsMutation:
    """Mutations."""

    @mutation(
        "Create a feed, which uses one of the feeds of the caller's packages.",
        policy=recruiter,
        errors=(InvalidInput, QuotaExhausted),
        unaudited=OWN_FEEDS,
    )
    async def create_feed(self, info: Info, input: CreateFeedInput) -> FeedPayload:
        """Refused with QUOTA_EXHAUSTED when the packages allow no more."""
        return FeedPayload(feed=from_row(Feed, await feeds.create(info.context.scope, input.feed.draft())))

    @mutation(
        "Replace the content of a feed of the caller.",
        policy=recruiter,
        errors=(InvalidInput, NotFound),
        unaudited=OWN_FEEDS,
    )
    async def update_feed(self, info: Info, input: UpdateFeedInput) -> FeedPayload:
        """Refused with NOT_FOUND for somebody else's."""
        row = await feeds.change(info.context.scope, input.feed.draft(), feed_id=input.feed_id)
        return FeedPayload(feed=from_row(Feed, row))

    @mutation(
        "Same as `updateFeed` with an id, and as `createFeed` without one.",
        policy=recruiter,
        errors=(InvalidInput, NotFound, QuotaExhausted),
        unaudited=OWN_FEEDS,
    )
    async def submit_feed(self, info: Info, input: SubmitFeedInput) -> FeedPayload:
        """Refused as they are."""
        scope, draft = info.context.scope, input.feed.draft()
        if input.feed_id is None:
            return FeedPayload(feed=from_row(Feed, await feeds.create(scope, draft)))
        return FeedPayload(feed=from_row(Feed, await feeds.change(scope, draft, feed_id=input.feed_id)))

    @mutation(
        "Record that the caller views one of their feeds, which keeps it active.",
        policy=recruiter,
        errors=(InvalidInput, NotFound),
        unaudited=OWN_FEEDS,
    )
    async def view_feed(self, info: Info, input: ViewFeedInput) -> FeedPayload:
        """Refused with NOT_FOUND for somebody else's."""
        row = await feeds.view(info.context.scope, feed_id=input.feed_id, begins_list=input.page == 1)
        return FeedPayload(feed=from_row(Feed, row))

    @mutation(
        "Delete a feed of the caller, which returns its place in the package.",
        policy=recruiter,
        errors=(InvalidInput, NotFound),
        unaudited=OWN_FEEDS,
    )
    async def delete_feed(self, info: Info, input: DeleteFeedInput) -> DeleteFeedPayload:
        """Refused with NOT_FOUND for somebody else's."""
        row = await feeds.delete(info.context.scope, feed_id=input.feed_id)
        return DeleteFeedPayload(deleted_id=id_of(Feed, input.feed_id), deleted_item=from_row(DeletedItem, row))


@root_type
class FeedsSubscription:
    """Subscriptions."""

    @subscription(
        "New recommendations of one feed of the caller, or of all.",
        policy=recruiter,
        of=Recommendation,
        by_id=recommendations.shown_by_id,
    )
    async def recommendation_added(
        self,
        info: Info,
        feed_id: Annotated[
            Id[Feed] | None, strawberry.argument(description="Only those of this feed; if omitted, of all feeds.")
        ] = None,
    ) -> str:
        """Refused with NOT_FOUND for somebody else's feed."""
        context = info.context
        if feed_id is None:
            return matches.topic_of_recruiter(context.scope.viewer_id)
        if await context.load(feeds.by_id, feed_id) is None:
            raise NotFound(field="feed_id")
        return matches.topic_of_feed(feed_id)
