"""How errors reach the client: expected ones in a mutation's `errors`, the rest with `extensions.code`.

All exceptions that are not domain errors are masked: the client gets an error id, under which the log has the cause.
"""

import secrets
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.utils.str_converters import to_camel_case

from auth.policies import public
from models.errors import DomainError, Forbidden, InvalidForm, Unauthenticated
from models.errors import ErrorCode as ErrorCode
from models.errors import Unavailable as Unavailable
from schema.engine.fields import column
from schema.engine.pacing import breathe
from schema.engine.types import enum_type, value_type
from schema.engine.wording import Message, Wording
from watching.work import current


class RequestErrorCode(StrEnum):
    """Why a request, or a part of it, failed; domain errors have an `ErrorCode`."""

    BAD_REQUEST = "BAD_REQUEST"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    BATCHING_NOT_SUPPORTED = "BATCHING_NOT_SUPPORTED"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    OPERATION_NOT_SUPPORTED = "OPERATION_NOT_SUPPORTED"
    OPERATION_TOO_LARGE = "OPERATION_TOO_LARGE"
    OPERATION_TIMED_OUT = "OPERATION_TIMED_OUT"
    INTROSPECTION_FORBIDDEN = "INTROSPECTION_FORBIDDEN"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    PERSISTED_QUERY_HASH_MISMATCH = "PERSISTED_QUERY_HASH_MISMATCH"
    INTERNAL_ERROR = "INTERNAL_ERROR"


REQUEST_ERRORS = {
    RequestErrorCode.BAD_REQUEST: "The request is not a valid GraphQL request; the message has the reason.",
    RequestErrorCode.UNSUPPORTED_MEDIA_TYPE: "The body is neither JSON nor a multipart form with files.",
    RequestErrorCode.NOT_ACCEPTABLE: "The Accept header allows none of the supported media types.",
    RequestErrorCode.METHOD_NOT_ALLOWED: "The method is not GET or POST, or a GET request contains more than a query.",
    RequestErrorCode.PAYLOAD_TOO_LARGE: "The body is longer than 2 MB, or with files than 6 MB,"
    " or has more than 50,000 values.",
    RequestErrorCode.BATCHING_NOT_SUPPORTED: "The body is a list: send one operation per request.",
    RequestErrorCode.GRAPHQL_PARSE_FAILED: "The document has a syntax error.",
    RequestErrorCode.GRAPHQL_VALIDATION_FAILED: "The document or its variables do not match the schema.",
    RequestErrorCode.OPERATION_RESOLUTION_FAILURE: "`operationName` names no operation of the document,"
    " or is missing although there are several.",
    RequestErrorCode.OPERATION_NOT_SUPPORTED: "The operation is a subscription, which needs a WebSocket.",
    RequestErrorCode.OPERATION_TOO_LARGE: "The operation exceeds the limit that `extensions.limit` names.",
    RequestErrorCode.OPERATION_TIMED_OUT: "The query exceeded the time limit.",
    RequestErrorCode.INTROSPECTION_FORBIDDEN: "Only administrators may introspect the schema of this server.",
    RequestErrorCode.PERSISTED_QUERY_NOT_FOUND: "The hash is unknown: send the query with it.",
    RequestErrorCode.PERSISTED_QUERY_NOT_SUPPORTED: "This server does not store queries: send queries without hashes.",
    RequestErrorCode.PERSISTED_QUERY_HASH_MISMATCH: "The hash does not match the query.",
    RequestErrorCode.INTERNAL_ERROR: "An internal error occurred; it was logged.",
}
INTERNAL_ERROR = RequestErrorCode.INTERNAL_ERROR
OUTAGES = {ErrorCode.SERVICE_UNAVAILABLE.value, ErrorCode.OUTCOME_UNKNOWN.value}
"""The codes of errors with status 503."""
GRAPHQL_VALIDATION_FAILED = RequestErrorCode.GRAPHQL_VALIDATION_FAILED

_UNITS_PER_ERROR = 3
_STOPPING = (Unauthenticated, Forbidden, Unavailable)
"""The errors that stop a mutation's field."""

log = structlog.get_logger()

