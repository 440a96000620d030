"""Corrections of clock-ins in the graph."""

import datetime

import strawberry

from auth.policies import administrator, attendance_scope
from models.attendance import ClockInSlot
from models.errors import AlreadyClockedIn, InvalidInput, LimitReached, MoveNotAllowed, NotFound
from resolvers import corrections
from resolvers.identity import users
from schema.attendance import ClockIn
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, link, list_link
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, extends, input_type, node_type, root_type
from schema.identity.user import User


@node_type(
    description="A correction of a clock-in, with what the clock-in was before; visible like the clock-in.",
    policy=attendance_scope,
    by_id=corrections.by_id,
)
class ClockInCorrection(Node):
    """A row of `clock_in_corrections`."""

    reason: str = column("The reason.")
    slot: ClockInSlot = column("The part of the day before the correction.")
    business_date: datetime.date = column("The business day before the correction.")
    clocked_in_at: datetime.datetime = column("The time before the correction.")
    location: str = column("The place before the correction.")
    corrected_by: User | None = link("The administrator.", "corrected_by_id", users.by_id)
    viewer_can_take_back: bool = hint(
        "Whether the caller may take it back: the newest of a clock-in alone can be.", corrections.TAKE_BACK
    )


@extends(ClockIn)
class ClockInCorrections:
    """How a clock-in was corrected."""

    viewer_can_correct: bool = hint("Whether the caller may correct it.", corrections.CORRECT)
    corrections: list[ClockInCorrection] = list_link(
        "The corrections, newest first. The clock-in itself has the corrected values.",
        "id",
        corrections.of_clock_ins,
        at_most=corrections.MAX_CORRECTIONS,
    )


@input_type(description="A correction of a clock-in; what is omitted stays.")
class CorrectClockInInput:
    """The input of `correctClockIn`."""

    clock_in_id: Id[ClockIn] = strawberry.field(description="The clock-in.")
    reason: str = strawberry.field(description="The reason, at most 500 characters; the student can read it.")
    clocked_in_at: datetime.datetime | None = strawberry.field(
        default=None,
        description="The time, with an offset from UTC. Its business day and slot go with it where they are omitted.",
    )
    business_date: datetime.date | None = strawberry.field(default=None, description="The business day.")
    slot: ClockInSlot | None = strawberry.field(default=None, description="The part of the day.")
    location: str | None = strawberry.field(default=None, description="The place, at most 255 characters.")


@payload_type(description="The result of `correctClockIn`.")
class CorrectClockInPayload:
    """The clock-in as it is now."""

    clock_in: ClockIn | None = changed("The corrected clock-in.")


@input_type(description="The correction to take back.")
class TakeBackClockInCorrectionInput:
    """The input of `takeBackClockInCorrection`."""

    correction_id: Id[ClockInCorrection] = strawberry.field(description="The newest correction of its clock-in.")


@payload_type(description="The result of `takeBackClockInCorrection`.")
class TakeBackClockInCorrectionPayload:
    """The clock-in as it was before."""

    clock_in: ClockIn | None = changed("The clock-in.")


@root_type
class CorrectionsMutation:
    """Mutations."""

    @mutation(
        "Correct a clock-in. What it was stays beside it, with who corrected it and why.",
        policy=administrator,
        errors=(InvalidInput, NotFound, AlreadyClockedIn, LimitReached),
    )
    async def correct_clock_in(self, info: Info, input: CorrectClockInInput) -> CorrectClockInPayload:
        """Refused with ALREADY_CLOCKED_IN where the student has a clock-in in that slot."""
        row = await corrections.correct(
            info.context.scope,
            clock_in_id=input.clock_in_id,
            reason=input.reason,
            business_date=input.business_date,
            slot=input.slot,
            clocked_in_at=input.clocked_in_at,
            location=input.location,
        )
        return CorrectClockInPayload(clock_in=from_row(ClockIn, row))

    @mutation(
        "Take the newest correction of a clock-in back.",
        policy=administrator,
        errors=(InvalidInput, NotFound, MoveNotAllowed, AlreadyClockedIn),
    )
    async def take_back_clock_in_correction(
        self, info: Info, input: TakeBackClockInCorrectionInput
    ) -> TakeBackClockInCorrectionPayload:
        """Refused with MOVE_NOT_ALLOWED for an older one."""
        row = await corrections.take_back(info.context.scope, correction_id=input.correction_id)
        return TakeBackClockInCorrectionPayload(clock_in=from_row(ClockIn, row))
