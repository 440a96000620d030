"""The result of one check of `doctor`."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """How a check ended, as programs read it."""

    GOOD = "ok"
    NOTE = "note"
    FAULT = "fix"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. Of a fault, `text` says what to change."""

    verdict: Verdict
    subject: str
    text: str


def good(subject: str, text: str) -> Finding:
    """A check that passed."""
    return Finding(Verdict.GOOD, subject, text)


def note(subject: str, text: str) -> Finding:
    """Something worth knowing."""
    return Finding(Verdict.NOTE, subject, text)


def fault(subject: str, text: str) -> Finding:
    """Something to change."""
    return Finding(Verdict.FAULT, subject, text)