ErrorCodeEnum = enum_type(
    ErrorCode,
    description="The reason why an operation failed.",
    values={
        ErrorCode.UNAUTHENTICATED: "The caller is not signed in, or the token is no longer valid.",
        ErrorCode.FORBIDDEN: "The caller does not have permission.",
        ErrorCode.INVALID_INPUT: "A value is invalid; `path` is its position in the input.",
        ErrorCode.NOT_FOUND: "The object does not exist, or the caller may not access it.",
        ErrorCode.USER_NOT_FOUND: "The user does not exist.",
        ErrorCode.WRONG_CREDENTIALS: "The account or the password is wrong.",
        ErrorCode.WRONG_PASSWORD: "The old password is wrong.",
        ErrorCode.WRONG_CODE: "The code is wrong, was already used, or has expired.",
        ErrorCode.TOO_MANY_REQUESTS: "A rate limit was exceeded; retry after `retryAfter` seconds.",
        ErrorCode.SERVICE_BUSY: "Too many requests are waiting for this operation; retry after `retryAfter` seconds.",
        ErrorCode.PASSWORD_CHANGE_REQUIRED: "The session allows only `changePassword` until the password is changed.",
        ErrorCode.CREDENTIAL_TAKEN: "The credential is already in use.",
        ErrorCode.FOREIGN_SESSION: "The session belongs to another API.",
        ErrorCode.CHANNEL_UNAVAILABLE: "No channel for sending the message is configured.",
        ErrorCode.ALREADY_CLOCKED_IN: "The user has already clocked in for this slot.",
        ErrorCode.DIRECTION_NOT_HELD: "The user does not pursue this direction.",
        ErrorCode.LIMIT_REACHED: "The maximum number of entries is reached.",
        ErrorCode.EXAM_DATE_INVALID: "The configured examination date is invalid.",
        ErrorCode.TOKEN_NOT_CREATED: "The token could not be created.",
        ErrorCode.SESSION_NOT_UPDATED: "The session could not be stored.",
        ErrorCode.INSUFFICIENT_CREDITS: "The balance has too few credits.",
        ErrorCode.MOVE_NOT_ALLOWED: "The object's current status does not allow this transition.",
        ErrorCode.REGISTRATION_CLOSED: "The project is not open for registration.",
        ErrorCode.LEVEL_TOO_LOW: "The developer's level is below the required level of the project.",
        ErrorCode.ALREADY_JOINED: "The developer has already joined the project.",
        ErrorCode.INSTANCE_RUNNING: "Another instance of this participation is running.",
        ErrorCode.SPACE_EXHAUSTED: "There is not enough free mirror space.",
        ErrorCode.LAST_ADMINISTRATOR: "The last administrator cannot lose the role.",
        ErrorCode.WRONG_CAPTCHA: "The captcha answer is wrong, or the captcha was already used or has expired.",
        ErrorCode.WECHAT_UNAVAILABLE: "WeChat is not configured or does not respond.",
        ErrorCode.WECHAT_BLOCKED: "WeChat rates the user as high-risk and rejects the sign-in.",
        ErrorCode.AWAITING_APPROVAL: "The account awaits approval by an administrator.",
        ErrorCode.ROLE_MISSING: "The account does not have the role that this sign-in requires.",
        ErrorCode.AWAITING_ACTIVATION: "The activation link in the e-mail has not been opened.",
        ErrorCode.QUOTA_EXHAUSTED: "The quota of the caller's packages is used up.",
        ErrorCode.CANDIDATE_SIGNED: "The candidate already signed a contract; `acceptSigned: true` acquires the contact"
        " anyway.",
        ErrorCode.ALREADY_RECRUITER: "The user is already a recruiter.",
        ErrorCode.NAME_TAKEN: "The name is already in use.",
        ErrorCode.IN_USE: "The object cannot be changed because other objects refer to it.",
        ErrorCode.ALREADY_HANDLER: "The user is already a handler.",
        ErrorCode.APPLICATION_OPEN: "The user has an application that awaits a decision or a signature.",
        ErrorCode.RESUME_LOCKED: "The resume belongs to an approved or signed application.",
        ErrorCode.SERVICE_UNAVAILABLE: "The database or the disk is unavailable; nothing was changed. Try again"
        " after `retryAfter` seconds.",
        ErrorCode.MERGE_CONFLICT: "Both users hold something that one user cannot hold twice; `message` names it.",
        ErrorCode.LAST_CREDENTIAL: "Without this credential the user could not sign in any more.",
        ErrorCode.NOT_RESTORABLE: "What the deleted object belongs to is gone, or something has taken its place.",
        ErrorCode.OUTCOME_UNKNOWN: "The connection to the database was lost while the change was being stored:"
        " check whether it took effect before you repeat it.",
        ErrorCode.ID_NUMBER_TAKEN: "Another user's pending or approved certification has this document number.",
    },
)


