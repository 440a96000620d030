"""How refusals reach the client: expected ones in a mutation's `errors`, the rest with `extensions.code`.

Whatever is not a refusal of the business is masked: the log has it, under the id that the client is told.
"""

import secrets
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import structlog
from graphql import GraphQLError

from auth.policies import public
from models.errors import DomainError, Forbidden, InvalidForm, Unauthenticated
from models.errors import ErrorCode as ErrorCode
from models.errors import Unavailable as Unavailable
from schema.engine.fields import column
from schema.engine.pacing import breathe
from schema.engine.types import enum_type, value_type


class RequestErrorCode(StrEnum):
    """Why a request, or a part of it, got no answer; the business has `ErrorCode` for the rest."""

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
    RequestErrorCode.BAD_REQUEST: "The request is no GraphQL request; the message says why.",
    RequestErrorCode.UNSUPPORTED_MEDIA_TYPE: "The body is neither JSON nor a multipart form with files.",
    RequestErrorCode.NOT_ACCEPTABLE: "The Accept header allows none of the media types of a reply.",
    RequestErrorCode.METHOD_NOT_ALLOWED: "The method is not GET or POST, or GET asks for more than a query.",
    RequestErrorCode.PAYLOAD_TOO_LARGE: "The body is longer than 2 MB, or with files than 6 MB,"
    " or holds more than 50,000 values.",
    RequestErrorCode.BATCHING_NOT_SUPPORTED: "The body is a list: send one operation a request.",
    RequestErrorCode.GRAPHQL_PARSE_FAILED: "The document is not written in GraphQL's syntax.",
    RequestErrorCode.GRAPHQL_VALIDATION_FAILED: "The document or its variables do not fit the schema.",
    RequestErrorCode.OPERATION_RESOLUTION_FAILURE: "`operationName` names no operation of the document,"
    " or is missing where there are several.",
    RequestErrorCode.OPERATION_NOT_SUPPORTED: "The operation is a subscription, which needs a WebSocket.",
    RequestErrorCode.OPERATION_TOO_LARGE: "The operation passes the limit that `extensions.limit` names.",
    RequestErrorCode.OPERATION_TIMED_OUT: "The query took longer than a query may.",
    RequestErrorCode.INTROSPECTION_FORBIDDEN: "Only administrators may ask this server for its schema.",
    RequestErrorCode.PERSISTED_QUERY_NOT_FOUND: "No query is known by this hash: send the query with it.",
    RequestErrorCode.PERSISTED_QUERY_NOT_SUPPORTED: "This server keeps no queries: send queries without hashes.",
    RequestErrorCode.PERSISTED_QUERY_HASH_MISMATCH: "The hash is not the one of the query.",
    RequestErrorCode.INTERNAL_ERROR: "Something went wrong on our side; the log has it.",
}
INTERNAL_ERROR = RequestErrorCode.INTERNAL_ERROR
OUTAGES = {ErrorCode.SERVICE_UNAVAILABLE.value, ErrorCode.OUTCOME_UNKNOWN.value}
"""The codes of what is answered with status 503."""
GRAPHQL_VALIDATION_FAILED = RequestErrorCode.GRAPHQL_VALIDATION_FAILED

_UNITS_PER_ERROR = 3
_STOPPING = (Unauthenticated, Forbidden, Unavailable)
"""The errors that stop a mutation's field."""

log = structlog.get_logger()

