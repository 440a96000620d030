"""Errors of authentication, permissions and credentials."""

from models.errors.general import DomainError, ErrorCode
from models.language import Message


class Unauthenticated(DomainError):
    """The caller is not signed in, or the token is no longer valid."""

    code = ErrorCode.UNAUTHENTICATED
    default_message = Message("Sign in first.")


class Forbidden(DomainError):
    """The caller is signed in but does not have permission."""

    code = ErrorCode.FORBIDDEN
    default_message = Message("You do not have permission for this.")


class PasswordChangeRequired(Forbidden):
    """The caller signed in with a password that somebody else knows, and may only change it."""

    code = ErrorCode.PASSWORD_CHANGE_REQUIRED
    default_message = Message("Change your password first; until then this session allows nothing else.")


class UserNotFound(DomainError):
    """The user does not exist."""

    code = ErrorCode.USER_NOT_FOUND
    default_message = Message("The user does not exist.")


class WrongCredentials(DomainError):
    """The account or the password is wrong; the error does not reveal which."""

    code = ErrorCode.WRONG_CREDENTIALS
    default_message = Message("The account or the password is wrong.")


class WrongPassword(DomainError):
    """The old password does not match."""

    code = ErrorCode.WRONG_PASSWORD
    default_message = Message("The old password is wrong.")


class WrongCode(DomainError):
    """The verification code is wrong, was already used, or has expired."""

    code = ErrorCode.WRONG_CODE
    default_message = Message("The code is wrong, was already used, or has expired.")


class CredentialTaken(DomainError):
    """The credential is already in use."""

    code = ErrorCode.CREDENTIAL_TAKEN
    default_message = Message("This credential is already in use.")


class ForeignSession(DomainError):
    """The token belongs to another API, whose session the graph neither renews nor ends."""

    code = ErrorCode.FOREIGN_SESSION
    default_message = Message("This token belongs to another API; the graph can neither renew nor end its session.")


class ChannelUnavailable(DomainError):
    """No channel for sending the message is configured."""

    code = ErrorCode.CHANNEL_UNAVAILABLE
    default_message = Message("No channel is configured to send this message.")


class TokenNotCreated(DomainError):
    """The token could not be created."""

    code = ErrorCode.TOKEN_NOT_CREATED
    default_message = Message("The token could not be created.")


class SessionNotUpdated(DomainError):
    """The session behind a new token could not be stored."""

    code = ErrorCode.SESSION_NOT_UPDATED
    default_message = Message("The session could not be stored.")


class LastAdministrator(DomainError):
    """The last administrator cannot lose the role."""

    code = ErrorCode.LAST_ADMINISTRATOR
    default_message = Message("This is the last administrator.")


class WrongCaptcha(DomainError):
    """The captcha answer is wrong, or the captcha was already used or has expired."""

    code = ErrorCode.WRONG_CAPTCHA
    default_message = Message(
        "The captcha answer is wrong, or the captcha was already used or has expired: request a new one."
    )


class WechatUnavailable(DomainError):
    """WeChat is not configured or does not respond."""

    code = ErrorCode.WECHAT_UNAVAILABLE
    default_message = Message("WeChat does not respond; try again.")


class WechatBlocked(DomainError):
    """WeChat does not let the person sign in."""

    code = ErrorCode.WECHAT_BLOCKED
    default_message = Message("WeChat holds this user to be a high risk and does not let them sign in.")


class AwaitingApproval(DomainError):
    """The account awaits approval by an administrator."""

    code = ErrorCode.AWAITING_APPROVAL
    default_message = Message("This account awaits approval by an administrator.")


class AwaitingActivation(DomainError):
    """The account was registered, but the activation link was not opened."""

    code = ErrorCode.AWAITING_ACTIVATION
    default_message = Message("Open the activation link in the e-mail first.")


class RoleMissing(DomainError):
    """The account does not have the role that this sign-in requires."""

    code = ErrorCode.ROLE_MISSING
    default_message = Message("This account may not sign in here.")


class MergeConflict(DomainError):
    """Two users hold something that one user cannot hold twice; the message names it."""

    code = ErrorCode.MERGE_CONFLICT
    default_message = Message("The two accounts cannot be merged.")


class LastCredential(DomainError):
    """Without this credential the user could not sign in any more."""

    code = ErrorCode.LAST_CREDENTIAL
    default_message = Message("You could not sign in any more: link another credential first.")
