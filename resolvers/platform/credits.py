"""Credits: an append-only ledger and its balances, which never fall below zero."""

from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select, update

from models.errors import InsufficientCredits, InvalidInput, LimitReached
from models.identity import User
from models.platform.credits import CreditAccount, CreditBalance, CreditEntry, CreditRule, CreditRuleTerms
from models.statements import insert_new, table_of, upsert
from resolvers import audit, checks
from resolvers.identity import users
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.scope import Scope

MAX_CHANGE = 1_000_000
"""The most credits that one change may move."""
MAX_BALANCE = 1_000_000_000
"""The most credits that one account holds, so that the sum of both is a GraphQL integer."""
MAX_KEY = 64

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
entries_of_users, count_entries_of_users = pages_by_foreign_key(select(_entries), _entries.c.user_id, _entries.c.id)

_TERMS = select(_rules).where(_rules.c.rule == bindparam("of_rule"))
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
# Makes the balance of a first entry and locks it, so that the entry's balance holds until the commit.
_LOCK = upsert(CreditBalance, unique=["user_id", "account"], balance=_balances.c.balance).returning(_balances)
_ADD_ENTRY = insert_new(CreditEntry, unique=["user_id", "key"]).returning(_entries.c.id)
_ENTRY = select(_entries).where(_entries.c.user_id == bindparam("of_user"), _entries.c.key == bindparam("of_key"))
_CHANGE = (
    update(_balances)
    .where(_balances.c.id == bindparam("of_balance"), _balances.c.balance + bindparam("change") >= 0)
    .values(balance=_balances.c.balance + bindparam("change"), updated_at=bindparam("now"))
)


async def earn(scope: Scope, *, user_id: int, rule: CreditRule, key: str) -> None:
    """Credit what a rule gives at present, once for each key."""
    terms = await scope.transaction.fetch_one(_TERMS, {"of_rule": rule})
    if terms is None or terms.amount == 0:
        return
    await change(
        scope,
        user_id=user_id,
        account=CreditAccount(terms.account),
        change=terms.amount,
        message=terms.message,
        rule=rule,
        key=f"{rule}:{key}",
    )


async def change(
    scope: Scope,
    *,
    user_id: int,
    account: CreditAccount,
    change: int,
    message: str,
    key: str,
    rule: CreditRule | None = None,
) -> bool:
    """Add an entry and change the balance; False if the user has an entry with this key already.

    Raises InsufficientCredits where the balance would fall below zero, LimitReached where it would be
    higher than an account holds.
    """
    times = {"created_at": scope.now, "updated_at": scope.now}
    owner = {"user_id": user_id, "account": account}
    balance = (await scope.transaction.fetch(_LOCK, {**owner, "balance": 0, **times}))[0]
    if balance.balance + change < 0:
        if await _entry(scope, user_id, key) is not None:
            return False
        raise InsufficientCredits
    if balance.balance + change > MAX_BALANCE:
        raise LimitReached(f"An account holds at most {MAX_BALANCE} credits.")
    entry = {
        **owner,
        "change": change,
        "balance_after": balance.balance + change,
        "message": message,
        "rule": rule,
        "key": key,
        **times,
    }
    if await scope.transaction.fetch_one(_ADD_ENTRY, entry) is None:
        return False
    if not await scope.transaction.execute(_CHANGE, {"of_balance": balance.id, "change": change, "now": scope.now}):
        raise InsufficientCredits
    return True


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
    key = f"administrator:{checks.text(key, 'key', max_length=MAX_KEY)}"
    user = await users.load_user(scope, user_id)
    if not await change(scope, user_id=user_id, account=account, change=signed, message=message, key=key):
        entry = await _entry(scope, user_id, key)
        if entry is None or (entry.account, entry.change) != (account, signed):
            raise InvalidInput("The key was used for another change.", path=("input", "key"))
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
    row = (await scope.transaction.fetch(_SET_TERMS, values))[0]
    details = {"rule": str(rule), "account": str(account), "amount": str(amount), "message": row.message}
    await audit.record(
        scope, action="set_credit_rule", subject_type="CreditRuleTerms", subject_id=row.id, details=details
    )
    return row