@value_type(description="An error that the caller can correct.", policy=public)
class UserError:
    """One entry of a payload's `errors`."""

    code: ErrorCode = column("The reason, for programs.")
    message: str = column("The reason, for people.")
    path: list[str] = column("The invalid part of the input; empty if no single part is invalid.")
    retry_after: int | None = column("The seconds to wait after TOO_MANY_REQUESTS and SERVICE_BUSY.", default=None)

    @classmethod
    def of(cls, error: DomainError, wording: Wording) -> "UserError":
        """The entry for a domain error."""
        return cls(
            code=error.code,
            message=wording.of(error),
            path=_input_path(error.field),
            retry_after=error.retry_after,
        )

    @classmethod
    def all_of(cls, error: DomainError, wording: Wording) -> "list[UserError]":
        """The entries for a domain error: one for each invalid field of a form."""
        return [cls.of(fault, wording) for fault in (error.faults if isinstance(error, InvalidForm) else (error,))]


def _input_path(field: str | None) -> list[str]:
    """Where a field stands in the arguments of a mutation, all of which have one named `input`."""
    if field is None:
        return []
    return ["input", *(to_camel_case(name) for name in field.split(".") if name)]


class RequestError(GraphQLError):
    """An error of a request itself: it is told in the language of the reply."""

    def __init__(self, message: Message, code: RequestErrorCode | ErrorCode, **extensions: Any) -> None:
        self.words = message
        self.code = code
        super().__init__(str(message), extensions={"code": code, **extensions})


class RequestRefused(Exception):
    """A client's operation is rejected before it runs."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        self.errors = errors


def refusal(message: Message, code: RequestErrorCode, **extensions: Any) -> RequestRefused:
    """The rejection of an operation for one reason."""
    return RequestRefused([RequestError(message, code, **extensions)])


def is_payload_error(error: type[DomainError]) -> bool:
    """Whether a mutation reports errors of this class in its payload; the others stop the field."""
    return not issubclass(error, _STOPPING)


def presentable(error: GraphQLError, wording: Wording) -> GraphQLError:
    """The error as the client may see it, always with `extensions.code`. What graphql-core objects to stays English."""
    if isinstance(error, RequestError):
        return _with_code(error, wording.said(error.words), error.code)
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, Unavailable):
        return _with_code(error, wording.of(original), original.code, **outage_extensions(original))
    if isinstance(original, DomainError):
        return _with_code(error, wording.of(original), original.code)
    # A value that does not parse, such as a number of 5,000 digits, is found before any field runs.
    unparsed = error.path is None and isinstance(original, ValueError)
    if original is None or isinstance(original, GraphQLError) or unparsed:
        code = (error.extensions or {}).get("code", GRAPHQL_VALIDATION_FAILED)
        return _with_code(error, error.message, code)
    error_id = secrets.token_hex(6)
    log.error("unexpected_error", error_id=error_id, path=error.path, exc_info=original)
    message = Message("Something went wrong on our side (error {id}).", id=error_id)
    return _with_code(error, wording.said(message), INTERNAL_ERROR)


def field_of(error: GraphQLError) -> list[str]:
    """Where the fault lies of what was given to a field, by Python's names; [] where it does not lie there."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    field = original.field if isinstance(original, DomainError) else None
    return field.split(".") if field else []


def outage_extensions(error: Unavailable) -> dict[str, Any]:
    """What an outage adds to an error's `extensions`: when to try again, unless the change may have taken effect."""
    return {} if error.retry_after is None else {"retryAfter": error.retry_after}


def outage_of(errors: Iterable[GraphQLError] | None) -> GraphQLError | None:
    """The first of these errors that an outage caused."""
    return next((error for error in errors or () if (error.extensions or {}).get("code") in OUTAGES), None)


def present_all(errors: Iterable[GraphQLError] | None, wording: Wording) -> list[GraphQLError] | None:
    """The errors of a result as the client may see them."""
    if not errors:
        return None
    presented = []
    for error in errors:
        breathe(_UNITS_PER_ERROR)
        presented.append(presentable(error, wording))
    return presented


def _with_code(error: GraphQLError, message: str, code: str, **more: Any) -> GraphQLError:
    current().refused(code)
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions={**(error.extensions or {}), "code": str(code), **more},
    )
