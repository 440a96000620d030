"""Attendance in statistics: rates and streaks."""

import datetime

import strawberry

from auth.policies import student_scope, with_parent
from models.attendance import ClockInSlot
from resolvers.statistics import streaks
from resolvers.statistics.attendance import AttendanceDimension
from resolvers.statistics.periods import DEFAULT_DAYS, MAX_DAYS
from resolvers.statistics.streaks import StreakDimension
from schema.engine.fields import column, link, resolved
from schema.engine.texts import ClassName
from schema.engine.types import enum_type, extends, input_type, value_type
from schema.identity.user import User
from schema.statistics.shares import share

FIRST_DAY = f"The first business day, at most {MAX_DAYS} days with the last one; by default {DEFAULT_DAYS} days."
LAST_DAY = "The last business day; by default today."
CLASS_NAMES = "The names of the classes, at most 100; by default all that the caller may see."

enum_type(
    AttendanceDimension,
    description="What attendance rates are told apart by.",
    values={
        AttendanceDimension.CLASS: "The class.",
        AttendanceDimension.DAY: "The business day.",
        AttendanceDimension.SLOT: "The slot of the day.",
    },
)
enum_type(
    StreakDimension,
    description="What streaks are told apart by.",
    values={
        StreakDimension.CLASS: "The class.",
        StreakDimension.CURRENT: "The length of the student's current streak, in days.",
    },
)


@input_type(description="A filter of attendance rates; all conditions must hold.")
class AttendanceStatisticsFilter:
    """The filter of `statistics.attendance`."""

    first_day: datetime.date | None = strawberry.field(default=None, description=FIRST_DAY)
    last_day: datetime.date | None = strawberry.field(default=None, description=LAST_DAY)
    slots: list[ClockInSlot] | None = strawberry.field(default=None, description="The slots; by default all.")
    class_names: list[ClassName] | None = strawberry.field(default=None, description=CLASS_NAMES)


@input_type(description="A filter of streaks; all conditions must hold.")
class StreakStatisticsFilter:
    """The filter of `statistics.streaks`."""

    first_day: datetime.date | None = strawberry.field(default=None, description=FIRST_DAY)
    last_day: datetime.date | None = strawberry.field(default=None, description=LAST_DAY)
    class_names: list[ClassName] | None = strawberry.field(default=None, description=CLASS_NAMES)


@value_type(
    description="How many of the expected clock-ins there are. A student is expected once in each slot that has begun,"
    " from the business day on which the account was created.",
    policy=with_parent,
)
class AttendanceRate:
    """Two sums."""

    expected: int = column("The number of expected clock-ins.")
    attended: int = column("The number of clock-ins.")

    @resolved("`attended` of `expected`, from 0 to 1; null if nothing was expected.")
    def rate(self) -> float | None:
        """The quotient."""
        return share(self.attended, self.expected)


@value_type(description="The attendance of a class, a day or a slot, as asked by.", policy=with_parent)
class AttendanceGroup:
    """A row of `statistics.attendance`."""

    class_name: str | None = column("The class; null if not asked by it.")
    day: datetime.date | None = column("The business day; null if not asked by it.")
    slot: ClockInSlot | None = column("The slot; null if not asked by it.")
    expected: int = column("The number of expected clock-ins.")
    attended: int = column("The number of clock-ins.")

    @resolved("`attended` of `expected`, from 0 to 1; null if nothing was expected.")
    def rate(self) -> float | None:
        """The quotient."""
        return share(self.attended, self.expected)


@value_type(
    description="The streaks of students: business days in a row, each with a clock-in in any slot.",
    policy=with_parent,
)
class StreakGroup:
    """A row of `statistics.streaks`."""

    class_name: str | None = column("The class; null if not asked by it.")
    current: int | None = column("The length of the current streaks, in days; null if not asked by it.")
    student_count: int = column("The number of students.")
    streaking_count: int = column("The number of students with a current streak.")
    longest: int = column("The longest streak of one student, in days.")

    @resolved("`streakingCount` of `studentCount`, from 0 to 1; null without students.")
    def streaking_rate(self) -> float | None:
        """The quotient."""
        return share(self.streaking_count, self.student_count)

    @resolved("The mean of the current streaks of all students, in days; null without students.")
    def mean_current(self) -> float | None:
        """The quotient."""
        return share(self.__dict__["sum_current"], self.student_count)

    @resolved("The mean of the longest streaks of all students, in days; null without students.")
    def mean_longest(self) -> float | None:
        """The quotient."""
        return share(self.__dict__["sum_longest"], self.student_count)


@value_type(
    description=f"How many business days in a row a user clocked in, in any slot, within the last {MAX_DAYS} days.",
    policy=with_parent,
)
class AttendanceStreak:
    """What `streaks.of_users` finds."""

    current: int = column("The streak that ends today, or yesterday while there is no clock-in today; in days.")
    longest: int = column("The longest streak, in days.")
    last_day: datetime.date = column("The last business day with a clock-in.")


@extends(User)
class UserStreak:
    """The streak of a user."""

    attendance_streak: AttendanceStreak | None = link(
        f"The streaks of clock-ins; null without a clock-in within the last {MAX_DAYS} days.",
        "id",
        streaks.of_users,
        policy=student_scope,
    )
