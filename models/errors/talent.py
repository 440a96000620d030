"""Refusals of the talent feeds."""

from models.errors.general import DomainError, ErrorCode


class QuotaExhausted(DomainError):
    """The caller's packages allow no more of this."""

    code = ErrorCode.QUOTA_EXHAUSTED
    default_message = "Your packages allow no more of this."


class CandidateSigned(DomainError):
    """The candidate signed a contract, which the caller has not accepted."""

    code = ErrorCode.CANDIDATE_SIGNED
    default_message = (
        "The candidate signed a contract already; with {accept_signed} the contact is acquired all the same."
    )


class AlreadyRecruiter(DomainError):
    """The user is a recruiter."""

    code = ErrorCode.ALREADY_RECRUITER
    default_message = "You are a recruiter already."
