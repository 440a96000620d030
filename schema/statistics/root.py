"""The root of statistics: one field for each, one statement for each field."""

from typing import Annotated

import strawberry

from auth.policies import signed_in, teacher_or_administrator
from resolvers.statistics import attendance, credits, feeds, goals, offers, streaks
from resolvers.statistics.attendance import AttendanceDimension
from resolvers.statistics.credits import CreditDimension
from resolvers.statistics.feeds import FeedDimension
from resolvers.statistics.goals import MAX_TARGETS, GoalDimension, GoalTarget
from resolvers.statistics.grouping import MAX_GROUPS, named
from resolvers.statistics.offers import OfferDimension
from resolvers.statistics.periods import MAX_DAYS, business_days, calendar_days, chosen
from resolvers.statistics.streaks import StreakDimension
from schema.engine.context import Info
from schema.engine.fields import from_row, resolved
from schema.engine.types import root_type, value_type
from schema.statistics.attendance import (
    AttendanceGroup,
    AttendanceStatisticsFilter,
    StreakGroup,
    StreakStatisticsFilter,
)
from schema.statistics.careers import (
    GoalGroup,
    GoalStatisticsFilter,
    GoalTargetCount,
    OfferFunnel,
    OfferStatisticsFilter,
)
from schema.statistics.flows import CreditFlow, CreditStatisticsFilter, FeedQuality, FeedStatisticsFilter

WHICH = "The conditions for what is counted."
BY = "What the groups are told apart by; one group of all without any."


@value_type(
    description="Statistics of what the caller may see: teachers of their classes, recruiters of their feeds, everybody"
    " of their credits, administrators of all. Students are the users with a class who are not disabled; their class is"
    " the present one, for the past too.",
    policy=teacher_or_administrator,
)
class Statistics:
    """Nothing but its fields."""

    @resolved("Attendance rates, in the order of class, day and slot.", at_most=MAX_GROUPS)
    async def attendance(
        self,
        info: Info,
        filter: Annotated[AttendanceStatisticsFilter | None, strawberry.argument(description=WHICH)] = None,
        by: Annotated[list[AttendanceDimension] | None, strawberry.argument(description=BY)] = None,
    ) -> list[AttendanceGroup] | None:
        """One statement."""
        wanted, scope = filter or AttendanceStatisticsFilter(), info.context.scope
        within = business_days(scope, wanted.first_day, wanted.last_day)
        names = named(wanted.class_names, "class_names")
        rows = await attendance.rates(scope, within, chosen(named(wanted.slots, "slots")), names, by or ())
        return [from_row(AttendanceGroup, row) for row in rows]

    @resolved("Streaks of clock-ins, in the order of class and length.", at_most=MAX_GROUPS)
    async def streaks(
        self,
        info: Info,
        filter: Annotated[StreakStatisticsFilter | None, strawberry.argument(description=WHICH)] = None,
        by: Annotated[list[StreakDimension] | None, strawberry.argument(description=BY)] = None,
    ) -> list[StreakGroup] | None:
        """One statement."""
        wanted, scope = filter or StreakStatisticsFilter(), info.context.scope
        within = business_days(scope, wanted.first_day, wanted.last_day)
        rows = await streaks.of_students(scope, within, named(wanted.class_names, "class_names"), by or ())
        return [from_row(StreakGroup, row) for row in rows]

    @resolved("How students are distributed over directions and goals.", at_most=MAX_GROUPS)
    async def goals(
        self,
        info: Info,
        filter: Annotated[GoalStatisticsFilter | None, strawberry.argument(description=WHICH)] = None,
        by: Annotated[list[GoalDimension] | None, strawberry.argument(description=BY)] = None,
    ) -> list[GoalGroup] | None:
        """One statement."""
        wanted = filter or GoalStatisticsFilter()
        names, pursuits = named(wanted.class_names, "class_names"), named(wanted.pursuits, "pursuits")
        rows = await goals.distribution(info.context.scope, names, pursuits, by or ())
        return [from_row(GoalGroup, row) for row in rows]

    @resolved("The targets that goals name most often, most students first.", at_most=MAX_TARGETS)
    async def goal_targets(
        self,
        info: Info,
        of: Annotated[GoalTarget, strawberry.argument(description="Which part of the goals.")],
        filter: Annotated[GoalStatisticsFilter | None, strawberry.argument(description=WHICH)] = None,
    ) -> list[GoalTargetCount] | None:
        """One statement."""
        wanted = filter or GoalStatisticsFilter()
        names, pursuits = named(wanted.class_names, "class_names"), named(wanted.pursuits, "pursuits")
        rows = await goals.targets(info.context.scope, of, names, pursuits)
        return [from_row(GoalTargetCount, row) for row in rows]

    @resolved("The ways from goals to signed contracts.", at_most=MAX_GROUPS)
    async def offers(
        self,
        info: Info,
        filter: Annotated[OfferStatisticsFilter | None, strawberry.argument(description=WHICH)] = None,
        by: Annotated[list[OfferDimension] | None, strawberry.argument(description=BY)] = None,
    ) -> list[OfferFunnel] | None:
        """One statement."""
        wanted, scope = filter or OfferStatisticsFilter(), info.context.scope
        within = calendar_days(scope, wanted.first_day, wanted.last_day, MAX_DAYS)
        names, pursuits = named(wanted.class_names, "class_names"), named(wanted.pursuits, "pursuits")
        rows = await offers.funnel(scope, within, names, pursuits, by or ())
        return [from_row(OfferFunnel, row) for row in rows]

    @resolved(
        "The flow of credits: the caller's, for administrators everybody's.", policy=signed_in, at_most=MAX_GROUPS
    )
    async def credits(
        self,
        info: Info,
        filter: Annotated[CreditStatisticsFilter | None, strawberry.argument(description=WHICH)] = None,
        by: Annotated[list[CreditDimension] | None, strawberry.argument(description=BY)] = None,
    ) -> list[CreditFlow] | None:
        """One statement."""
        wanted, scope = filter or CreditStatisticsFilter(), info.context.scope
        within = calendar_days(scope, wanted.first_day, wanted.last_day)
        kinds, rules = named(wanted.kinds, "kinds"), named(wanted.rules, "rules")
        rows = await credits.flow(scope, within, kinds, rules, named(wanted.accounts, "accounts"), by or ())
        return [from_row(CreditFlow, row) for row in rows]

    @resolved(
        "How recommendations fared: of the caller's feeds, for administrators of all.",
        policy=signed_in,
        at_most=MAX_GROUPS,
    )
    async def feeds(
        self,
        info: Info,
        filter: Annotated[FeedStatisticsFilter | None, strawberry.argument(description=WHICH)] = None,
        by: Annotated[list[FeedDimension] | None, strawberry.argument(description=BY)] = None,
    ) -> list[FeedQuality] | None:
        """One statement."""
        wanted, scope = filter or FeedStatisticsFilter(), info.context.scope
        within = calendar_days(scope, wanted.first_day, wanted.last_day)
        rows = await feeds.quality(scope, within, named(wanted.feed_ids, "feed_ids"), by or ())
        return [from_row(FeedQuality, row) for row in rows]


@root_type
class StatisticsQuery:
    """Queries."""

    @resolved("Statistics.", policy=signed_in)
    def statistics(self) -> Statistics | None:
        """Nothing yet."""
        return Statistics()
