"""Companies as recruiters speak for them: joining one, who may speak, and what a company tells candidates."""

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from models.errors import Forbidden, InvalidInput, MoveNotAllowed, NotFound
from models.language import Message
from models.notifications import NotificationKind
from models.reference import DictionaryKind
from models.signing.companies import Company
from models.statements import insert_new, table_of
from models.talent.recruiters import CompanyProfile, MembershipStatus, Recruiter
from resolvers import audit, checks, dictionaries, notifications
from resolvers.loaders import by_key
from resolvers.scope import Scope

SUBJECT = "Recruiter"
"""The graph's name of a recruiter."""
MAX_URL = 255
MAX_STAGE = 32
MAX_KEY_POINTS = 1000
MAX_DESCRIPTION = 5000
MAX_REASON = 255
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)

_companies = table_of(Company)
_profiles = table_of(CompanyProfile)
_recruiters = table_of(Recruiter)
_membership = audit.Tracked(_recruiters, "membership")

profiles_by_id = by_key(select(_profiles), _profiles.c.id)
profiles_of_companies = by_key(select(_profiles), _profiles.c.company_id)

_ADD = insert_new(Company, unique=["name"]).returning(_companies)
_BY_NAME = select(_companies.c.id).where(_companies.c.name == bindparam("of_name"))
_BY_ID = select(_companies).where(_companies.c.id == bindparam("of_company"))
_SPEAKS_FOR = (
    select(_recruiters.c.id)
    .where(
        _recruiters.c.user_id == bindparam("of_user"),
        _recruiters.c.company_id == bindparam("of_company"),
        _recruiters.c.membership == MembershipStatus.APPROVED,
    )
    .with_for_update(read=True)
)
_RECRUITER = select(_recruiters.c.id).where(_recruiters.c.id == bindparam("of_recruiter"))
_DECIDE = (
    update(_recruiters)
    .where(
        _recruiters.c.id == bindparam("of_recruiter"),
        _recruiters.c.company_id.is_not(None),
        _recruiters.c.membership != bindparam("decision"),
    )
    .values(membership=bindparam("decision"), updated_at=bindparam("now"))
    .returning(_recruiters)
)
_ADD_PROFILE = insert_new(CompanyProfile, unique=["company_id"])
_PROFILE_HELD = select(_profiles).where(_profiles.c.company_id == bindparam("of_company")).with_for_update()
_CHANGE_PROFILE = (
    update(_profiles)
    .where(_profiles.c.company_id == bindparam("of_company"))
    .values(
        url=bindparam("new_url"),
        product_url=bindparam("new_product_url"),
        stage=bindparam("new_stage"),
        key_points=bindparam("new_key_points"),
        description=bindparam("new_description"),
        domains=bindparam("new_domains", type_=_profiles.c.domains.type),
        updated_at=bindparam("now"),
    )
)


@dataclass(frozen=True, slots=True)
class Membership:
    """A company, and whether somebody who joins it speaks for it."""

    company_id: int
    status: MembershipStatus


async def join(scope: Scope, *, name: str) -> Membership:
    """The company of a checked name. Who names a new one speaks for it; to join one that exists is to be approved.

    A new company takes no sign applications until an administrator enables it. Of two who name the same one at
    once, one makes it.
    """
    times = {"created_at": scope.now, "updated_at": scope.now}
    while True:
        added = await scope.transaction.fetch_one(_ADD, {"name": name, "enabled": False, **times})
        if added is not None:
            await audit.record(
                scope, action="create_company", subject_type="Company", subject_id=added.id, details={"name": name}
            )
            return Membership(added.id, MembershipStatus.APPROVED)
        company_id: int | None = await scope.transaction.fetch_value(_BY_NAME, {"of_name": name})
        if company_id is not None:  # else it was renamed at this moment
            return Membership(company_id, MembershipStatus.PENDING)


async def approve_membership(scope: Scope, *, recruiter_id: int) -> Row[Any]:
    """Let a recruiter speak for their company; audited, and told to them. Raises NotFound or MoveNotAllowed."""
    return await _decide(scope, recruiter_id, MembershipStatus.APPROVED, None)


async def reject_membership(scope: Scope, *, recruiter_id: int, reason: str) -> Row[Any]:
    """Do not let a recruiter speak for their company, or no more; audited, and told to them with the reason.

    Raises InvalidInput, NotFound or MoveNotAllowed.
    """
    reason = checks.text(reason, "reason", max_length=MAX_REASON)
    return await _decide(scope, recruiter_id, MembershipStatus.REJECTED, reason)


