"""Secret keys: lists of them, whether one could be guessed, and the one that development keeps."""

import contextlib
import secrets
import tempfile
from functools import cache
from math import log2
from pathlib import Path

from models.private_files import make_folder

MIN_SECRET_BYTES = 32
"""HS256 wants a key as long as its hash."""
MIN_BITS = 80
"""What zxcvbn has to find in a key. In 32 random hexadecimal digits it finds about 104, and less than 90 in none of
thousands; in words with "secret" among them, repeated text and runs along the keyboard at most 77."""
_MEASURED = (48, 72)
"""How many characters are measured: fewer where they are enough, since the time grows faster than the key."""
_KNOWN_WORDS = ("careergraph", "production", "development", "secret", "signing", "key")
"""What people write into a key of this product."""


def split_keys(listed: str) -> tuple[str, ...]:
    """The keys of a list with commas; the first is the one in use, the others are those before it."""
    return tuple(key for key in map(str.strip, listed.split(",")) if key)


def key_problems(name: str, keys: tuple[str, ...]) -> list[str]:
    """What is wrong with the keys of a setting, one sentence for each key at most.

    Only the first must not be guessable: a key that was chosen badly stands after its successor until it is replaced.
    """
    found = []
    for number, key in enumerate(keys or ("",), 1):
        what = name if len(keys) < 2 else f"{name}: key {number} of {len(keys)} (commas separate keys)"
        if len(key.encode()) < MIN_SECRET_BYTES:
            found.append(f"{what} is missing or shorter than {MIN_SECRET_BYTES} bytes")
        elif number == 1 and is_guessable(key):
            found.append(f"{what} is guessable")
    return [f"{fault}: set it to the output of `openssl rand -hex 32`." for fault in found]


@cache
def is_guessable(key: str) -> bool:
    """Whether a key has too little entropy by the estimate of zxcvbn, which knows words, patterns and repetition."""
    from zxcvbn import zxcvbn  # whose lists take a while to load

    return not any(
        log2(float(zxcvbn(key[:length], user_inputs=_KNOWN_WORDS, max_length=length)["guesses"])) >= MIN_BITS
        for length in _MEASURED
    )


def kept_secret(path: Path) -> str:
    """The secret in the file, made at the first call; of several processes that make it at once, one wins."""
    if not path.exists():
        make_folder(path.parent)
        # The file gets its name when it is complete, so that nobody reads half a secret.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as unfinished:
            unfinished.write(secrets.token_hex(MIN_SECRET_BYTES))
            unfinished.flush()
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(unfinished.name)
    return path.read_text(encoding="ascii").strip()


def kept_secret_problems(path: Path) -> list[str]:
    """What is wrong with the file of a secret that was kept before."""
    try:
        content = path.read_bytes().strip()
    except OSError:  # it is not there yet, or DATA_DIR cannot be used, which is told by itself
        return []
    if len(content) < MIN_SECRET_BYTES or not content.isascii():
        return [f"{path} holds no key: put the file back that was there before, or delete it with the database."]
    return []
