"""How many guesses of passwords and codes are checked: by account, by client network and for the whole service."""

from auth.guessing.guesses import Attempt, Guesses, Subject
from auth.guessing.windows import ACCOUNT, Windows

__all__ = ["ACCOUNT", "Attempt", "Guesses", "Subject", "Windows"]
