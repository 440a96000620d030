"""Measures whether a secret key could be guessed, since a list of bad keys is never complete."""

from collections import Counter
from itertools import pairwise
from math import log2

# A random key is refused by none of these in a million: what is measured of a short key strays from what is usual.
MIN_BITS = 64
"""By its characters a random key of 32 hexadecimal digits has about 114 bits, of 32 decimal digits about 98."""
MIN_NEW_TRIGRAMS = 0.65
"""Nearly all groups of three characters are new in a random key; about half are in a key that says all twice."""
MAX_STEPS = 0.75
"""Of a random key's characters, about a fifth stand beside the one before; of random decimal digits, a third."""
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {frozenset(row[at : at + 2]) for row in _ROWS for at in range(len(row) - 1)}


def is_patterned(key: str) -> bool:
    """Whether a key has too few different characters, repeats itself, or runs along the alphabet or the keyboard."""
    return _bits(key) < MIN_BITS or _new_trigrams(key) < MIN_NEW_TRIGRAMS or _steps(key.lower()) > MAX_STEPS


def _bits(key: str) -> float:
    """The entropy of its characters as often as they occur, times their number."""
    return -sum(count * log2(count / len(key)) for count in Counter(key).values())


def _new_trigrams(key: str) -> float:
    trigrams = [key[at : at + 3] for at in range(len(key) - 2)]
    return len(set(trigrams)) / max(1, len(trigrams))


def _steps(key: str) -> float:
    """The share of characters that are the one before, next to it in the alphabet, or next to it on the keyboard."""
    pairs = list(pairwise(key))
    near = sum(abs(ord(a) - ord(b)) <= 1 or frozenset((a, b)) in _NEIGHBOURS for a, b in pairs)
    return near / max(1, len(pairs))
