"""Permissions: who may do something to an object.

A mutation checks the same permission that its hint (`viewerCanUpdate`, …) shows, so that the two cannot disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from auth.policies import Policy
from auth.principal import Principal
from models.errors import DomainError, Forbidden, MoveNotAllowed, NotFound
from models.language import Message


@dataclass(frozen=True, slots=True, eq=False)
class Permission:
    """Who may do something to an object, and while what holds of it.

    `policy` is asked with the user id in the row's attribute `key`. `holds` looks at the row's attributes `reads`, such
    as its status; where it says no, the refusal is `otherwise`. Whoever the policy does not let in is refused with
    `refusal`, or told that there is no such object where that is None.
    """

    policy: Policy
    key: str = "user_id"
    refusal: Message | None = None
    reads: tuple[str, ...] = ()
    holds: Callable[[Any], bool] | None = None
    otherwise: Callable[[], DomainError] = MoveNotAllowed

    @property
    def columns(self) -> frozenset[str]:
        """The attributes of the row that it looks at."""
        return frozenset({self.key, *self.reads} if self.policy.needs_owner else self.reads)

    def allows(self, principal: Principal, row: Any) -> bool:
        """Whether the principal may do it to the object of the row."""
        return self._lets_in(principal, row) and (self.holds is None or self.holds(row))

    def check(self, principal: Principal, row: Any, *, field: str) -> None:
        """Raise NotFound, Forbidden or what `otherwise` makes unless the principal may; `field` names the object."""
        if not self._lets_in(principal, row):
            raise NotFound(field=field) if self.refusal is None else Forbidden(self.refusal)
        if self.holds is not None and not self.holds(row):
            raise self.otherwise()

    def _lets_in(self, principal: Principal, row: Any) -> bool:
        return self.policy.allows(principal, getattr(row, self.key) if self.policy.needs_owner else None)
