"""Refusals that any domain may raise."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from models.language import FieldName, Message


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
    WECHAT_BLOCKED = "WECHAT_BLOCKED"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    ROLE_MISSING = "ROLE_MISSING"
    AWAITING_ACTIVATION = "AWAITING_ACTIVATION"
    QUOTA_EXHAUSTED = "QUOTA_EXHAUSTED"
    CANDIDATE_SIGNED = "CANDIDATE_SIGNED"
    ALREADY_RECRUITER = "ALREADY_RECRUITER"
    SERVICE_BUSY = "SERVICE_BUSY"
    PASSWORD_CHANGE_REQUIRED = "PASSWORD_CHANGE_REQUIRED"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    MERGE_CONFLICT = "MERGE_CONFLICT"
    LAST_CREDENTIAL = "LAST_CREDENTIAL"
    NOT_RESTORABLE = "NOT_RESTORABLE"


class DomainError(Exception):
    """A refusal that its caller can understand and act on.

    `message` is shown to people; `values` are those that its text has in braces. `field` names what is at fault of what
    was given, as Python does, with dots before what lies within: `resume.id_number`. It is "" for all of it, and None
    where the fault does not lie there. `retry_after` are the seconds after which another try may succeed, where that
    is known.

    What is in braces and no value is a field: `{salary_max} must not be less than {salary_min}.` There, `{field}` is
    the last name of `field`.
    """

    code: ClassVar[ErrorCode]
    default_message: ClassVar[Message]
    retry_after: int | None = None

    def __init__(self, message: Message | str | None = None, *, field: str | None = None, **values: object) -> None:
        if not isinstance(message, Message):
            message = Message(message or self.default_message.text, **values)
        if field is not None and "{field}" in message.text:
            message = message.filled(field=FieldName(field.rpartition(".")[2]))
        self.message = message
        self.field = field
        super().__init__(str(self.message))


class InvalidInput(DomainError):
    """A value cannot be accepted; `field` says which."""

    code = ErrorCode.INVALID_INPUT


class InvalidForm(DomainError):
    """Several values of a form cannot be accepted: `faults` are all of them, in the order of the form."""

    code = ErrorCode.INVALID_INPUT

    def __init__(self, faults: Sequence[DomainError]) -> None:
        self.faults = tuple(faults)
        super().__init__(faults[0].message, field=faults[0].field)


class NotFound(DomainError):
    """The object does not exist, or is not the caller's to see."""

    code = ErrorCode.NOT_FOUND
    default_message = Message("The object does not exist.")


class TooManyRequests(DomainError):
    """A limit on how often this may be done was reached; `retry_after` is in seconds."""

    code = ErrorCode.TOO_MANY_REQUESTS
    retry_after: int

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(Message("Too many requests; try again in {seconds} seconds.", seconds=retry_after))


class ServiceBusy(DomainError):
    """Too many wait for the same work; `retry_after` is in seconds."""

    code = ErrorCode.SERVICE_BUSY
    retry_after: int

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(Message("The service is busy; try again in {seconds} seconds.", seconds=retry_after))


class Unavailable(DomainError):
    """What the operation needs does not work now, such as the database or the disk. Nothing took effect."""

    code = ErrorCode.SERVICE_UNAVAILABLE
    default_message = Message("The service is temporarily unavailable; nothing was changed. Try again later.")
    retry_after: int | None = 5


class BrokenOff(Exception):
    """A file that is being sent may not be sent on: it ends without its end, so that nobody takes it for whole."""


class OutcomeUnknown(Unavailable):
    """The connection was lost while a change was being committed: it may have taken effect, so nothing repeats it."""

    code = ErrorCode.OUTCOME_UNKNOWN
    default_message = Message(
        "The connection to the database was lost while the change was being stored."
        " Check whether it took effect before you repeat it."
    )
    retry_after = None


class LimitReached(DomainError):
    """A list holds as many entries as it may."""

    code = ErrorCode.LIMIT_REACHED


class MoveNotAllowed(DomainError):
    """From where the object stands, it cannot move there."""

    code = ErrorCode.MOVE_NOT_ALLOWED
    default_message = Message("The current status does not allow this transition.")


class NameTaken(DomainError):
    """There is one of this name."""

    code = ErrorCode.NAME_TAKEN
    default_message = Message("This name is already in use.")


class InUse(DomainError):
    """Others refer to the object, so that it cannot be changed."""

    code = ErrorCode.IN_USE
    default_message = Message("This object is in use and cannot be changed.")


class NotRestorable(DomainError):
    """A deleted object cannot be put back."""

    code = ErrorCode.NOT_RESTORABLE
    default_message = Message("What this belongs to is gone, or something else has taken its place.")
