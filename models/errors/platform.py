"""Refusals of the developer platform."""

from models.errors.general import DomainError, ErrorCode


class InsufficientCredits(DomainError):
    """The credits do not suffice."""

    code = ErrorCode.INSUFFICIENT_CREDITS
    default_message = "The credits do not suffice."


class RegistrationClosed(DomainError):
    """The project does not take anybody any more."""

    code = ErrorCode.REGISTRATION_CLOSED
    default_message = "The project is not open for registration."


class LevelTooLow(DomainError):
    """The developer has not reached the level that the project asks for."""

    code = ErrorCode.LEVEL_TOO_LOW
    default_message = "Your level is lower than the project asks for."


class AlreadyJoined(DomainError):
    """The developer takes part in the project."""

    code = ErrorCode.ALREADY_JOINED
    default_message = "You take part in this project already."


class InstanceRunning(DomainError):
    """The participation has an instance that runs."""

    code = ErrorCode.INSTANCE_RUNNING
    default_message = "Stop the instance that is running first."


class SpaceExhausted(DomainError):
    """The mirror needs more space than there is left."""

    code = ErrorCode.SPACE_EXHAUSTED
    default_message = "There is not enough space left."


class IdNumberTaken(DomainError):
    """Somebody else claims this number of a document."""

    code = ErrorCode.ID_NUMBER_TAKEN
    default_message = "Somebody else is certified with this number."
