"""Adding people: students in bulk, and the first administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from models import texts
from models.errors import ErrorCode, InvalidInput
from models.identity import Credential, CredentialKind, Role, User, UserRole
from models.language import FieldName, Message
from models.statements import insert_new, table_of
from resolvers import audit, checks
from resolvers.identity.identifiers import STUDENT_ACCOUNT_LENGTH, is_student_account
from resolvers.scope import Scope
from resolvers.spreadsheets import damage, without_marks

MAX_IMPORT = 2000
"""The most users one call may import."""

_users = table_of(User)
_credentials = table_of(Credential)

_TAKEN = select(_credentials.c.identifier).where(
    _credentials.c.kind == CredentialKind.STUDENT_ACCOUNT,
    _credentials.c.identifier.in_(bindparam("accounts", expanding=True)),
)
_ADD_USERS = insert(_users).returning(_users.c.id, sort_by_parameter_order=True)
_ADD_ACCOUNTS = insert_new(Credential, unique=["kind", "identifier"])
_ACCOUNTS_OF = select(_credentials.c.user_id).where(_credentials.c.user_id.in_(bindparam("users", expanding=True)))
_DROP_USERS = delete(_users).where(_users.c.id.in_(bindparam("users", expanding=True)))
_OWNER = select(_credentials.c.user_id).where(
    _credentials.c.kind == CredentialKind.STUDENT_ACCOUNT, _credentials.c.identifier == bindparam("account")
)
_ADD_ROLE = insert_new(UserRole, unique=["user_id", "role"])


@dataclass(frozen=True, slots=True)
class NewUser:
    """A student to import."""

    account: str
    name: str
    class_name: str = ""
    major: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not imported: its index in the list, its account and why."""

    index: int
    account: str
    code: ErrorCode
    message: Message


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did."""

    imported: int
    rejected: Sequence[Rejected]


async def import_users(scope: Scope, *, users: Sequence[NewUser]) -> ImportResult:
    """Add students; good rows stay when others are rejected.

    The first password is the end of the account. Raises InvalidInput for none or too many rows.
    """
    if not users:
        raise InvalidInput("The list of users is empty.", field="users")
    if len(users) > MAX_IMPORT:
        raise InvalidInput("A call imports at most {maximum} users.", field="users", maximum=MAX_IMPORT)
    users = [_without_marks(user) for user in users]
    rejected: list[Rejected] = []
    accepted: dict[str, tuple[int, dict[str, Any]]] = {}
    taken = await _taken(scope, [user.account for user in users])
    for index, user in enumerate(users):
        try:
            values = _checked(scope, user)
        except InvalidInput as error:
            rejected.append(Rejected(index, user.account, error.code, error.message))
            continue
        if user.account in taken:
            rejected.append(_duplicate(index, user.account))
            continue
        taken.add(user.account)
        accepted[user.account] = (index, values)
    raced = await _add(scope, {account: values for account, (_, values) in accepted.items()})
    rejected += [_duplicate(accepted[account][0], account) for account in raced]
    rejected.sort(key=lambda row: row.index)
    added = [account for account in accepted if account not in raced]
    if added:
        details = {"imported": str(len(added)), "rejected": str(len(rejected)), "accounts": " ".join(added)}
        await audit.record(scope, action="import_users", subject_type="Import", subject_id=0, details=details)
    return ImportResult(len(accepted) - len(raced), rejected)


def _without_marks(user: NewUser) -> NewUser:
    return NewUser(
        account=texts.account(without_marks(user.account)),
        name=texts.name(without_marks(user.name)),
        class_name=texts.class_name(without_marks(user.class_name)),
        major=without_marks(user.major),
    )


def _checked(scope: Scope, user: NewUser) -> dict[str, Any]:
    fields = {"account": user.account, "name": user.name, "class_name": user.class_name, "major": user.major}
    for field, value in fields.items():
        if problem := damage(value):
            raise InvalidInput("{column} {problem}.", column=FieldName(field), problem=problem)
    if not is_student_account(user.account):
        raise InvalidInput("{account} must be {length} letters or digits.", length=STUDENT_ACCOUNT_LENGTH)
    return {
        "name": checks.text(user.name, "name", max_length=64),
        "class_name": checks.text(user.class_name, "class_name", max_length=64, required=False),
        "major": checks.text(user.major, "major", max_length=64, required=False),
        "password_hash": None,
        "has_initial_password": True,
        "must_change_password": True,
        "pursues_postgraduate": False,
        "pursues_employment": False,
        "created_at": scope.now,
        "updated_at": scope.now,
    }


def _duplicate(index: int, account: str) -> Rejected:
    message = Message("The account {number} exists already.", number=account)
    return Rejected(index, account, ErrorCode.CREDENTIAL_TAKEN, message)


async def _taken(scope: Scope, accounts: Sequence[str]) -> set[str]:
    rows = await scope.fetch(_TAKEN, {"accounts": list(filter(is_student_account, accounts))})
    return {row.identifier for row in rows}


async def _add(scope: Scope, users: dict[str, dict[str, Any]]) -> list[str]:
    """Insert users with their accounts; the accounts that somebody else took at the same time."""
    if not users:
        return []
    ids = [row.id for row in await scope.transaction.fetch_many(_ADD_USERS, list(users.values()))]
    owners = dict(zip(users, ids, strict=True))
    await scope.transaction.execute_many(
        _ADD_ACCOUNTS,
        [
            {
                "user_id": user_id,
                "kind": CredentialKind.STUDENT_ACCOUNT,
                "identifier": account,
                "created_at": scope.now,
                "updated_at": scope.now,
            }
            # In one order, or two imports of the same accounts wait for each other.
            for account, user_id in sorted(owners.items())
        ],
    )
    stored = {row.user_id for row in await scope.transaction.fetch(_ACCOUNTS_OF, {"users": ids})}
    raced = [account for account, user_id in owners.items() if user_id not in stored]
    if raced:
        await scope.transaction.execute(_DROP_USERS, {"users": [owners[account] for account in raced]})
    return raced


async def add_administrator(scope: Scope, *, account: str, name: str, password: str) -> bool:
    """Add a user with this account, password and the administrator role; False if the account exists."""
    account = texts.account(account)
    user = NewUser(account=account, name=texts.name(name))
    values = _checked(scope, user) | {
        "password_hash": await scope.services.hasher.hash(password),
        "has_initial_password": False,
        "must_change_password": False,
    }
    if account in await _taken(scope, [account]) or await _add(scope, {account: values}):
        return False
    user_id = await scope.transaction.fetch_value(_OWNER, {"account": account})
    times = {"created_at": scope.now, "updated_at": scope.now}
    await scope.transaction.execute(_ADD_ROLE, {"user_id": user_id, "role": Role.ADMINISTRATOR, **times})
    await audit.record(
        scope,
        action="create_administrator",
        subject_type="User",
        subject_id=user_id,
        after={str(CredentialKind.STUDENT_ACCOUNT): account, "role": str(Role.ADMINISTRATOR)},
    )
    return True
