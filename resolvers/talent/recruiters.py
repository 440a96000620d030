"""Recruiters: registration, activation by a link, and becoming one with an existing account."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from auth.principal import Principal
from models.db import Transaction
from models.errors import (
    AlreadyRecruiter,
    CredentialTaken,
    DomainError,
    InvalidForm,
    InvalidInput,
    TooManyRequests,
    WrongCode,
)
from models.identity import CredentialKind, Role
from models.language import Message
from models.signing.companies import COMPANY_NAME
from models.statements import insert_new, table_of
from models.talent.recruiters import Recruiter, RecruiterRegistration
from resolvers import audit, checks, languages, messages
from resolvers.attendance import SHANGHAI
from resolvers.identity import admission, codes, credentials, guessing, links, roles, users
from resolvers.identity.identifiers import checked_address
from resolvers.loaders import by_key
from resolvers.orders import RecruiterOrder
from resolvers.paging import Listing
from resolvers.ranges import days_added, one_of
from resolvers.scope import Scope
from resolvers.talent import companies, packages
from resolvers.totals import total_of

ACTIVATION_PATH = "/activate-recruiter"
ACTIVATION = "activate_recruiter"
RENEWAL = "resend_activation"
MAX_PENDING = 3
"""The registrations of one address whose links are alive."""
SHOWN_DIGITS = 4
"""What a mail tells of a telephone number."""
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
    orders=RecruiterOrder,
    filters={
        "membership": _recruiters.c.membership == bindparam("membership"),
        "memberships": one_of(_recruiters.c.membership, "memberships"),
        "company_id": _recruiters.c.company_id == bindparam("company_id"),
        "approved": _recruiters.c.approved_at.is_not(None) == bindparam("approved"),
        **days_added(_recruiters),
    },
    total=total_of(_recruiters),
    scans=lambda used: "approved" in used,
)

_of_email = _registrations.c.email == bindparam("of_email")


def _register() -> Any:
    """Takes a slot of the address that is free, or whose link is dead; returns nothing where the slot is taken."""
    statement = insert(_registrations)
    taken_over = {
        column.name: statement.excluded[column.name]
        for column in _registrations.columns
        if column.name not in {"id", "email", "slot"}
    }
    return statement.on_conflict_do_update(
        index_elements=["email", "slot"],
        set_=taken_over,
        where=_registrations.c.expires_at <= statement.excluded.created_at,
    ).returning(_registrations.c.id)


_REGISTER = _register()
_EARLIEST_END = select(func.min(_registrations.c.expires_at)).where(_of_email)
_OF_EMAIL = select(_registrations).where(_of_email).order_by(_registrations.c.id)
_RENEW = (
    update(_registrations)
    .where(_registrations.c.id == bindparam("of_registration"))
    .values(token_hash=bindparam("new_hash"), expires_at=bindparam("new_expiry"), updated_at=bindparam("now"))
)
_OF_LINK = select(_registrations).where(
    _registrations.c.token_hash == bindparam("hash"), _registrations.c.expires_at > bindparam("now")
)
_END = delete(_registrations).where(_of_email)
_FORGET = delete(_registrations).where(_registrations.c.expires_at < bindparam("limit"))
_ADD = insert_new(Recruiter, unique=["user_id"]).returning(_recruiters)


async def register(scope: Scope, *, email: str, password: str, company_name: str, phone: str) -> str:
    """Register somebody who is to open the link that is mailed to them; the address as it is kept.

    What others registered for the address stays as it is, up to MAX_PENDING at a time. Raises InvalidForm with all
    that is wrong, a taken address among it, TooManyRequests, and what `codes.limit` does.
    """
    faults: list[DomainError] = []
    with checks.noting(faults):
        email = checked_address(EMAIL, email, field="email")
        if await credentials.owner_of(scope, EMAIL, email) is not None:
            faults.append(CredentialTaken(field="email"))
    if _PASSWORD.fullmatch(password) is None:
        faults.append(InvalidInput("A password has 6 to 20 letters and digits.", field="password"))
    with checks.noting(faults):
        company_name = checks.text(company_name, "company_name", max_length=COMPANY_NAME)
    with checks.noting(faults):
        phone = _checked_phone(phone)
    if faults:
        raise InvalidForm(faults)
    await admission.count_registration(scope)
    await codes.limit(scope, purpose=ACTIVATION, kind=EMAIL, address=email)
    link_key = secrets.token_hex(32)
    link = links.keyed_link(scope, ACTIVATION_PATH, link_key)
    values = {
        "email": email,
        "password_hash": await scope.services.hasher.hash(password, guessing.caller(scope)),
        "company_name": company_name,
        "phone": phone,
        "token_hash": link.token_hash,
        "link_key": link_key,
        "expires_at": scope.now + links.LIFETIME,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    for slot in range(MAX_PENDING):
        if await scope.transaction.fetch_one(_REGISTER, {**values, "slot": slot}) is not None:
            await _send(scope, email, [_described(scope.now, phone, link)])
            return email
    earliest = await scope.transaction.fetch_value(_EARLIEST_END, {"of_email": email})
    raise TooManyRequests(max(1, ceil((earliest - scope.now).total_seconds())))


async def resend(scope: Scope, *, email: str) -> None:
    """Mail the links of all registrations of an address again, good for another day; none dies of it.

    Nobody is told whether anybody registered with the address. Raises InvalidInput, and what `codes.limit` does.
    """
    email = checked_address(EMAIL, email, field="email")
    await codes.limit(scope, purpose=RENEWAL, kind=EMAIL, address=email)
    described = []
    for row in await scope.transaction.fetch(_OF_EMAIL, {"of_email": email}):
        link = links.keyed_link(scope, ACTIVATION_PATH, row.link_key, token_hash=row.token_hash)
        renewed = {
            "of_registration": row.id,
            "new_hash": link.token_hash,
            "new_expiry": scope.now + links.LIFETIME,
            "now": scope.now,
        }
        if await scope.transaction.execute(_RENEW, renewed):
            described.append(_described(row.created_at, row.phone, link))
    if described:
        await _send(scope, email, described)


async def activate(scope: Scope, *, token: str) -> Row[Any]:
    """Make who registered a user and a recruiter, with all that belongs to it, and the caller from here on.

    Of the registrations of an address the first whose link is opened wins, which the credential decides; the others
    end. Raises WrongCode for a link that is wrong, used or too old, TooManyRequests, and CredentialTaken.
    """
    asked = {"hash": links.hash_of(token), "now": scope.now}
    async with guessing.of_secret(scope) as guess:
        registered = await scope.transaction.fetch_one(_OF_LINK, asked)
        if registered is None:
            raise _dead_link()
        await guess.take_back()
    user_id = await users.add_user(scope, name=NAME, password_hash=registered.password_hash)
    if not await credentials.claim(scope, user_id=user_id, kind=EMAIL, identifier=registered.email):
        # Whoever opened a link of this address at this moment ended all of them.
        if await scope.transaction.fetch_one(_OF_LINK, asked) is None:
            raise _dead_link()
        raise CredentialTaken(field="token")
    await scope.transaction.execute(_END, {"of_email": registered.email})
    scope.principal = Principal(user_id)
    return await _enrol(scope, company_name=registered.company_name, phone=registered.phone)


async def become(scope: Scope, *, company_name: str, phone: str) -> Row[Any]:
    """Make the caller a recruiter, who proved an e-mail address before. Raises InvalidForm or AlreadyRecruiter."""
    faults: list[DomainError] = []
    with checks.noting(faults):
        company_name = checks.text(company_name, "company_name", max_length=COMPANY_NAME)
    with checks.noting(faults):
        phone = _checked_phone(phone)
    if not await credentials.held(scope.services.database, scope.viewer_id, EMAIL):
        faults.append(InvalidInput("Link an e-mail address first: recruiters sign in with one.", field=""))
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
    after = audit.texts(row, ("company_id", "membership"))
    await audit.record(scope, action=ACTIVATION, subject_type=companies.SUBJECT, subject_id=row.id, after=after)
    return row


def _checked_phone(phone: str) -> str:
    phone = checks.text(phone, "phone", max_length=32)
    if _PHONE.fullmatch(phone) is None:
        raise InvalidInput("{field} must be a telephone number.", field="phone")
    return phone


def _dead_link() -> WrongCode:
    return WrongCode("The link is wrong, was already used, or has expired.", field="token")


def _described(registered_at: datetime, phone: str, link: links.Link) -> Message:
    """A link with what its reader knows the registration by: nothing that a stranger could phrase."""
    when = registered_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    digits = "".join(filter(str.isdigit, phone))[-SHOWN_DIGITS:]
    return Message(
        "Registered on {time} (Beijing time) with a telephone number that ends in {digits}:\n{link}",
        time=when,
        digits=digits,
        link=link.url,
    )


async def _send(scope: Scope, email: str, described: Sequence[Message]) -> None:
    language = await languages.of_reader(scope, None)
    registrations = "\n\n".join(each.said(language) for each in described)
    await messages.post(
        scope,
        kind=EMAIL,
        address=email,
        reader=None,
        subject=Message("Activate your Careergraph account for recruiters"),
        text=Message(
            "Open the link of your registration within 24 hours to activate the account with the password that was"
            " chosen for it.\n\n{registrations}\n\nIf you did not register, or not then, do not open it.",
            registrations=registrations,
        ),
        lifetime=links.LIFETIME,
    )
