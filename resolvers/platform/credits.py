"""Credits: an append-only ledger and its balances, which never fall below zero."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, insert, select, update

from models.errors import InsufficientCredits, InvalidInput, LimitReached
from models.identity import User
from models.platform.credits import CreditAccount, CreditBalance, CreditEntry, CreditRule, CreditRuleTerms
from models.statements import table_of, upsert
from resolvers import audit, checks
from resolvers.identity import users
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import CreditEntryOrder
from resolvers.scope import Scope

MAX_CHANGE = 1_000_000
"""The most credits that one change may move."""
MAX_BALANCE = 1_000_000_000
"""The most credits that one account holds, so that the sum of both is a GraphQL integer."""
MAX_KEY = 64
OF_ADMINISTRATOR = "administrator"
"""What the keys of changes by administrators begin with."""
ONCE = "once"
"""The key of what somebody earns one time only."""
MAX_AT_ONCE = 1000
"""How many users one call may be about: statements have limits."""
SPENT_FIRST = (CreditAccount.DEDICATED, CreditAccount.GENERAL)
"""The accounts in the order in which they pay."""

_users = table_of(User)
_balances = table_of(CreditBalance)
_entries = table_of(CreditEntry)
_rules = table_of(CreditRuleTerms)
_general, _dedicated = _balances.alias("general"), _balances.alias("dedicated")

_general_balance = func.coalesce(_general.c.balance, 0)
_dedicated_balance = func.coalesce(_dedicated.c.balance, 0)
_of_user = select(
    _users.c.id,
    (_general_balance + _dedicated_balance).label("balance"),
    _general_balance.label("general_balance"),
    _dedicated_balance.label("dedicated_balance"),
).select_from(
    _users.outerjoin(
        _general, and_(_general.c.user_id == _users.c.id, _general.c.account == CreditAccount.GENERAL)
    ).outerjoin(_dedicated, and_(_dedicated.c.user_id == _users.c.id, _dedicated.c.account == CreditAccount.DEDICATED))
)

of_users = by_key(_of_user, _users.c.id)
entry_by_id = by_key(select(_entries), _entries.c.id)
entries_of_users, count_entries_of_users = pages_by_foreign_key(
    select(_entries), _entries.c.user_id, _entries.c.id, CreditEntryOrder
)

_TERMS = select(_rules).where(_rules.c.rule == bindparam("of_rule"))
_TERMS_HELD = select(_rules).where(_rules.c.rule == bindparam("of_rule")).with_for_update()
_tracked = audit.Tracked(_rules, "account", "amount", "message")
_ALL_TERMS = select(_rules).order_by(_rules.c.id)
_SET_TERMS = (
    update(_rules)
    .where(_rules.c.rule == bindparam("of_rule"))
    .values(
        account=bindparam("new_account"),
        amount=bindparam("new_amount"),
        message=bindparam("new_message"),
        updated_at=bindparam("now"),
    )
    .returning(_rules)
)
# Makes the balances of a user's first entry and locks them, so that what is worked out from them holds
# until the commit.
_LOCK = upsert(CreditBalance, unique=["user_id", "account"], balance=_balances.c.balance).returning(_balances)
_KNOWN = select(_entries.c.user_id, _entries.c.key).where(
    _entries.c.user_id.in_(bindparam("users", expanding=True)), _entries.c.key.in_(bindparam("keys", expanding=True))
)
_ADD_ENTRY = insert(_entries)
_ENTRY = select(_entries).where(_entries.c.user_id == bindparam("of_user"), _entries.c.key == bindparam("of_key"))
_CHANGE = (
    update(_balances)
    .where(_balances.c.id == bindparam("of_balance"), _balances.c.balance + bindparam("change") >= 0)
    .values(balance=_balances.c.balance + bindparam("change"), updated_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a balance, which happens once for each user and key."""

    user_id: int
    account: CreditAccount
    amount: int
    message: str
    key: str
    rule: CreditRule | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A price that a user owes, as far as the credits go."""

    user_id: int
    amount: int
    message: str
    key: str


async def earn(scope: Scope, *, user_id: int, rule: CreditRule, key: str) -> None:
    """Credit what a rule gives at present, once for each key."""
    await earn_all(scope, user_ids=[user_id], rule=rule, key=key)


async def earn_all(scope: Scope, *, user_ids: Sequence[int], rule: CreditRule, key: str) -> None:
    """`earn`, for several users at once."""
    terms = await scope.transaction.fetch_one(_TERMS, {"of_rule": rule})
    if terms is None or terms.amount == 0:
        return
    account = CreditAccount(terms.account)
    await apply(
        scope, [Change(user_id, account, terms.amount, terms.message, f"{rule}:{key}", rule) for user_id in user_ids]
    )


async def charge(scope: Scope, charges: Sequence[Charge]) -> list[int]:
    """Take what each user owes from the dedicated credits and then the general ones; what each cannot pay."""
    left = {key: row.balance for key, row in (await _lock(scope, {charge.user_id for charge in charges})).items()}
    changes, unpaid = [], []
    for charge in charges:
        owed = charge.amount
        for account in SPENT_FIRST:
            paid = min(owed, left[charge.user_id, account])
            if paid:
                left[charge.user_id, account] -= paid
                owed -= paid
                changes.append(Change(charge.user_id, account, -paid, charge.message, f"{charge.key}:{account}"))
        unpaid.append(owed)
    await apply(scope, changes)
    return unpaid


async def apply(scope: Scope, changes: Sequence[Change]) -> int:
    """Add an entry for each change that has none yet, and change the balances; how many were new.

    Raises InsufficientCredits where a balance would fall below zero, LimitReached where it would be higher
    than an account holds.
    """
    if not changes:
        return 0
    balances = await _lock(scope, {change.user_id for change in changes})
    names = {"users": [change.user_id for change in changes], "keys": [change.key for change in changes]}
    known = {(row.user_id, row.key) for row in await scope.transaction.fetch(_KNOWN, names)}
    after = {key: row.balance for key, row in balances.items()}
    times = {"created_at": scope.now, "updated_at": scope.now}
    entries = []
    for change in changes:
        if (change.user_id, change.key) in known:
            continue
        after[change.user_id, change.account] += change.amount
        entries.append(
            {
                "user_id": change.user_id,
                "account": change.account,
                "change": change.amount,
                "balance_after": after[change.user_id, change.account],
                "message": change.message,
                "rule": change.rule,
                "key": change.key,
                **times,
            }
        )
    if any(entry["balance_after"] < 0 for entry in entries):
        raise InsufficientCredits
    if any(entry["balance_after"] > MAX_BALANCE for entry in entries):
        raise LimitReached("An account holds at most {maximum} credits.", maximum=MAX_BALANCE)
    moved = [
        {"of_balance": row.id, "change": after[key] - row.balance, "now": scope.now}
        for key, row in balances.items()
        if after[key] != row.balance
    ]
    if entries:
        await scope.transaction.execute_many(_ADD_ENTRY, entries)
    if moved:
        await scope.transaction.execute_many(_CHANGE, moved)
    return len(entries)


async def _lock(scope: Scope, user_ids: Collection[int]) -> dict[tuple[int, str], Row[Any]]:
    """Both balances of each user. Always in the same order, so that nobody waits for each other."""
    rows = [
        {"user_id": user_id, "account": account, "balance": 0, "created_at": scope.now, "updated_at": scope.now}
        for user_id in sorted(user_ids)
        for account in SPENT_FIRST
    ]
    found = await scope.transaction.fetch_many(_LOCK, rows) if rows else []
    return {(row.user_id, row.account): row for row in found}


async def _entry(scope: Scope, user_id: int, key: str) -> Row[Any] | None:
    return await scope.transaction.fetch_one(_ENTRY, {"of_user": user_id, "of_key": key})


async def adjust(
    scope: Scope, *, user_id: int, account: CreditAccount, amount: int, sign: int, message: str, key: str
) -> Row[Any]:
    """Grant (`sign` 1) or withdraw (`sign` -1) credits as an administrator, once for each key; audited.

    Returns the row of the user.

    Raises UserNotFound, InsufficientCredits, and InvalidInput for a key that stands for another change.
    """
    signed = sign * checks.number(amount, "amount", minimum=1, maximum=MAX_CHANGE)
    message = checks.text(message, "message", max_length=255)
    key = f"{OF_ADMINISTRATOR}:{checks.text(key, 'key', max_length=MAX_KEY)}"
    user = await users.load_user(scope, user_id)
    if not await apply(scope, [Change(user_id, account, signed, message, key)]):
        entry = await _entry(scope, user_id, key)
        if entry is None or (entry.account, entry.change) != (account, signed):
            raise InvalidInput("The key was used for another change.", field="key")
        return user
    details = {"account": str(account), "change": str(signed), "message": message}
    await audit.record(
        scope,
        action="grant_credits" if sign > 0 else "withdraw_credits",
        subject_type="User",
        subject_id=user_id,
        details=details,
    )
    return user


async def rules(scope: Scope) -> list[Row[Any]]:
    """What each rule gives at present."""
    return list(await scope.fetch(_ALL_TERMS))


async def set_rule(scope: Scope, *, rule: CreditRule, account: CreditAccount, amount: int, message: str) -> Row[Any]:
    """Change what a rule gives from now on; audited."""
    values = {
        "of_rule": rule,
        "new_account": account,
        "new_amount": checks.number(amount, "amount", minimum=0, maximum=MAX_CHANGE),
        "new_message": checks.text(message, "message", max_length=255),
        "now": scope.now,
    }
    held = await scope.transaction.fetch_one(_TERMS_HELD, {"of_rule": rule})
    row = (await scope.transaction.fetch(_SET_TERMS, values))[0]
    details = {"rule": str(rule), "account": str(account), "amount": str(amount), "message": row.message}
    await audit.record(
        scope,
        action="set_credit_rule",
        subject_type="CreditRuleTerms",
        subject_id=row.id,
        details=details,
        **_tracked.changes(held, row),
    )
    return row
