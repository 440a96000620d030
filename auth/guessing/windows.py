"""The limits of guesses: what is counted, and how many are allowed in which period."""

from collections.abc import Sequence
from dataclasses import dataclass

PERIOD = 15 * 60
"""The longest window, in seconds: older guesses are forgotten."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Pairs of a number of guesses and the seconds in which no more are checked, the shortest window first.

    The next window opens only after the one before is full, so that the wait grows with the guesses.
    """

    name: str
    pairs: tuple[tuple[int, int], ...]


ACCOUNT = Windows("account", ((7, 60), (9, 300), (10, PERIOD)))


def of_network(guesses: int) -> Windows:
    """The windows of a client network that may make so many wrong guesses in 15 minutes."""
    return Windows("network", ((guesses, PERIOD),))


def of_service(guesses: int) -> Windows:
    """The windows of the whole service."""
    return Windows("service", ((guesses, PERIOD),))


@dataclass(frozen=True, slots=True)
class Bucket:
    """One place where a guess is counted."""

    key: str
    windows: Windows


@dataclass(frozen=True, slots=True)
class Refused:
    """A guess that is not checked: where it was one too many, and the seconds to wait."""

    windows: str
    wait: float


def wait_of(times: Sequence[float], windows: Windows, now: float) -> float:
    """The seconds until one more guess is checked, 0 if it is now. `times` of the guesses before ascend."""
    waits = [times[-count] + seconds - now for count, seconds in windows.pairs if len(times) >= count]
    return max([0.0, *waits])
