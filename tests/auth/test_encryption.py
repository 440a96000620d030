"""Encryption at rest and keyed lookups."""

import pytest
from cryptography.exceptions import InvalidTag

from auth.encryption import KEY_VERSION, Encryption, derived_key

SECRET = "a secret of more than thirty-two bytes"
NUMBER = "412536198010250120"


def test_what_was_encrypted_is_decrypted_with_the_same_secret() -> None:
    encrypted = Encryption(SECRET).encrypt(NUMBER, context="user 1")

    assert Encryption(SECRET).decrypt(encrypted, context="user 1") == NUMBER
    assert encrypted[0] == KEY_VERSION
    assert NUMBER.encode() not in encrypted


def test_the_same_text_is_never_encrypted_the_same_way() -> None:
    encryption = Encryption(SECRET)

    assert len({encryption.encrypt(NUMBER, context="user 1") for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("secret", "context", "position"),
    [
        pytest.param("another secret of more than 32 bytes", "user 1", None, id="another secret"),
        pytest.param(SECRET, "user 2", None, id="another context"),
        pytest.param(SECRET, "user 1", 5, id="another nonce"),
        pytest.param(SECRET, "user 1", 15, id="another text"),
        pytest.param(SECRET, "user 1", -1, id="another tag"),
    ],
)
def test_nothing_else_decrypts(secret: str, context: str, position: int | None) -> None:
    encrypted = bytearray(Encryption(SECRET).encrypt(NUMBER, context="user 1"))
    if position is not None:
        encrypted[position] ^= 1

    with pytest.raises(InvalidTag):
        Encryption(secret).decrypt(bytes(encrypted), context=context)


def test_a_lookup_depends_on_text_and_secret_only() -> None:
    lookup = Encryption(SECRET).lookup(NUMBER)

    assert Encryption(SECRET).lookup(NUMBER) == lookup
    assert Encryption(SECRET).lookup("412536198010250121") != lookup
    assert Encryption("another secret of more than 32 bytes").lookup(NUMBER) != lookup
    assert len(lookup) == 64


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {derived_key(SECRET, purpose) for purpose in ("a", "b")} | {derived_key("other", "a")}

    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
