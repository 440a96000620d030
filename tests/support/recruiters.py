"""Recruiters as the old API knows them: registering, opening the link, signing in."""

import base64
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from models.settings import Settings
from server import create_app
from tests.support.clients import Clock, Person, Product, running
from tests.support.outbox import Outbox
from tests.support.platform import done

EMAIL = "hr@qinghe.example"
PASSWORD = "abc123"
COMPANY = "青禾软件"
REGISTRATION: Mapping[str, str] = {
    "user_email": EMAIL,
    "password": PASSWORD,
    "company_name": COMPANY,
    "phone": "023-60001234",
}
"""A registration in which nothing is wrong."""
SEND_CODE = """mutation($input: SendCodeInput!) { sendCredentialCode(input: $input) {
  verificationCode errors { code }
} }"""
LINK = """mutation($input: LinkCredentialInput!) { linkCredential(input: $input) { user { id } errors { code } } }"""


@asynccontextmanager
async def a_minute_later(settings: Settings, clock: Clock) -> AsyncIterator[Product]:
    """The same product, which has forgotten that it sent a message just now."""
    async with running(create_app(settings, clock), clock, settings.database_url) as product:
        yield product


async def with_email(product: Product, outbox: Outbox, email: str = EMAIL) -> Person:
    """A student who signs in with an e-mail address too."""
    student, address = await product.student(), {"kind": "EMAIL", "address": email}
    sent = await done(product, SEND_CODE, student, **address)
    outbox.take()
    await done(product, LINK, student, **address, code=sent["verificationCode"])
    return student


async def post(product: Product, path: str, **form: Any) -> dict[str, Any]:
    """The reply to a form; HTTP 200 whatever it says."""
    response = await product.http.post(path, data=form)
    assert response.status_code == 200, response.text
    assert "www-authenticate" not in response.headers
    reply: dict[str, Any] = response.json()
    return reply


async def registered(product: Product, outbox: Outbox, **changes: str) -> str:
    """Register somebody; the link that was mailed, without the server's address."""
    form = {**REGISTRATION, **changes}
    reply = await post(product, "/hr/register/", **form)
    assert reply["status"] == "ok", reply
    return mailed_link(outbox, form["user_email"])


def mailed_link(outbox: Outbox, address: str) -> str:
    """The link in the only message, which went to this address, without the server's address."""
    (link,) = re.findall(r"http://[^/\s]+(/activate-recruiter\?token=[\w-]+)", outbox.text(address))
    return str(link)


def token_in(link: str) -> str:
    """The token of a link."""
    return link.partition("token=")[2]


async def activated(product: Product, outbox: Outbox, **changes: str) -> Person:
    """A new recruiter, signed in at the talent feeds."""
    form = {**REGISTRATION, **changes}
    opened = await product.http.get(await registered(product, outbox, **changes))
    assert opened.status_code == 200, opened.text
    return await signed_in(product, form["user_email"], form["password"])


async def signed_in(product: Product, email: str = EMAIL, password: str = PASSWORD) -> Person:
    """Sign in at the talent feeds."""
    reply = await post(product, "/hr/login/", username=email, password=password)
    assert reply["status"] == "ok", reply
    return Person(reply["auth_info"]["user"], email, reply["auth_info"]["token"])


def basic(user: object, token: str) -> dict[str, str]:
    """The Authorization header of a user and a token."""
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"}
