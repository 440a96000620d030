"""Errors of signing."""

from models.errors.general import DomainError, ErrorCode
from models.language import Message


class AlreadyHandler(DomainError):
    """The user is a handler."""

    code = ErrorCode.ALREADY_HANDLER
    default_message = Message("This user is already a handler.")


class ApplicationOpen(DomainError):
    """The user has an application that awaits a decision or a signature."""

    code = ErrorCode.APPLICATION_OPEN
    default_message = Message("You have an open application: update the resume instead, or cancel the application.")


class ResumeLocked(DomainError):
    """The resume belongs to an approved or signed application."""

    code = ErrorCode.RESUME_LOCKED
    default_message = Message("The resume cannot be changed because its application was approved or signed.")
