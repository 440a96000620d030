"""Recruiters: registering, the link that activates an account, and becoming one with an account that there is."""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from auth.principal import Principal
from models.db import Transaction
from models.errors import AlreadyRecruiter, CredentialTaken, DomainError, InvalidForm, InvalidInput, WrongCode
from models.identity import CredentialKind, Role
from models.signing.companies import COMPANY_NAME
from models.statements import insert_new, table_of, upsert
from models.talent.recruiters import Recruiter, RecruiterRegistration
from resolvers import audit, checks, messages
from resolvers.identity import codes, credentials, guessing, links, roles, users
from resolvers.identity.identifiers import checked_address
from resolvers.loaders import by_key
from resolvers.paging import Listing
from resolvers.scope import Scope
from resolvers.talent import companies, packages

ACTIVATION_PATH = "/activate-recruiter"
ACTIVATION = "activate_recruiter"
RENEWAL = "resend_activation"
KEPT = timedelta(days=30)
"""How long a registration is kept after its link died, so that the link may be asked for again."""
NAME = "招聘者"
"""What recruiters are called of whom nothing else is known."""
EMAIL = CredentialKind.EMAIL
_PASSWORD = re.compile(r"[A-Za-z0-9]{6,20}")
_PHONE = re.compile(r"(?=(?:\D*\d){5,20}\D*$)\+?[0-9 ()\-]{5,31}", re.ASCII)

_recruiters = table_of(Recruiter)
_registrations = table_of(RecruiterRegistration)
_query = select(_recruiters)

by_id = by_key(_query, _recruiters.c.id)
of_users = by_key(_query, _recruiters.c.user_id)
listing = Listing(
    _query,
    _recruiters.c.id,
    newest_first=False,
    filters={
        "membership": _recruiters.c.membership == bindparam("membership"),
        "company_id": _recruiters.c.company_id == bindparam("company_id"),
    },
)

_REGISTER = upsert(RecruiterRegistration, unique=["email"])
_RENEW = (
    update(_registrations)
    .where(_registrations.c.email == bindparam("of_email"))
    .values(token_hash=bindparam("new_hash"), expires_at=bindparam("new_expiry"), updated_at=bindparam("now"))
)
_TAKE = (
    delete(_registrations)
    .where(_registrations.c.token_hash == bindparam("hash"), _registrations.c.expires_at > bindparam("now"))
    .returning(_registrations)
)
_FORGET = delete(_registrations).where(_registrations.c.expires_at < bindparam("limit"))
_ADD = insert_new(Recruiter, unique=["user_id"]).returning(_recruiters)


