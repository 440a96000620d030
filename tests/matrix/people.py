"""Who calls: one of each kind, and of each kind that owns something a second one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auth.sessions import open_session
from models.identity import Api
from models.settings import Settings
from schema.engine.node_id import encode
from tests.matrix.operations import do
from tests.support.clients import Clock, Person, Product
from tests.support.developers import developer
from tests.support.platform import writing

ROLES = ("administrators", "handlers", "recruiters", "teachers")
"""The groups besides `anyone` and `signed_in` that an audience may name."""


@dataclass(frozen=True)
class Caller:
    """Somebody who calls: a token or none, whom it stands for, and the groups that they belong to.

    `sessions` are the tokens of the old APIs.
    """

    name: str
    person: Person | None
    user_id: int | None
    groups: frozenset[str] = frozenset()
    sessions: Mapping[Api, Person] = field(default_factory=dict)

    def belongs_to(self, word: str) -> bool:
        """Whether they are of a group, whatever the object."""
        return word == "anyone" or (word == "signed_in" and self.user_id is not None) or word in self.groups


def signed_in(name: str, person: Person, *groups: str) -> Caller:
    """A caller with a live session."""
    return Caller(name, person, person.id, frozenset(groups))


async def session(product: Product, settings: Settings, person: Person, api: Api) -> Person:
    """The person with a session of an old API, as its own sign-in opens one."""
    async with writing(settings, product.clock) as scope:
        token, _ = await open_session(
            scope.transaction,
            scope.services.signer,
            user_id=person.id,
            name="",
            api=api,
            now=product.clock.now,
        )
    return Person(person.id, person.account, token.text)


async def gone(product: Product, clock: Clock) -> tuple[Person, Person]:
    """A person whose session has expired, and one who has signed out."""
    expired = await developer(product, 901)
    clock.advance(hours=3)
    revoked = await developer(product, 902)
    signed_out = await product.rest("DELETE", "/api/logout", person=revoked)
    assert signed_out.status_code == 200, signed_out.text
    return expired, revoked


async def staff(product: Product) -> Person:
    """Somebody of the attendance staff, who is approved."""
    registration = {"username": "matrixstaff", "password": "123456"}
    await do(product, None, "registerAttendanceStaff", **registration, confirmPassword="123456")
    reply = (await product.rest("POST", "/admin/user/login/", registration)).json()
    assert reply["code"] == 1, reply
    token: str = reply["data"]["token"]
    viewer = (await product.data("{ viewer { databaseId } }", person=Person(0, "", token)))["viewer"]
    return Person(viewer["databaseId"], "matrixstaff", token)


async def wechat(product: Product, name: str) -> Person:
    """Somebody who signs in at the sign cloud."""
    response = await product.http.post("/weixin/login", data={"code": f"dev-{name}"})
    token: str = response.json()["data"]["session_token"]
    viewer = (await product.data("{ viewer { databaseId } }", person=Person(0, name, token)))["viewer"]
    return Person(viewer["databaseId"], name, token)


def user_id(person: Person) -> str:
    """The opaque id of a person."""
    return encode("User", person.id)
