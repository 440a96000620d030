"""The conditions by which users are listed, beside those on what they are called: each is served by an index."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_, select

from models.goals import EmploymentGoal, PostgraduateGoal
from models.identity import Credential, User, UserRole
from models.statements import table_of

_users, _credentials, _roles = table_of(User), table_of(Credential), table_of(UserRole)
_known = _users.alias("known")
"""Users who are found by an index first, where SQLite would look at each in the order of the list instead."""


def _has(model: type) -> Any:
    goals = table_of(model)
    return exists().where(goals.c.user_id == _users.c.id)


CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "class_name": _users.c.class_name == bindparam("class_name"),
    "major": _users.c.major == bindparam("major"),
    "role": _users.c.id.in_(select(_roles.c.user_id).where(_roles.c.role == bindparam("role"))),
    "credential_kind": _users.c.id.in_(
        select(_credentials.c.user_id).where(_credentials.c.kind == bindparam("credential_kind"))
    ),
    "disabled": _users.c.id.in_(select(_known.c.id).where(_known.c.disabled_at.is_not(None))),
    "enabled": _users.c.disabled_at.is_(None),
    "active_since": _users.c.id.in_(select(_known.c.id).where(_known.c.last_active_at >= bindparam("active_since"))),
    "inactive_since": or_(_users.c.last_active_at.is_(None), _users.c.last_active_at < bindparam("inactive_since")),
    "has_employment_goal": _has(EmploymentGoal),
    "lacks_employment_goal": ~_has(EmploymentGoal),
    "has_postgraduate_goal": _has(PostgraduateGoal),
    "lacks_postgraduate_goal": ~_has(PostgraduateGoal),
}
_LOOKED_AT = frozenset(
    {
        *("account", "name", "keyword"),
        *("has_employment_goal", "lacks_employment_goal", "has_postgraduate_goal", "lacks_postgraduate_goal"),
    }
)
"""Those for which each user has to be looked at."""
_NARROW = frozenset({"class_name", "major", "role", "disabled"})
"""Those that few users meet, who are found first."""


def scans(used: frozenset[str]) -> bool:
    """Whether each user has to be looked at: the list ends after so many of them then."""
    return not used.isdisjoint(_LOOKED_AT) and used.isdisjoint(_NARROW)
