"""The feeds of a recruiter, and how they are filtered."""

import datetime
from typing import Annotated, Any, cast

import strawberry

from auth.policies import owner
from models.talent.vocabulary import JobCategory
from resolvers.orders import FeedOrder
from resolvers.ranges import between, checked_set
from resolvers.talent import feeds
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, linked
from schema.engine.context import Info
from schema.engine.fields import paged
from schema.engine.types import extends, input_type
from schema.identity.user import User
from schema.talent.feeds import Feed


@input_type(description="A filter of feeds; all conditions must hold.")
class FeedFilter:
    """The filter of `feeds`."""

    categories: list[JobCategory] | None = strawberry.field(
        default=None, description="Only those with one of these kinds of employment."
    )
    accepts_partners: bool | None = strawberry.field(
        default=None, description="Only those that talent partners may recommend people for, or only the others."
    )
    created_from: datetime.date | None = strawberry.field(
        default=None, description="Only those created on this day or later, in Shanghai."
    )
    created_to: datetime.date | None = strawberry.field(
        default=None, description="Only those created up to this day, in Shanghai."
    )

    def conditions(self) -> dict[str, Any]:
        """The filters of the list; None for those that are not used."""
        return {
            "categories": checked_set(self.categories, "filter.categories"),
            "accepts_partners": self.accepts_partners,
            **between("created", self.created_from, self.created_to),
        }


@extends(User)
class UserFeeds:
    """A user's jobs."""

    @paged("The feeds. Newest first", policy=owner)
    async def feeds(
        self,
        info: Info,
        filter: Annotated[FeedFilter | None, strawberry.argument(description="The conditions for the list.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[FeedOrder | None, ORDER_BY] = None,
    ) -> Connection[Feed] | None:
        """A page, loaded together with those of the other users."""
        user_id, filters = cast("Any", self).id, (filter or FeedFilter()).conditions()
        return await linked(
            info,
            Feed,
            feeds.of_users,
            user_id,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
        )
