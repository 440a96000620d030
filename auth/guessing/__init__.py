"""Limits on guesses of passwords and codes: per account, per client network and for the whole service."""

from auth.guessing.guesses import Attempt, Guesses, Subject
from auth.guessing.windows import ACCOUNT, Windows

__all__ = ["ACCOUNT", "Attempt", "Guesses", "Subject", "Windows"]
