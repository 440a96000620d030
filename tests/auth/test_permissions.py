"""Permissions: whoever may not is refused or told that there is nothing, and so is what no longer holds."""

from types import SimpleNamespace
from typing import Any

import pytest

from auth.permissions import Permission
from auth.policies import administrator, owner
from auth.principal import ANONYMOUS, Principal
from models.errors import DomainError, Forbidden, MoveNotAllowed, NotFound, ResumeLocked
from models.language import Message

OWNER, OTHER = Principal(user_id=1), Principal(user_id=2)
OPEN, CLOSED = SimpleNamespace(author_id=1, is_open=True), SimpleNamespace(author_id=1, is_open=False)


def refusal(permission: Permission, principal: Principal, row: object) -> type[DomainError] | None:
    """What the check raises, which it does where the hint says no."""
    if permission.allows(principal, row):
        permission.check(principal, row, field="post_id")
        return None
    with pytest.raises(DomainError) as caught:
        permission.check(principal, row, field="post_id")
    assert caught.value.field == ("post_id" if caught.type is NotFound else None)
    return caught.type


def test_a_check_is_as_its_hint() -> None:
    hiding = Permission(owner, key="author_id")
    telling = Permission(owner, key="author_id", refusal=Message("Only its author may."))
    looks: Any = {"key": "author_id", "reads": ("is_open",), "holds": lambda row: row.is_open}
    while_open, locked = Permission(owner, **looks), Permission(owner, **looks, otherwise=ResumeLocked)

    assert [refusal(hiding, who, OPEN) for who in (OWNER, OTHER, ANONYMOUS)] == [None, NotFound, NotFound]
    assert [refusal(telling, who, OPEN) for who in (OWNER, OTHER, ANONYMOUS)] == [None, Forbidden, Forbidden]
    assert [refusal(while_open, OWNER, row) for row in (OPEN, CLOSED)] == [None, MoveNotAllowed]
    assert [refusal(while_open, OTHER, row) for row in (OPEN, CLOSED)] == [NotFound, NotFound]
    assert refusal(locked, OWNER, CLOSED) is ResumeLocked


@pytest.mark.parametrize(("policy", "columns"), [(owner, {"author_id", "is_open"}), (administrator, {"is_open"})])
def test_a_permission_names_the_columns_that_it_looks_at(policy: object, columns: set[str]) -> None:
    permission = Permission(policy, key="author_id", reads=("is_open",))  # type: ignore[arg-type]
    assert permission.columns == columns
