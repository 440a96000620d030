"""Secrets at rest: values encrypted with a key outside the database, and keyed hashes.

There may be several secrets, so that one can take the place of another: the first makes whatever is new, all of them
read what is there.
"""

import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_VERSION = 2
"""The first byte of what is encrypted now; the id of the key follows."""
_WITHOUT_KEY_ID = 1
"""The first byte of values from before there could be several keys."""
_ID_BYTES = 4
_NONCE_BYTES = 12
PREFIX_BYTES = 1 + _ID_BYTES
"""Of what is encrypted now: the version and the id of the key."""


def derived_key(secret: str, purpose: str) -> bytes:
    """A 256-bit key of the secret for one purpose; keys of different purposes tell nothing about each other."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


def key_id(secret: str) -> str:
    """What a secret is called where it must not be shown: 8 hexadecimal digits."""
    return derived_key(secret, "key id")[:_ID_BYTES].hex()


class KeyedHashes:
    """Keyed hashes (HMAC-SHA256, in hexadecimal): the first key makes them, all recognise theirs."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)

    @classmethod
    def derived(cls, secrets: Sequence[str], purpose: str) -> "KeyedHashes":
        """Hashes for one purpose."""
        return cls([derived_key(secret, purpose) for secret in secrets])

    def make(self, text: str) -> str:
        """The hash of a new value."""
        return self._with(self._keys[0], text)

    def candidates(self, text: str) -> list[str]:
        """The hashes that may be stored of the text, the one that is made now first."""
        return [self._with(key, text) for key in self._keys]

    def recognise(self, found: str, text: str) -> bool:
        """Whether one of the keys made this hash of the text."""
        sent = found.encode(errors="replace")
        return any(hmac.compare_digest(candidate.encode(), sent) for candidate in self.candidates(text))

    @staticmethod
    def _with(key: bytes, text: str) -> str:
        return hmac.new(key, text.encode(errors="replace"), "sha256").hexdigest()


class Encryption:
    """Encrypts texts with AES-GCM. `context` says whose a text is: it decrypts only with the same context."""

    def __init__(self, *secrets: str) -> None:
        self.key_ids = tuple(map(key_id, secrets))
        """The ids of the keys, the one that encrypts first."""
        self._ciphers = {
            key_id(secret): AESGCM(derived_key(secret, "encryption at rest 1")) for secret in reversed(secrets)
        }
        self._current = self._ciphers[self.key_ids[0]]
        self.prefix = bytes([KEY_VERSION]) + bytes.fromhex(self.key_ids[0])
        """What everything begins with that the first key encrypted."""
        self._lookups = KeyedHashes.derived(secrets, "lookup of encrypted values")

    def encrypt(self, text: str, *, context: str) -> bytes:
        """The encrypted text: the version, the key's id, a random nonce, and the sealed bytes."""
        nonce = os.urandom(_NONCE_BYTES)
        return self.prefix + nonce + self._current.encrypt(nonce, text.encode(), context.encode())

    def decrypt(self, encrypted: bytes, *, context: str) -> str:
        """The text. Raises InvalidTag for what `encrypt` did not make with one of the keys and this context."""
        for cipher, content in self._ways(encrypted):
            try:
                sealed = cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], context.encode())
            except InvalidTag:
                continue
            return sealed.decode()
        raise InvalidTag

    def _ways(self, encrypted: bytes) -> list[tuple[AESGCM, bytes]]:
        version = encrypted[:1]
        if version == bytes([_WITHOUT_KEY_ID]):
            return [(cipher, encrypted[1:]) for cipher in self._ciphers.values()]
        cipher = self._ciphers.get(key_id_of(encrypted))
        return [] if cipher is None else [(cipher, encrypted[PREFIX_BYTES:])]

    def lookup(self, text: str) -> str:
        """A keyed hash: the same for the same text, and useless to who does not hold the secret."""
        return self._lookups.make(text)

    def lookups(self, text: str) -> list[str]:
        """The hashes that rows with this text may have until all are re-encrypted, the one that is made now first."""
        return self._lookups.candidates(text)


def key_id_of(encrypted: bytes) -> str:
    """The id of the key that encrypted a value; "" where the value does not tell."""
    return encrypted[1:PREFIX_BYTES].hex() if encrypted[:1] == bytes([KEY_VERSION]) else ""
