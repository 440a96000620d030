"""People at a running server: callers, and an office whose handler hears of each sign application."""

import itertools
from typing import Any

import httpx2

from schema.engine.node_id import encode
from tests.support.signing import CREATE_COMPANY, CREATE_HANDLER, RESUME, SUBMIT

SIGN_IN = """mutation($input: WechatInput!) { signInWithWechat(input: $input) {
  token user { databaseId } errors { code } } }"""
ADMINISTRATOR = (
    """mutation { signIn(input: {identifier: "8888888888", password: "admin"}) { token user { databaseId } } }"""
)
_names = (f"dev-subscriber-{number}" for number in itertools.count())


class Caller:
    """Somebody signed in at a server."""

    def __init__(self, url: str, id_: int, token: str) -> None:
        self.url = url
        self.id = id_
        self.bearer = {"Authorization": f"Bearer {token}"}

    async def run(self, query: str, **variables: Any) -> dict[str, Any]:
        return await run(self.url, query, self.bearer, **variables)


async def run(url: str, query: str, headers: dict[str, str] | None = None, **variables: Any) -> dict[str, Any]:
    """The data of an operation over HTTP, on a connection of its own, so that any worker may answer."""
    async with httpx2.AsyncClient(timeout=30) as http:
        response = await http.post(f"{url}/graphql", json={"query": query, "variables": variables}, headers=headers)
    reply = response.json()
    assert "errors" not in reply, reply
    data: dict[str, Any] = reply["data"]
    return data


async def newcomer(url: str) -> Caller:
    payload = (await run(url, SIGN_IN, input={"program": "SIGN_CLOUD", "code": next(_names)}))["signInWithWechat"]
    return Caller(url, payload["user"]["databaseId"], payload["token"])


class Office:
    """A handler, whom every sign application that is submitted tells something."""

    def __init__(self, url: str, handler: Caller, handler_id: str, company_id: str) -> None:
        self.url = url
        self.handler = handler
        self._handler_id = handler_id
        self._company_id = company_id

    async def submit(self) -> str:
        """Somebody new hands in a resume; the id of the application."""
        applicant = await newcomer(self.url)
        resume = {**RESUME, "companyId": self._company_id}
        data = await applicant.run(SUBMIT, input={"resume": resume, "handlerId": self._handler_id})
        assert data["submitResume"]["errors"] == []
        return str(data["submitResume"]["application"]["id"])


async def administrator_of(url: str) -> Caller:
    payload = (await run(url, ADMINISTRATOR))["signIn"]
    return Caller(url, payload["user"]["databaseId"], payload["token"])


async def new_office(url: str, handler: Caller | None = None) -> Office:
    """An office with a new company; its handler is somebody new, unless one is given."""
    administrator = await administrator_of(url)
    handler = handler or await newcomer(url)
    company = (await administrator.run(CREATE_COMPANY, input={"name": next(_names)}))["createCompany"]["company"]
    values = {"userId": encode("User", handler.id), "name": "钱人事", "phone": "", "email": ""}
    created = (await administrator.run(CREATE_HANDLER, input=values))["createHandler"]
    assert created["errors"] == []
    return Office(url, handler, created["handler"]["id"], company["id"])
