"""Errors of the developer platform."""

from models.errors.general import DomainError, ErrorCode
from models.language import Message


class InsufficientCredits(DomainError):
    """The balance has too few credits."""

    code = ErrorCode.INSUFFICIENT_CREDITS
    default_message = Message("The balance has too few credits.")


class RegistrationClosed(DomainError):
    """The project is not open for registration."""

    code = ErrorCode.REGISTRATION_CLOSED
    default_message = Message("The project is not open for registration.")


class LevelTooLow(DomainError):
    """The developer's level is below the required level of the project."""

    code = ErrorCode.LEVEL_TOO_LOW
    default_message = Message("Your level is below the required level of the project.")


class AlreadyJoined(DomainError):
    """The developer has already joined the project."""

    code = ErrorCode.ALREADY_JOINED
    default_message = Message("You have already joined this project.")


class InstanceRunning(DomainError):
    """The participation has a running instance."""

    code = ErrorCode.INSTANCE_RUNNING
    default_message = Message("Stop the running instance first.")


class SpaceExhausted(DomainError):
    """The mirror needs more than the free space."""

    code = ErrorCode.SPACE_EXHAUSTED
    default_message = Message("There is not enough free space.")


class IdNumberTaken(DomainError):
    """Another user's certification has this document number."""

    code = ErrorCode.ID_NUMBER_TAKEN
    default_message = Message("Another user's certification has this number.")
