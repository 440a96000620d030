"""Refusals about who somebody is and how they sign in."""

from models.errors.general import DomainError, ErrorCode


class Unauthenticated(DomainError):
    """The caller is not signed in, or the token is not accepted any more."""

    code = ErrorCode.UNAUTHENTICATED
    default_message = "Sign in first."


class Forbidden(DomainError):
    """The caller is signed in, and may not do this."""

    code = ErrorCode.FORBIDDEN
    default_message = "You may not do this."


class PasswordChangeRequired(Forbidden):
    """The caller signed in with a password that somebody else knows, and may only change it."""

    code = ErrorCode.PASSWORD_CHANGE_REQUIRED
    default_message = "Change your password first: until then this session opens nothing else."


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


class TokenNotCreated(DomainError):
    """No token could be signed."""

    code = ErrorCode.TOKEN_NOT_CREATED
    default_message = "No token could be created."


class SessionNotUpdated(DomainError):
    """The session behind a new token could not be stored."""

    code = ErrorCode.SESSION_NOT_UPDATED
    default_message = "The session could not be stored."


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


class AwaitingActivation(DomainError):
    """The account was registered, and the link that was mailed has not been opened."""

    code = ErrorCode.AWAITING_ACTIVATION
    default_message = "Open the link that was mailed to you first."


class RoleMissing(DomainError):
    """The person may not sign in here without a role that they do not hold."""

    code = ErrorCode.ROLE_MISSING
    default_message = "This account may not sign in here."


class MergeConflict(DomainError):
    """Two users hold something that one user cannot hold twice; the message names it."""

    code = ErrorCode.MERGE_CONFLICT
    default_message = "The two accounts cannot be merged."


class LastCredential(DomainError):
    """Without this credential the user could not sign in any more."""

    code = ErrorCode.LAST_CREDENTIAL
    default_message = "You could not sign in any more: link another credential first."
