"""Errors of the talent feeds."""

from models.errors.general import DomainError, ErrorCode
from models.language import Message


class QuotaExhausted(DomainError):
    """The quota of the caller's packages is used up."""

    code = ErrorCode.QUOTA_EXHAUSTED
    default_message = Message("The quota of your packages is used up.")


class CandidateSigned(DomainError):
    """The candidate signed a contract, which the caller has not accepted."""

    code = ErrorCode.CANDIDATE_SIGNED
    default_message = Message(
        "The candidate signed a contract already; with {accept_signed} the contact is acquired all the same."
    )


class AlreadyRecruiter(DomainError):
    """The user is a recruiter."""

    code = ErrorCode.ALREADY_RECRUITER
    default_message = Message("You are already a recruiter.")
