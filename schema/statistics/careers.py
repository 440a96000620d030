"""Goals and where they lead, in statistics."""

import datetime

import strawberry

from auth.policies import with_parent
from models.goals import EmploymentStatus
from resolvers.statistics.goals import GoalDimension, GoalTarget, Pursuit
from resolvers.statistics.offers import OfferDimension
from resolvers.statistics.periods import MAX_DAYS
from schema.engine.fields import column, resolved
from schema.engine.texts import ClassName
from schema.engine.types import enum_type, input_type, value_type
from schema.statistics.attendance import CLASS_NAMES
from schema.statistics.shares import share

PURSUITS = "What the students pursue; by default anything."

enum_type(
    Pursuit,
    description="What a student pursues, of both directions together.",
    values={
        Pursuit.NOTHING: "Neither direction.",
        Pursuit.POSTGRADUATE: "考研 alone.",
        Pursuit.EMPLOYMENT: "就业 alone.",
        Pursuit.BOTH: "考研 and 就业.",
    },
)
enum_type(
    GoalDimension,
    description="What the students of `statistics.goals` are told apart by.",
    values={
        GoalDimension.CLASS: "The class.",
        GoalDimension.PURSUIT: "What the student pursues.",
        GoalDimension.EMPLOYMENT_STATUS: "The status of the employment goal.",
    },
)
enum_type(
    GoalTarget,
    description="What a goal names.",
    values={
        GoalTarget.COMPANY: "The company of the employment goal.",
        GoalTarget.JOB: "The job of the employment goal.",
        GoalTarget.AREA: "The area of the employment goal.",
        GoalTarget.UNIVERSITY: "The university of the postgraduate goal.",
        GoalTarget.MAJOR: "The major of the postgraduate goal.",
    },
)
enum_type(
    OfferDimension,
    description="What the students of `statistics.offers` are told apart by.",
    values={OfferDimension.CLASS: "The class.", OfferDimension.PURSUIT: "What the student pursues."},
)


@input_type(description="A filter of students by class and direction; all conditions must hold.")
class GoalStatisticsFilter:
    """The filter of `statistics.goals` and `statistics.goalTargets`."""

    class_names: list[ClassName] | None = strawberry.field(default=None, description=CLASS_NAMES)
    pursuits: list[Pursuit] | None = strawberry.field(default=None, description=PURSUITS)


@input_type(description="A filter of offers; all conditions must hold.")
class OfferStatisticsFilter:
    """The filter of `statistics.offers`."""

    first_day: datetime.date | None = strawberry.field(
        default=None,
        description=f"The first day on which work logs and sign applications begin, by the calendar in Shanghai, at"
        f" most {MAX_DAYS} days with the last one, and by default so many.",
    )
    last_day: datetime.date | None = strawberry.field(default=None, description="The last day; by default today.")
    class_names: list[ClassName] | None = strawberry.field(default=None, description=CLASS_NAMES)
    pursuits: list[Pursuit] | None = strawberry.field(default=None, description=PURSUITS)


@value_type(description="The goals of students, of all or as asked by.", policy=with_parent)
class GoalGroup:
    """A row of `statistics.goals`."""

    class_name: str | None = column("The class; null if not asked by it.")
    pursuit: Pursuit | None = column("What the students pursue; null if not asked by it.")
    employment_status: EmploymentStatus | None = column(
        "The status of the employment goal; null without such a goal, and if not asked by it."
    )
    student_count: int = column("The number of students.")
    goal_count: int = column("The number of students with a goal of either kind.")
    employment_goal_count: int = column("The number of students with an employment goal.")
    postgraduate_goal_count: int = column("The number of students with a postgraduate goal.")
    offer_count: int = column("The number of students whose employment goal has an offer.")

    @resolved("`goalCount` of `studentCount`, from 0 to 1; null without students.")
    def goal_rate(self) -> float | None:
        """The quotient."""
        return share(self.goal_count, self.student_count)

    @resolved("`offerCount` of `employmentGoalCount`, from 0 to 1; null without employment goals.")
    def offer_rate(self) -> float | None:
        """The quotient."""
        return share(self.offer_count, self.employment_goal_count)


@value_type(description="A target that goals name, and how many students do.", policy=with_parent)
class GoalTargetCount:
    """A row of `statistics.goalTargets`."""

    target: str = column("The target, as it was written.")
    student_count: int = column("The number of students with such a goal who pursue its direction.")


@value_type(
    description="The way from a goal to a signed contract. Each number but `applicationCount` is one of students, each"
    " counted once. The stage of a work log is that of its newest status line with one.",
    policy=with_parent,
)
class OfferFunnel:
    """A row of `statistics.offers`."""

    class_name: str | None = column("The class; null if not asked by it.")
    pursuit: Pursuit | None = column("What the students pursue; null if not asked by it.")
    student_count: int = column("The students.")
    employment_goal_count: int = column("Those with an employment goal.")
    applicant_count: int = column("Those with a work log.")
    application_count: int = column("The number of work logs.")
    in_progress_count: int = column("Those with a work log in the stage IN_PROGRESS.")
    failed_count: int = column("Those with a work log in the stage FAILED.")
    succeeded_count: int = column("Those with a work log in the stage SUCCEEDED.")
    sign_applicant_count: int = column("Those with a sign application.")
    signed_count: int = column("Those who signed a contract.")

    @resolved("`succeededCount` of `applicantCount`, from 0 to 1; null without applicants.")
    def success_rate(self) -> float | None:
        """The quotient."""
        return share(self.succeeded_count, self.applicant_count)

    @resolved("`signedCount` of `signApplicantCount`, from 0 to 1; null without such applicants.")
    def signing_rate(self) -> float | None:
        """The quotient."""
        return share(self.signed_count, self.sign_applicant_count)
