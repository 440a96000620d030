"""Policies: named predicates that decide whether a caller may read a field or call a route.

Every field of the graph and every REST route names one of these; a test fails for one that does not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from auth.principal import Disclosure, Principal
from models.errors import Forbidden
from models.identity import Role

Predicate = Callable[[Principal, int | None], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A named rule. `needs_owner`: it compares the caller with the owner of the object.

    `admits_teachers`: besides those whom it allows, the teachers of the owner's class may; the statement that loads the
    object says in its column `viewer_teaches` whether the caller is one.
    """

    name: str
    description: str
    allows: Predicate
    needs_owner: bool = False
    admits_teachers: bool = False

    def allows_all(self, principal: Principal) -> bool:
        """Whether it allows the principal whoever the owner is."""
        return self.allows(principal, None)

    def check(self, principal: Principal, owner_id: int | None = None, *, teaches: bool = False) -> None:
        """Raise Unauthenticated or Forbidden unless the principal may; `teaches`: they teach the owner."""
        if self.allows(principal, owner_id):
            return
        if teaches and self.admits_teachers and Role.TEACHER in principal.roles:
            return
        if principal.is_signed_in:
            raise Forbidden
        raise principal.refusal()


public = Policy("public", "anyone", lambda _principal, _owner: True)
with_parent = Policy("with_parent", "anyone who may read the parent object", lambda _principal, _owner: True)
signed_in = Policy("signed_in", "signed-in users", lambda principal, _owner: principal.is_signed_in)
password_holder = Policy(
    "password_holder",
    "signed-in users, and those who have to change their password first",
    lambda principal, _owner: principal.is_signed_in or principal.confined_user_id is not None,
)
administrator = Policy("administrator", "administrators", lambda principal, _owner: principal.is_administrator)
owner = Policy(
    "owner",
    "the owner",
    lambda principal, owner_id: principal.is_signed_in and principal.user_id == owner_id,
    needs_owner=True,
)
owner_or_administrator = Policy(
    "owner_or_administrator",
    "the owner and administrators",
    lambda principal, owner_id: owner.allows(principal, owner_id) or principal.is_administrator,
    needs_owner=True,
)
student_scope = Policy(
    "student_scope",
    "the owner, teachers of the owner's class and administrators",
    owner_or_administrator.allows,
    needs_owner=True,
    admits_teachers=True,
)
account_scope = Policy(
    "account_scope",
    "the owner, teachers of the owner's class and administrators",
    lambda principal, owner_id: (
        owner_or_administrator.allows(principal, owner_id)
        or (principal.is_signed_in and Disclosure.STUDENT_ACCOUNTS in principal.disclosures)
    ),
    needs_owner=True,
    admits_teachers=True,
)
"""Student accounts; rows of the recorder name authors by them, to whoever is signed in there."""
handler_or_administrator = Policy(
    "handler_or_administrator",
    "handlers and administrators",
    lambda principal, _owner: Role.HANDLER in principal.roles or principal.is_administrator,
)
teacher_or_administrator = Policy(
    "teacher_or_administrator",
    "teachers, of their classes, and administrators",
    lambda principal, _owner: Role.TEACHER in principal.roles or principal.is_administrator,
)
recruiter = Policy("recruiter", "recruiters", lambda principal, _owner: Role.RECRUITER in principal.roles)
attendance_scope = Policy(
    "attendance_scope",
    "signed-in users, who see their own clock-ins; teachers see those of their classes, administrators all",
    signed_in.allows,
)
