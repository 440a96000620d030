"""Seals: keyed hashes over the content of a row and the seal of the previous row."""

import json
from collections.abc import Mapping
from typing import Any

from auth.encryption import KeyedHashes, derived_key


class Seals:
    """Seals rows with a key outside the database: who has only the database cannot make one.

    The first secret seals, and the seals of all are recognised. With `is_chosen` the secrets were chosen for this, and
    go before the key that the database keeps, encrypted.
    """

    def __init__(self, *secrets: str, is_chosen: bool = True) -> None:
        self._keys = [derived_key(secret, "audit trail 1") for secret in secrets]
        self._is_chosen = is_chosen
        self._hashes = KeyedHashes(self._keys)

    def seal(self, content: Mapping[str, Any], previous: str) -> str:
        """The seal of a row, in hexadecimal; `previous` is that of the row before it, "" for the first."""
        return self._hashes.make(_text(content, previous))

    def is_intact(self, content: Mapping[str, Any], previous: str, seal: str) -> bool:
        """Whether the seal was made of this row, with one of the keys."""
        return self._hashes.recognise(seal, _text(content, previous))

    def key_of(self, content: Mapping[str, Any], previous: str, seal: str) -> bytes:
        """The key that made a seal; the first where none did."""
        made = (key for key in self._keys if KeyedHashes([key]).recognise(seal, _text(content, previous)))
        return next(made, self._keys[0])

    @property
    def first_key(self) -> bytes:
        """The key that seals now."""
        return self._keys[0]

    def adopt(self, key: bytes) -> None:
        """Recognise the seals of a key that the database keeps, and seal with it unless one was chosen."""
        others = [known for known in self._keys if known != key]
        self._keys = [*others, key] if self._is_chosen else [key, *others]
        self._hashes = KeyedHashes(self._keys)


def canonical(content: Mapping[str, Any]) -> str:
    """The one way in which a content is written: JSON in ASCII, its names sorted, without spaces."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def _text(content: Mapping[str, Any], previous: str) -> str:
    return canonical({**content, "previous_hash": previous})
