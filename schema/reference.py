"""Values that everybody reads: the countdown to the examination and the version."""

import datetime

import strawberry

from auth.policies import administrator, public
from resolvers import reference
from schema.context import Info
from schema.fields import column, resolved
from schema.mutations import changed, mutation, payload_type
from schema.types import input_type, root_type, value_type


@value_type(description="How long it is until the next postgraduate entrance examination.", policy=public)
class ExamCountdown:
    """Made by `resolvers.reference`."""

    date: datetime.date = column("The first day of the examination.")
    days: int = column("The whole days from today to it, in Shanghai; never negative.")


@root_type
class ReferenceQuery:
    """Queries."""

    @resolved("The countdown to the postgraduate entrance examination.", policy=public)
    async def exam_countdown(self, info: Info) -> ExamCountdown | None:
        """To the configured date or, without one, the last Saturday on or before 25 December."""
        countdown = await reference.exam_countdown(info.context.scope)
        return ExamCountdown(date=countdown.date, days=countdown.days)

    @resolved("The version of the product.", policy=public)
    def version(self) -> str:
        """As in pyproject.toml."""
        return reference.VERSION


@input_type(description="The date to count down to.")
class SetExamDateInput:
    """The input of `setExamDate`."""

    date: datetime.date | None = strawberry.field(
        default=None, description="The first day of the examination; null returns to the usual date."
    )


@payload_type(description="The result of `setExamDate`.")
class SetExamDatePayload:
    """The date."""

    date: datetime.date | None = changed("The configured date.")


@root_type
class ReferenceMutation:
    """Mutations."""

    @mutation("Configure the date of the postgraduate entrance examination.", policy=administrator)
    async def set_exam_date(self, info: Info, input: SetExamDateInput) -> SetExamDatePayload:
        """Without a date, the usual one is computed again."""
        await reference.set_exam_date(info.context.scope, exam_date=input.date)
        return SetExamDatePayload(date=input.date)
