"""The errors of the business. Each layer above translates them; none invents its own."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """Why an operation was refused. The values are the `code` of the graph's errors."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    USER_NOT_FOUND = "USER_NOT_FOUND"
    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    WRONG_PASSWORD = "WRONG_PASSWORD"
    WRONG_CODE = "WRONG_CODE"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    CREDENTIAL_TAKEN = "CREDENTIAL_TAKEN"
    FOREIGN_SESSION = "FOREIGN_SESSION"
    CHANNEL_UNAVAILABLE = "CHANNEL_UNAVAILABLE"
    ALREADY_CLOCKED_IN = "ALREADY_CLOCKED_IN"
    DIRECTION_NOT_HELD = "DIRECTION_NOT_HELD"
    LIMIT_REACHED = "LIMIT_REACHED"
    EXAM_DATE_INVALID = "EXAM_DATE_INVALID"
    TOKEN_NOT_CREATED = "TOKEN_NOT_CREATED"
    SESSION_NOT_UPDATED = "SESSION_NOT_UPDATED"
    INSUFFICIENT_CREDITS = "INSUFFICIENT_CREDITS"
    MOVE_NOT_ALLOWED = "MOVE_NOT_ALLOWED"
    REGISTRATION_CLOSED = "REGISTRATION_CLOSED"
    LEVEL_TOO_LOW = "LEVEL_TOO_LOW"
    ALREADY_JOINED = "ALREADY_JOINED"
    INSTANCE_RUNNING = "INSTANCE_RUNNING"
    SPACE_EXHAUSTED = "SPACE_EXHAUSTED"
    ID_NUMBER_TAKEN = "ID_NUMBER_TAKEN"
    LAST_ADMINISTRATOR = "LAST_ADMINISTRATOR"
    NAME_TAKEN = "NAME_TAKEN"
    IN_USE = "IN_USE"
    ALREADY_HANDLER = "ALREADY_HANDLER"
    APPLICATION_OPEN = "APPLICATION_OPEN"
    RESUME_LOCKED = "RESUME_LOCKED"
    WRONG_CAPTCHA = "WRONG_CAPTCHA"
    WECHAT_UNAVAILABLE = "WECHAT_UNAVAILABLE"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    ROLE_MISSING = "ROLE_MISSING"
    AWAITING_ACTIVATION = "AWAITING_ACTIVATION"
    QUOTA_EXHAUSTED = "QUOTA_EXHAUSTED"
    ALREADY_RECRUITER = "ALREADY_RECRUITER"


class DomainError(Exception):
    """A refusal that its caller can understand and act on.

    `message` is shown to people, `path` names the part of the input that is at fault, `retry_after` the
    seconds after which another try may succeed, where that is known.
    """

    code: ClassVar[ErrorCode]
    default_message: ClassVar[str] = ""
    retry_after: int | None = None

    def __init__(self, message: str | None = None, *, path: tuple[str, ...] = ()) -> None:
        self.message = message or self.default_message
        self.path = path
        super().__init__(self.message)


class Unauthenticated(DomainError):
    """The caller is not signed in, or the token is not accepted any more."""

    code = ErrorCode.UNAUTHENTICATED
    default_message = "Sign in first."


class Forbidden(DomainError):
    """The caller is signed in, and may not do this."""

    code = ErrorCode.FORBIDDEN
    default_message = "You may not do this."


class InvalidInput(DomainError):
    """A value cannot be accepted; `path` says which."""

    code = ErrorCode.INVALID_INPUT


class InvalidForm(DomainError):
    """Several values of a form cannot be accepted: `faults` are all of them, in the order of the form."""

    code = ErrorCode.INVALID_INPUT

    def __init__(self, faults: Sequence[DomainError]) -> None:
        self.faults = tuple(faults)
        super().__init__(faults[0].message, path=faults[0].path)


class NotFound(DomainError):
    """The object does not exist, or is not the caller's to see."""

    code = ErrorCode.NOT_FOUND
    default_message = "There is no such object."


class UserNotFound(DomainError):
    """There is no such user."""

    code = ErrorCode.USER_NOT_FOUND
    default_message = "There is no such user."


class WrongCredentials(DomainError):
    """The account or the password is wrong; which of them is not told."""

    code = ErrorCode.WRONG_CREDENTIALS
    default_message = "The account or the password is wrong."


class WrongPassword(DomainError):
    """The old password does not match."""

    code = ErrorCode.WRONG_PASSWORD
    default_message = "The old password is wrong."


class WrongCode(DomainError):
    """The verification code is wrong, used, or too old."""

    code = ErrorCode.WRONG_CODE
    default_message = "The code is wrong, used or expired."


