"""Errors of the progress recorder."""

from models.errors.general import DomainError, ErrorCode
from models.language import Message


class AlreadyClockedIn(DomainError):
    """The user has already clocked in for this slot."""

    code = ErrorCode.ALREADY_CLOCKED_IN
    default_message = Message("You have already clocked in for this slot.")


class DirectionNotHeld(DomainError):
    """The user does not pursue this direction."""

    code = ErrorCode.DIRECTION_NOT_HELD
    default_message = Message("You do not pursue this direction.")


class ExamDateInvalid(DomainError):
    """The configured examination date is invalid."""

    code = ErrorCode.EXAM_DATE_INVALID
    default_message = Message("The configured examination date is invalid.")