async def register(scope: Scope, *, email: str, password: str, company_name: str, phone: str) -> str:
    """Register somebody who is to open the link that is mailed to them; the address as it is kept.

    A new registration takes the place of one that was not activated. Raises InvalidForm with all that is wrong,
    a taken address among it, and what `codes.limit` does.
    """
    faults: list[DomainError] = []
    with checks.noting(faults):
        email = checked_address(EMAIL, email, field="email")
        if await credentials.owner_of(scope, EMAIL, email) is not None:
            faults.append(CredentialTaken(path=("input", "email")))
    if _PASSWORD.fullmatch(password) is None:
        faults.append(InvalidInput("A password has 6 to 20 letters and digits.", path=("input", "password")))
    with checks.noting(faults):
        company_name = checks.text(company_name, "companyName", max_length=COMPANY_NAME)
    with checks.noting(faults):
        phone = _checked_phone(phone)
    if faults:
        raise InvalidForm(faults)
    await codes.limit(scope, purpose=ACTIVATION, kind=EMAIL, address=email)
    link = links.new_link(scope, ACTIVATION_PATH)
    values = {
        "email": email,
        "password_hash": await scope.services.hasher.hash(password, guessing.caller(scope)),
        "company_name": company_name,
        "phone": phone,
        "token_hash": link.token_hash,
        "expires_at": scope.now + links.LIFETIME,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    await scope.transaction.execute(_REGISTER, values)
    await _send(scope, email, link)
    return email


async def resend(scope: Scope, *, email: str) -> None:
    """Mail a new link to who registered, after which the older is dead.

    Nobody is told whether anybody registered with the address. Raises InvalidInput, and what `codes.limit` does.
    """
    email = checked_address(EMAIL, email, field="email")
    await codes.limit(scope, purpose=RENEWAL, kind=EMAIL, address=email)
    link = links.new_link(scope, ACTIVATION_PATH)
    renewed = {
        "of_email": email,
        "new_hash": link.token_hash,
        "new_expiry": scope.now + links.LIFETIME,
        "now": scope.now,
    }
    if await scope.transaction.execute(_RENEW, renewed):
        await _send(scope, email, link)


async def activate(scope: Scope, *, token: str) -> Row[Any]:
    """Make who registered a user and a recruiter, with all that belongs to it, and the caller from here on.

    Raises WrongCode for a link that is wrong, used, replaced or too old, TooManyRequests, and CredentialTaken.
    """
    async with guessing.of_secret(scope) as guess:
        registered = await scope.transaction.fetch_one(_TAKE, {"hash": links.hash_of(token), "now": scope.now})
        if registered is None:
            raise WrongCode("The link is wrong, used or too old.", path=("input", "token"))
        await guess.take_back()
    user_id = await users.add_user(scope, name=NAME, password_hash=registered.password_hash)
    await credentials.add(scope, user_id=user_id, kind=EMAIL, identifier=registered.email, path="token")
    scope.principal = Principal(user_id)
    return await _enrol(scope, company_name=registered.company_name, phone=registered.phone)


async def become(scope: Scope, *, company_name: str, phone: str) -> Row[Any]:
    """Make the caller a recruiter, who proved an e-mail address before. Raises InvalidForm or AlreadyRecruiter."""
    faults: list[DomainError] = []
    with checks.noting(faults):
        company_name = checks.text(company_name, "companyName", max_length=COMPANY_NAME)
    with checks.noting(faults):
        phone = _checked_phone(phone)
    if not await credentials.held(scope.services.database, scope.viewer_id, EMAIL):
        faults.append(InvalidInput("Link an e-mail address first: recruiters sign in with one.", path=("input",)))
    if faults:
        raise InvalidForm(faults)
    return await _enrol(scope, company_name=company_name, phone=phone)


async def forget_old(transaction: Transaction, *, now: datetime) -> None:
    """Remove registrations whose link died long ago."""
    await transaction.execute(_FORGET, {"limit": now - KEPT})


async def _enrol(scope: Scope, *, company_name: str, phone: str) -> Row[Any]:
    membership = await companies.join(scope, name=company_name)
    recruiter = Recruiter(
        user_id=scope.viewer_id,
        company_id=membership.company_id,
        membership=membership.status,
        phone=phone,
        created_at=scope.now,
        updated_at=scope.now,
    )
    row = await scope.transaction.fetch_one(_ADD, recruiter.model_dump(exclude={"id"}))
    if row is None:
        raise AlreadyRecruiter
    await roles.grant_role(scope, user_id=scope.viewer_id, role=Role.RECRUITER)
    await packages.grant_trial(scope, user_id=scope.viewer_id)
    await audit.record(scope, action=ACTIVATION, subject_type=companies.SUBJECT, subject_id=row.id)
    return row


def _checked_phone(phone: str) -> str:
    phone = checks.text(phone, "phone", max_length=32)
    if _PHONE.fullmatch(phone) is None:
        raise InvalidInput("phone must be a telephone number.", path=("input", "phone"))
    return phone


async def _send(scope: Scope, email: str, link: links.Link) -> None:
    await messages.post(
        scope,
        kind=EMAIL,
        address=email,
        subject="Activate your Careergraph account for recruiters",
        text=f"Open this link within 24 hours to activate your account:\n{link.url}\n\n"
        "If you did not register, ignore it.",
        lifetime=links.LIFETIME,
    )