ErrorCodeEnum = enum_type(
    ErrorCode,
    description="Why an operation was refused.",
    values={
        ErrorCode.UNAUTHENTICATED: "Nobody is signed in, or the token is not accepted any more.",
        ErrorCode.FORBIDDEN: "The caller may not do this.",
        ErrorCode.INVALID_INPUT: "A value cannot be accepted; `path` says which.",
        ErrorCode.NOT_FOUND: "The object does not exist, or is not the caller's.",
        ErrorCode.USER_NOT_FOUND: "There is no such user.",
        ErrorCode.WRONG_CREDENTIALS: "The account or the password is wrong.",
        ErrorCode.WRONG_PASSWORD: "The old password is wrong.",
        ErrorCode.WRONG_CODE: "The code is wrong, used, or expired.",
        ErrorCode.TOO_MANY_REQUESTS: "This was done too often; `retryAfter` says when to try again.",
        ErrorCode.SERVICE_BUSY: "Too many wait for the same work; `retryAfter` says when to try again.",
        ErrorCode.PASSWORD_CHANGE_REQUIRED: "The session opens nothing but `changePassword` until that is done.",
        ErrorCode.CREDENTIAL_TAKEN: "Somebody signs in with this already.",
        ErrorCode.FOREIGN_SESSION: "The session belongs to another API.",
        ErrorCode.CHANNEL_UNAVAILABLE: "No channel is configured that could send the message.",
        ErrorCode.ALREADY_CLOCKED_IN: "There is a clock-in of this slot already.",
        ErrorCode.DIRECTION_NOT_HELD: "The user does not pursue this direction.",
        ErrorCode.LIMIT_REACHED: "A list holds as many entries as it may.",
        ErrorCode.EXAM_DATE_INVALID: "The configured examination date is no date.",
        ErrorCode.TOKEN_NOT_CREATED: "No token could be signed.",
        ErrorCode.SESSION_NOT_UPDATED: "The session could not be stored.",
        ErrorCode.INSUFFICIENT_CREDITS: "There are fewer credits than this takes.",
        ErrorCode.MOVE_NOT_ALLOWED: "The object does not stand where it could move there from.",
        ErrorCode.REGISTRATION_CLOSED: "The project is not open for registration.",
        ErrorCode.LEVEL_TOO_LOW: "The developer's level is lower than the project asks for.",
        ErrorCode.ALREADY_JOINED: "The developer takes part in the project already.",
        ErrorCode.INSTANCE_RUNNING: "Another instance of the participation is running.",
        ErrorCode.SPACE_EXHAUSTED: "There is not enough mirror space left.",
        ErrorCode.LAST_ADMINISTRATOR: "Without this administrator there would be none.",
        ErrorCode.WRONG_CAPTCHA: "The answer to the picture is wrong, or the picture was used or has expired.",
        ErrorCode.WECHAT_UNAVAILABLE: "WeChat cannot be asked who somebody is.",
        ErrorCode.AWAITING_APPROVAL: "The account waits for an administrator.",
        ErrorCode.ROLE_MISSING: "The account lacks the role that signing in here takes.",
        ErrorCode.AWAITING_ACTIVATION: "The link that was mailed has not been opened yet.",
        ErrorCode.QUOTA_EXHAUSTED: "The caller's packages allow no more of this.",
        ErrorCode.CANDIDATE_SIGNED: "The candidate signed a contract already. `acceptSigned: true` acquires the contact"
        " all the same.",
        ErrorCode.ALREADY_RECRUITER: "The user is a recruiter already.",
        ErrorCode.NAME_TAKEN: "There is one of this name already.",
        ErrorCode.IN_USE: "Others refer to the object, so that it cannot be changed.",
        ErrorCode.ALREADY_HANDLER: "The user is a handler already.",
        ErrorCode.APPLICATION_OPEN: "The person has an application that waits for a decision or a signature.",
        ErrorCode.RESUME_LOCKED: "The resume belongs to an application that was approved or signed.",
        ErrorCode.SERVICE_UNAVAILABLE: "The database or the disk is unavailable; nothing was changed. Try again"
        " after `retryAfter` seconds.",
        ErrorCode.MERGE_CONFLICT: "Both users hold something that one user cannot hold twice; `message` names it.",
        ErrorCode.LAST_CREDENTIAL: "Without this credential the user could not sign in any more.",
        ErrorCode.OUTCOME_UNKNOWN: "The connection to the database was lost while the change was being stored:"
        " check whether it took effect before you repeat it.",
        ErrorCode.ID_NUMBER_TAKEN: "Somebody else claims the number of this document, and was not rejected.",
    },
)


@value_type(description="A refusal that the caller can act on.", policy=public)
class UserError:
    """One entry of a payload's `errors`."""

    code: ErrorCode = column("Why, for programs.")
    message: str = column("Why, for people.")
    path: list[str] = column("The part of the input that is at fault; empty when it is not one part.")
    retry_after: int | None = column("After TOO_MANY_REQUESTS and SERVICE_BUSY, the seconds to wait.", default=None)

    @classmethod
    def of(cls, error: DomainError) -> "UserError":
        """The entry for an error of the business."""
        return cls(code=error.code, message=error.message, path=list(error.path), retry_after=error.retry_after)

    @classmethod
    def all_of(cls, error: DomainError) -> "list[UserError]":
        """The entries for an error of the business: one for each fault of a form."""
        return [cls.of(fault) for fault in (error.faults if isinstance(error, InvalidForm) else (error,))]


class RequestRefused(Exception):
    """An operation of a client is not run."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        self.errors = errors


def refusal(message: str, code: RequestErrorCode, **extensions: Any) -> RequestRefused:
    """The refusal of an operation for one reason."""
    return RequestRefused([GraphQLError(message, extensions={"code": code, **extensions})])


def is_payload_error(error: type[DomainError]) -> bool:
    """Whether a mutation reports errors of this class in its payload; the others stop the field."""
    return not issubclass(error, _STOPPING)


def presentable(error: GraphQLError) -> GraphQLError:
    """The error as the client may see it, always with `extensions.code`."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, Unavailable):
        return _with_code(error, original.message, original.code, **outage_extensions(original))
    if isinstance(original, DomainError):
        return _with_code(error, original.message, original.code)
    # A value that does not parse, such as a number of 5,000 digits, is found before any field runs.
    unparsed = error.path is None and isinstance(original, ValueError)
    if original is None or isinstance(original, GraphQLError) or unparsed:
        code = (error.extensions or {}).get("code", GRAPHQL_VALIDATION_FAILED)
        return _with_code(error, error.message, code)
    error_id = secrets.token_hex(6)
    log.error("unexpected_error", error_id=error_id, path=error.path, exc_info=original)
    return _with_code(error, f"Something went wrong on our side (error {error_id}).", INTERNAL_ERROR)


def outage_extensions(error: Unavailable) -> dict[str, Any]:
    """What an outage adds to an error's `extensions`: when to try again, unless the change may have taken effect."""
    return {} if error.retry_after is None else {"retryAfter": error.retry_after}


def outage_of(errors: Iterable[GraphQLError] | None) -> GraphQLError | None:
    """The first of these errors that an outage caused."""
    return next((error for error in errors or () if (error.extensions or {}).get("code") in OUTAGES), None)


def present_all(errors: Iterable[GraphQLError] | None) -> list[GraphQLError] | None:
    """The errors of a result as the client may see them."""
    if not errors:
        return None
    presented = []
    for error in errors:
        breathe(_UNITS_PER_ERROR)
        presented.append(presentable(error))
    return presented


def _with_code(error: GraphQLError, message: str, code: str, **more: Any) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions={**(error.extensions or {}), "code": str(code), **more},
    )
