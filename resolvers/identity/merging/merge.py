"""Merging one user into another: who may, and what happens beside the rules of the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from models.errors import InvalidForm, InvalidInput, MergeConflict, UserNotFound
from models.identity import User, UserAlias
from models.platform.credits import CreditAccount, CreditBalance, CreditEntry
from models.statements import table_of
from resolvers import audit, checks, keys
from resolvers.identity import codes, sessions, users, wechat
from resolvers.identity.merging.rule import GONE, KEPT, Outcome
from resolvers.identity.merging.rules import RULES
from resolvers.identity.proving import Proof, proven
from resolvers.platform import credits
from resolvers.scope import Scope

MAX_REASON = 200
"""The longest reason: as much as an event of the audit trail holds of a value."""
TAKEN_BACK = "账户合并：同一奖励只计一次"
"""What the ledger says where both earned the same."""

DISABLED = "One of the users is disabled. An administrator can enable them."

_users, _entries, _balances = table_of(User), table_of(CreditEntry), table_of(CreditBalance)
# In one order, so that of two merges of the same users one waits for the other, and then finds one user only.
_BOTH = select(_users).where(_users.c.id.in_(bindparam("both", expanding=True))).order_by(_users.c.id).with_for_update()
_known = _entries.alias("known")
_EARNED_TWICE = (
    select(_entries.c.account, _entries.c.change, _entries.c.key)
    .where(
        _entries.c.user_id == GONE,
        _entries.c.rule.is_not(None),
        _entries.c.change > 0,
        _entries.c.key.in_(select(_known.c.key).where(_known.c.user_id == KEPT)),
    )
    .order_by(_entries.c.id)
)
_BALANCES = select(_balances.c.account, _balances.c.balance).where(_balances.c.user_id == bindparam("of_user"))
_JOIN = (
    update(_users)
    .where(_users.c.id == bindparam("of_user"))
    .values(
        name=bindparam("new_name"),
        class_name=bindparam("new_class"),
        major=bindparam("new_major"),
        password_hash=bindparam("new_hash"),
        has_initial_password=bindparam("initial"),
        must_change_password=bindparam("must_change"),
        password_expires_at=bindparam("expires"),
        last_active_at=bindparam("last_active"),
        pursues_postgraduate=bindparam("postgraduate"),
        pursues_employment=bindparam("employment"),
        language=bindparam("new_language"),
        updated_at=bindparam("now"),
    )
)
_ALIAS = insert(table_of(UserAlias))
_DROP = delete(_users).where(_users.c.id == bindparam("of_user"))


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge did, or would do: `user` is the row of the user who stays, None where nothing was done."""

    user: Row[Any] | None
    outcomes: Sequence[Outcome]


async def merge_accounts(scope: Scope, proof: Proof, *, dry_run: bool) -> Merge:
    """Merge the user that the caller proves to be into the caller; audited.

    Raises what signing in with the proof does, UserNotFound, InvalidInput for oneself, or an InvalidForm of a
    MergeConflict for each table that refuses.
    """
    kept = scope.viewer_id
    gone, code_id = await proven(scope, proof)
    if gone == kept:
        raise InvalidInput("You sign in with this already.", field="identifier")
    if code_id is not None and not dry_run:
        await codes.use(scope, code_id)
    details = {"proof": str(proof.kind)}
    return await _merge(scope, kept=kept, gone=gone, action="merge_accounts", details=details, dry_run=dry_run)


async def merge_users(scope: Scope, *, user_id: int, into_user_id: int, reason: str, dry_run: bool) -> Merge:
    """Merge one user into another as an administrator, for a reason; audited, as is a dry run.

    Raises UserNotFound, InvalidInput, or an InvalidForm of a MergeConflict for each table that refuses.
    """
    reason = checks.text(reason, "reason", max_length=MAX_REASON)
    if user_id == into_user_id:
        raise InvalidInput("This is the same user.", field="into_user_id")
    merge = await _merge(
        scope, kept=into_user_id, gone=user_id, action="merge_users", details={"reason": reason}, dry_run=dry_run
    )
    if dry_run:
        details = {"reason": reason, "into": str(into_user_id)}
        await audit.record(scope, action="try_merge_users", subject_type="User", subject_id=user_id, details=details)
    return merge


async def _merge(scope: Scope, *, kept: int, gone: int, action: str, details: audit.Values, dry_run: bool) -> Merge:
    transaction = scope.transaction
    rows = {row.id: row for row in await transaction.fetch(_BOTH, {"both": [kept, gone]})}
    if len(rows) != 2:
        raise UserNotFound
    if any(row.disabled_at is not None for row in rows.values()):
        raise MergeConflict(DISABLED)
    values = {"kept": kept, "gone": gone, "now": scope.now, "prefix": f"merged:{gone}:"}
    outcomes = [await rule.foresee(transaction, values) for rule in RULES]
    if dry_run:
        return Merge(None, outcomes)
    if refusals := [MergeConflict(outcome.refusal) for outcome in outcomes if outcome.refusal]:
        raise InvalidForm(refusals)
    await keys.rebind(transaction, scope.services.encryption, user_id=gone, into_user_id=kept)
    twice = await transaction.fetch(_EARNED_TWICE, {"kept": kept, "gone": gone})
    for rule in RULES:
        await rule.apply(transaction, values)
    await _take_back(scope, kept, gone, twice)
    await transaction.execute(_JOIN, _joined(scope, rows[kept], rows[gone]))
    await transaction.execute(_DROP, {"of_user": gone})
    alias = {"former_id": gone, "user_id": kept, "created_at": scope.now, "updated_at": scope.now}
    await transaction.execute(_ALIAS, alias)
    sessions.tell_of_ends(scope, [gone])  # their connections go on, and listen for the user who stays
    for subject, other in ((kept, {"merged": str(gone)}), (gone, {"into": str(kept)})):
        await audit.record(scope, action=action, subject_type="User", subject_id=subject, details={**details, **other})
    return Merge(await users.load_user(scope, kept), outcomes)


async def _take_back(scope: Scope, kept: int, gone: int, twice: Sequence[Row[Any]]) -> None:
    """Take back, as far as the balances go, what both users earned for the same thing."""
    left = {row.account: row.balance for row in await scope.transaction.fetch(_BALANCES, {"of_user": kept})}
    changes = []
    for entry in twice:
        amount = min(entry.change, left[entry.account])
        left[entry.account] -= amount
        if amount:
            account, key = CreditAccount(entry.account), f"merged:{gone}:{entry.key}:taken-back"
            changes.append(credits.Change(kept, account, -amount, TAKEN_BACK, key))
    await credits.apply(scope, changes)


def _joined(scope: Scope, kept: Row[Any], gone: Row[Any]) -> dict[str, Any]:
    """The columns of the user who stays: what they lack comes from the other."""
    has_password = kept.password_hash is not None or kept.has_initial_password
    password = kept if has_password else gone
    return {
        "of_user": kept.id,
        "new_name": gone.name if kept.name == wechat.NAME else kept.name,
        "new_class": kept.class_name or gone.class_name,
        "new_major": kept.major or gone.major,
        "new_hash": password.password_hash,
        "initial": password.has_initial_password,
        "must_change": password.must_change_password,
        "expires": password.password_expires_at,
        "last_active": max(filter(None, (kept.last_active_at, gone.last_active_at)), default=None),
        "postgraduate": kept.pursues_postgraduate or gone.pursues_postgraduate,
        "new_language": kept.language or gone.language,
        "employment": kept.pursues_employment or gone.pursues_employment,
        "now": scope.now,
    }
