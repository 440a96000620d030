"""What unknown keys of a resume's entries may hold."""

from typing import Any

import pytest

from models.errors import InvalidInput
from resolvers.signing.entries import MAX_DEPTH, MAX_EXTRAS, WorkExperienceDraft, checked_work_experiences


def kept(extras: Any) -> Any:
    return checked_work_experiences([WorkExperienceDraft("青禾软件", extras=extras)])[0]["extras"]


def nested(levels: int) -> dict[str, Any]:
    """An object that is this many levels deep."""
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "extras",
    [
        {},
        {"证明人": "孙主管", "tags": [1, 2.5, True, None, {"a": "b"}]},
        nested(MAX_DEPTH),
        {"a": "x" * (MAX_EXTRAS - len('{"a":""}'))},
    ],
)
def test_what_is_kept(extras: dict[str, Any]) -> None:
    assert kept(extras) == extras


@pytest.mark.parametrize(
    "extras",
    [
        "text",
        ["list"],
        nested(MAX_DEPTH + 1),
        nested(500),
        {"a": [[[[[]]]]]},
        {"a": "x" * (MAX_EXTRAS - len('{"a":""}') + 1)},
        {"a": "字" * (MAX_EXTRAS // 3)},
        {"a": "\ud800"},
        {"\udfff": 1},
        {"a": 10**30},
    ],
)
def test_what_is_refused(extras: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        kept(extras)

    assert refused.value.field == "resume.work_experiences.0.extras"


def test_what_is_no_number_is_null() -> None:
    assert kept({"a": float("nan")}) == {"a": None}
