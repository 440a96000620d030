"""Passwords: what is accepted, what matches, and how much work it is."""

import asyncio
import threading
from typing import Any

import bcrypt
import pytest

from auth.passwords import PasswordHasher, check_new_password
from models.errors import ErrorCode, InvalidInput
from tests.support.clients import Product

COST = 4
FIELD = "new_password"


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The bcrypt computations since the test began: which function, and the cost it ran at."""
    done: list[tuple[str, int]] = []
    for name in ("checkpw", "hashpw"):
        original = getattr(bcrypt, name)

        def counted(password: bytes, salt: bytes, name: str = name, original: Any = original) -> Any:
            done.append((name, int(salt[4:6])))
            return original(password, salt)

        monkeypatch.setattr(bcrypt, name, counted)
    return done


@pytest.mark.parametrize(
    "password", ["123456", "a" * 72, "密" * 24, "密码密码密码", "      ", "😀😀😀😀😀😀", "pass\nword"]
)
async def test_an_accepted_password_matches_itself_alone(password: str) -> None:
    check_new_password(password, field=FIELD)
    hasher = PasswordHasher(cost=COST)

    stored = await hasher.hash(password)

    assert stored.startswith("$2b$04$")
    assert await hasher.verify(password, stored)
    assert not await hasher.verify(f"{password[:-1]}x", stored)
    assert not await hasher.verify(password[:-1], stored)
    hasher.close()


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "at least 6 characters"),
        ("12345", "at least 6 characters"),
        ("a" * 73, "at most 72 bytes"),
        ("密" * 24 + "a", "at most 72 bytes"),
        ("密" * 25, "at most 72 bytes"),
        ("123\000456", "cannot be stored"),
        ("123\ud800456", "cannot be stored"),
    ],
)
def test_a_password_that_cannot_be_used_is_refused(password: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        check_new_password(password, field=FIELD)

    assert refused.value.field == FIELD


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("a" * 72, "a" * 73),
        ("a" * 72, "a" * 72 + "b" * 100_000),
        ("密" * 24, "密" * 24 + "码"),
        ("secret", "secret\0"),
        ("secret", "secret\0more"),
        ("secret", "secret\ud800"),
        ("secret?", "secret\ud800"),
        ("secret", ""),
        ("secret", "SECRET"),
    ],
)
async def test_what_is_not_the_password_never_matches(password: str, wrong: str) -> None:
    hasher = PasswordHasher(cost=COST)
    stored = await hasher.hash(password)

    assert not await hasher.verify(wrong, stored)
    assert not await hasher.verify(password, None)
    assert not await hasher.verify("nobody", None)
    hasher.close()


@pytest.mark.parametrize("password", ["wrong", "", "a" * 1000, "\0", "\ud800"])
async def test_every_answer_costs_one_computation(work: list[tuple[str, int]], password: str) -> None:
    hasher = PasswordHasher(cost=COST)
    stored = await hasher.hash("secret")

    work.clear()
    await hasher.verify(password, stored)
    await hasher.verify(password, None)

    assert work == [("checkpw", COST)] * 2
    hasher.close()


async def test_an_issued_password_costs_little_to_hash_and_as_much_as_others_to_check(
    work: list[tuple[str, int]],
) -> None:
    hasher = PasswordHasher(cost=COST + 1)
    work.clear()
    first, second = await hasher.hash_issued(["o8Jx1mQe0wVZk2Ls", "another"])
    assert [cost for _, cost in work] == [COST, COST]

    work.clear()
    assert await hasher.verify("o8Jx1mQe0wVZk2Ls", first)
    assert not await hasher.verify("o8Jx1mQe0wVZk2Ls", second)

    assert work == [("checkpw", COST + 1), ("checkpw", COST)] * 2
    hasher.close()


async def test_at_most_so_many_run_at_a_time_and_the_event_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2)
    lock = threading.Lock()
    running = peak = 0
    go = threading.Event()

    def slow(_password: bytes, _salt: bytes) -> bool:
        nonlocal running, peak
        with lock:
            running += 1
            peak = max(peak, running)
        go.wait(timeout=30)
        together.wait(timeout=30)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(bcrypt, "checkpw", slow)
    hasher = PasswordHasher(cost=COST, concurrency=2)
    stored = bcrypt.hashpw(b"secret", bcrypt.gensalt(COST)).decode()
    answers = [asyncio.create_task(hasher.verify("secret", stored)) for _ in range(8)]
    await asyncio.sleep(0)
    go.set()

    assert await asyncio.gather(*answers) == [True] * 8
    assert peak == 2
    hasher.close()


SIGN_IN = """
mutation ($account: String!, $password: String!) {
  signIn(input: {identifier: $account, password: $password}) { token errors { code message path } }
}
"""


async def test_an_unknown_account_costs_and_answers_what_a_wrong_password_does(
    product: Product, work: list[tuple[str, int]]
) -> None:
    fresh, used = await product.students(2)
    # `fresh` goes back to the state of somebody just imported; `used` has signed in and has a hash.
    await product.rest(
        "POST",
        "/api/v1/user/import",
        {"list": [{"account": "2021999999", "name": "新"}]},
        person=await product.administrator(),
    )
    refused = {"code": "WRONG_CREDENTIALS", "message": "The account or the password is wrong.", "path": []}

    for account in ("2021999999", used.account, "2021888888", "8888888888", "", "nobody"):
        for password in ("wrong password", "", "a" * 100):
            work.clear()
            data = await product.data(SIGN_IN, {"account": account, "password": password})
            assert data["signIn"] == {"token": None, "errors": [refused]}, account
            assert work == [("checkpw", COST)], account
    assert fresh.id != used.id


async def test_a_first_password_is_hashed_at_its_first_use(product: Product, work: list[tuple[str, int]]) -> None:
    await product.rest(
        "POST",
        "/api/v1/user/import",
        {"list": [{"account": "2021999999", "name": "新"}]},
        person=await product.administrator(),
    )

    work.clear()
    await product.login("2021999999", "999999")
    assert work == [("hashpw", COST)]

    work.clear()
    await product.login("2021999999", "999999")
    assert work == [("checkpw", COST)]


CHANGE = """
mutation ($old: String, $new: String!) {
  changePassword(input: {oldPassword: $old, newPassword: $new}) { user { databaseId } errors { code path } }
}
"""


@pytest.mark.parametrize("password", ["a" * 73, "密" * 25, "12345", "abc\0def"])
async def test_an_unusable_new_password_changes_nothing(product: Product, password: str) -> None:
    student = await product.student()

    data = await product.data(CHANGE, {"old": student.account[-6:], "new": password}, person=student)

    refused = {"code": ErrorCode.INVALID_INPUT, "path": ["input", "newPassword"]}
    assert data["changePassword"] == {"user": None, "errors": [refused]}
    assert (await product.login(student.account, student.account[-6:])).id == student.id


async def test_72_bytes_are_a_password_and_73_are_not_the_same_one(product: Product) -> None:
    student = await product.student()

    data = await product.data(CHANGE, {"old": student.account[-6:], "new": "密" * 24}, person=student)

    assert data["changePassword"] == {"user": {"databaseId": student.id}, "errors": []}
    assert (await product.login(student.account, "密" * 24)).id == student.id
    longer = await product.data(SIGN_IN, {"account": student.account, "password": "密" * 24 + "a"})
    assert [error["code"] for error in longer["signIn"]["errors"]] == ["WRONG_CREDENTIALS"]