async def _decide(scope: Scope, recruiter_id: int, decision: MembershipStatus, reason: str | None) -> Row[Any]:
    values = {"of_recruiter": recruiter_id, "decision": decision, "now": scope.now}
    held = await _membership.held(scope, recruiter_id)
    decided = await scope.transaction.fetch_one(_DECIDE, values)
    if decided is None:
        field = "recruiter_id"
        if await scope.transaction.fetch_one(_RECRUITER, {"of_recruiter": recruiter_id}) is None:
            raise NotFound(field=field)
        raise MoveNotAllowed("This has already been decided.", field=field)
    is_approved = decision is MembershipStatus.APPROVED
    await audit.record(
        scope,
        action="approve_company_membership" if is_approved else "reject_company_membership",
        subject_type=SUBJECT,
        subject_id=recruiter_id,
        details={"company": str(decided.company_id), **({} if reason is None else {"reason": reason})},
        before={} if held is None else audit.texts(held, ("membership",)),
        after={"membership": str(decision)},
    )
    await notifications.notify(
        scope,
        user_id=decided.user_id,
        kind=(
            NotificationKind.COMPANY_MEMBERSHIP_APPROVED
            if is_approved
            else NotificationKind.COMPANY_MEMBERSHIP_REJECTED
        ),
        text=Message("You speak for your company now.") if reason is None else Message.verbatim(reason),
        subject_type=SUBJECT,
        subject_id=recruiter_id,
    )
    return decided


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """What a company tells candidates. None keeps what is there."""

    url: str | None = None
    product_url: str | None = None
    stage: str | None = None
    key_points: str | None = None
    description: str | None = None
    domains: Sequence[int] | None = None


async def change_profile(scope: Scope, *, company_id: int, draft: ProfileDraft) -> Row[Any]:
    """Change what a company tells candidates; audited. Returns the row of the company.

    Recruiters who speak for it may, and administrators. Raises Forbidden, NotFound or InvalidInput.
    """
    speaker = {"of_user": scope.viewer_id, "of_company": company_id}
    if not scope.principal.is_administrator and await scope.transaction.fetch_one(_SPEAKS_FOR, speaker) is None:
        raise Forbidden("Only recruiters who represent the company may change its profile.")
    company = await scope.transaction.fetch_one(_BY_ID, {"of_company": company_id})
    if company is None:
        raise NotFound(field="company_id")
    blank = CompanyProfile(company_id=company_id, created_at=scope.now, updated_at=scope.now)
    await scope.transaction.execute(_ADD_PROFILE, blank.model_dump(exclude={"id"}))
    held = (await scope.transaction.fetch(_PROFILE_HELD, {"of_company": company_id}))[0]
    sent = await _checked(scope, draft, held=held.domains)
    changes = {f"new_{name}": sent.get(name, getattr(held, name)) for name in asdict(ProfileDraft())}
    await scope.transaction.execute(_CHANGE_PROFILE, {"of_company": company_id, **changes, "now": scope.now})
    differing = [name for name in sent if getattr(held, name) != sent[name]]
    await audit.record(
        scope,
        action="update_company_profile",
        subject_type="Company",
        subject_id=company_id,
        before=audit.texts(held, differing),
        after={name: audit.text(sent[name]) for name in differing},
    )
    return company


async def _checked(scope: Scope, draft: ProfileDraft, *, held: Collection[int]) -> dict[str, Any]:
    """The columns that were sent."""
    lengths = (
        ("stage", MAX_STAGE),
        ("key_points", MAX_KEY_POINTS),
        ("description", MAX_DESCRIPTION),
    )
    sent: dict[str, Any] = {}
    for column, max_length in lengths:
        if (value := getattr(draft, column)) is not None:
            sent[column] = checks.text(value, column, max_length=max_length, required=False)
    for column, value in (("url", draft.url), ("product_url", draft.product_url)):
        if value is not None:
            sent[column] = _url(value, column)
    if draft.domains is not None:
        sent["domains"] = await _domains(scope, draft.domains, held=held)
    return sent


def _url(value: str, name: str) -> str:
    value = checks.text(value, name, max_length=MAX_URL, required=False)
    if value and _URL.fullmatch(value) is None:
        raise InvalidInput("{field} must begin with http:// or https://.", field=name)
    return value


async def _domains(scope: Scope, numbers: Sequence[int], *, held: Collection[int]) -> list[int]:
    chosen = list(dict.fromkeys(numbers))
    if len(chosen) > dictionaries.MAX_CHOICES:
        raise InvalidInput(
            "{field} must not hold more than {maximum} entries.", field="domains", maximum=dictionaries.MAX_CHOICES
        )
    if unknown := await dictionaries.unknown(scope, DictionaryKind.JOB_DOMAIN, chosen, held=held):
        raise InvalidInput("{field}: {number} is not offered.", field="domains", number=unknown[0])
    return chosen
