"""Talking to a server process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from tests.support.processes import Server

SIGN_IN = """
mutation ($identifier: String!, $password: String!) {
  signIn(input: {identifier: $identifier, password: $password}) { token errors { code } }
}
"""


@contextmanager
def client_of(server: Server, token: str = "") -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60) as client:
        yield client


def graphql(client: httpx2.Client, query: str, **variables: Any) -> dict[str, Any]:
    """The data of an operation that must have no errors."""
    response = client.post("/graphql", json={"query": query, "variables": variables})
    assert response.status_code == 200, response.text
    reply: dict[str, Any] = response.json()
    assert "errors" not in reply, reply
    data: dict[str, Any] = reply["data"]
    return data


def signed_in(client: httpx2.Client, identifier: str, password: str) -> str:
    payload = graphql(client, SIGN_IN, identifier=identifier, password=password)["signIn"]
    assert payload["errors"] == []
    token: str = payload["token"]
    return token


def recorder_login(client: httpx2.Client, account: str, password: str) -> str:
    reply = client.post("/api/v1/user/login", json={"account": account, "password": password}).json()
    assert reply["code"] == 0, reply
    token: str = reply["data"]["token"]
    return token


def import_students(client: httpx2.Client, server: Server, count: int) -> list[str]:
    """New students; their accounts."""
    accounts = [str(2021000000 + number) for number in range(count)]
    reply = client.post(
        "/api/v1/user/import",
        json={"list": [{"account": account, "name": "学生"} for account in accounts]},
        headers={"Authorization": f"Bearer {recorder_login(client, *server.administrator)}"},
    )
    assert reply.json()["code"] == 0, reply.text
    return accounts
