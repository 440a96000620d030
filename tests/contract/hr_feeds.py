"""The talent feeds' cases. The document has no examples: each case compares the keys with the documented shape."""

from collections.abc import Callable
from typing import Any

import httpx2

from tests.contract import hr_feed_lists
from tests.contract.additive import additive_keys, without
from tests.contract.cases import Case, Contract, World
from tests.contract.rows import all_rows
from tests.support.clients import Person
from tests.support.outbox import Outbox
from tests.support.recruiters import EMAIL, PASSWORD, REGISTRATION, activated, basic

REGISTER = "POST /hr/register/"
LOGIN = "POST /hr/login/"
VALID_TOKEN = "GET /hr/valid_token/{user}/{token}/"


def has_the_documented_keys(row: str, **values: Any) -> Callable[[httpx2.Response], None]:
    """The check that a success has every documented key, no other but the message and what docs/rest.md lists, and
    these values.
    """

    def check(response: httpx2.Response) -> None:
        reply = response.json()
        assert reply["status"] == "ok", reply
        for path in additive_keys().get(row, ()):
            reply = without(reply, path)
        shape = {"msg": "", **all_rows()[row].replies[0].shape}
        assert keys(reply, shape) == keys(shape, shape)
        assert {name: reply[name] for name in values} == values

    return check


def keys(value: Any, shape: Any) -> Any:
    """The keys of a structure, as far down as the shape is one; of a list those of its first entry."""
    if isinstance(shape, dict) and isinstance(value, dict):
        return {name: keys(part, shape.get(name)) for name, part in value.items()} or None
    if isinstance(shape, list) and isinstance(shape[0], dict) and isinstance(value, list) and value:
        return [keys(value[0], shape[0])]
    return None


async def recruiter(world: World) -> Person:
    """An active recruiter, signed in."""
    return await activated(world.product, Outbox(world.settings.data_dir))


async def a_recruiter(world: World) -> None:
    """There is an active recruiter."""
    await recruiter(world)


async def own_number(world: World) -> int:
    """The caller's number."""
    return world.person.id


async def own_token(world: World) -> str:
    """The caller's token."""
    return world.person.token


def headers(person: Person) -> dict[str, str]:
    """What a request of a recruiter carries."""
    return basic(person.id, person.token)


CASES = {
    REGISTER: (Case(0, body=REGISTRATION, check=has_the_documented_keys(REGISTER, username=EMAIL)),),
    LOGIN: (
        Case(
            0,
            (a_recruiter,),
            body={"username": EMAIL, "password": PASSWORD},
            check=has_the_documented_keys(LOGIN, username=EMAIL),
        ),
    ),
    VALID_TOKEN: (Case(0, check=has_the_documented_keys(VALID_TOKEN)),),
    **hr_feed_lists.cases(has_the_documented_keys),
}
PUBLIC = {REGISTER, LOGIN}

CONTRACT = Contract(
    cases=CASES,
    callers={row: recruiter for row in CASES if row not in PUBLIC},
    requested={VALID_TOKEN: {"user": own_number, "token": own_token}},
    substituted={},
    added={},
    artefacts={},
    beyond=hr_feed_lists.BEYOND,
    headers=headers,
)