class TooManyRequests(DomainError):
    """A limit on how often this may be done was reached; `retry_after` is in seconds."""

    code = ErrorCode.TOO_MANY_REQUESTS
    retry_after: int

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"Too many requests; try again in {retry_after} seconds.")


class CredentialTaken(DomainError):
    """Somebody signs in with this already."""

    code = ErrorCode.CREDENTIAL_TAKEN
    default_message = "This credential is taken."


class ForeignSession(DomainError):
    """The token belongs to another API, whose session the graph neither renews nor ends."""

    code = ErrorCode.FOREIGN_SESSION
    default_message = "This token belongs to another API; the graph neither renews nor ends its session."


class ChannelUnavailable(DomainError):
    """No channel is configured that could send this."""

    code = ErrorCode.CHANNEL_UNAVAILABLE
    default_message = "No channel is configured to send this message."


class AlreadyClockedIn(DomainError):
    """The user clocked in for this slot before."""

    code = ErrorCode.ALREADY_CLOCKED_IN
    default_message = "You have clocked in for this slot already."


class DirectionNotHeld(DomainError):
    """The user does not pursue this direction."""

    code = ErrorCode.DIRECTION_NOT_HELD
    default_message = "You do not pursue this direction."


class LimitReached(DomainError):
    """A list holds as many entries as it may."""

    code = ErrorCode.LIMIT_REACHED


class ExamDateInvalid(DomainError):
    """The configured examination date is no date."""

    code = ErrorCode.EXAM_DATE_INVALID
    default_message = "The configured examination date is no date."


class TokenNotCreated(DomainError):
    """No token could be signed."""

    code = ErrorCode.TOKEN_NOT_CREATED
    default_message = "No token could be created."


class SessionNotUpdated(DomainError):
    """The session behind a new token could not be stored."""

    code = ErrorCode.SESSION_NOT_UPDATED
    default_message = "The session could not be stored."


class InsufficientCredits(DomainError):
    """The credits do not suffice."""

    code = ErrorCode.INSUFFICIENT_CREDITS
    default_message = "The credits do not suffice."


class MoveNotAllowed(DomainError):
    """From where the object stands, it cannot move there."""

    code = ErrorCode.MOVE_NOT_ALLOWED
    default_message = "This move is not allowed."


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


class LastAdministrator(DomainError):
    """Without this administrator there would be none."""

    code = ErrorCode.LAST_ADMINISTRATOR
    default_message = "This is the last administrator."


class WrongCaptcha(DomainError):
    """The answer to the picture is wrong, or the picture was used or is too old."""

    code = ErrorCode.WRONG_CAPTCHA
    default_message = "The answer is wrong, or the picture was used or has expired: fetch a new one."


class WechatUnavailable(DomainError):
    """WeChat cannot be asked who somebody is."""

    code = ErrorCode.WECHAT_UNAVAILABLE
    default_message = "WeChat does not answer; try again."


class AwaitingApproval(DomainError):
    """The account waits for an administrator."""

    code = ErrorCode.AWAITING_APPROVAL
    default_message = "This account waits for the approval of an administrator."


class RoleMissing(DomainError):
    """The person may not sign in here without a role that they do not hold."""

    code = ErrorCode.ROLE_MISSING
    default_message = "This account may not sign in here."


class NameTaken(DomainError):
    """There is one of this name."""

    code = ErrorCode.NAME_TAKEN
    default_message = "There is one of this name already."


class InUse(DomainError):
    """Others refer to the object, so that it cannot be changed."""

    code = ErrorCode.IN_USE
    default_message = "This is in use and cannot be changed."


class AlreadyHandler(DomainError):
    """The user is a handler."""

    code = ErrorCode.ALREADY_HANDLER
    default_message = "This user is a handler already."


class ApplicationOpen(DomainError):
    """The person has an application that waits for a decision or a signature."""

    code = ErrorCode.APPLICATION_OPEN
    default_message = "You have an open application: update the resume instead, or cancel the application."


class ResumeLocked(DomainError):
    """The resume belongs to an application that was approved or signed."""

    code = ErrorCode.RESUME_LOCKED
    default_message = "The resume cannot be changed: its application was approved or signed."


class AwaitingActivation(DomainError):
    """The account was registered, and the link that was mailed has not been opened."""

    code = ErrorCode.AWAITING_ACTIVATION
    default_message = "Open the link that was mailed to you first."


class QuotaExhausted(DomainError):
    """The caller's packages allow no more of this."""

    code = ErrorCode.QUOTA_EXHAUSTED
    default_message = "Your packages allow no more of this."


class AlreadyRecruiter(DomainError):
    """The user is a recruiter."""

    code = ErrorCode.ALREADY_RECRUITER
    default_message = "You are a recruiter already."
