"""Calls the application in this process, with the data of the large database."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2

from benchmarks.data import LIFETIME
from benchmarks.large import teaching
from benchmarks.large.graph import operations
from benchmarks.large.rest import CALLS, Call
from benchmarks.large.tables import ADMINISTRATOR, DEVELOPER, FIRST_USER, HANDLER, RECRUITER, STAFF, STUDENT, TEACHER
from resolvers.attendance import slot_at
from resolvers.scope import Services
from schema.engine.node_id import encode
from schema.schema import build_schema

CALLERS: Mapping[str, int | None] = {
    "nobody": None,
    "student": STUDENT,
    "administrator": ADMINISTRATOR,
    "handler": HANDLER,
    "attendance staff": STAFF,
    "recruiter": RECRUITER,
    "developer": DEVELOPER,
    "teacher": TEACHER,
}
DEEP_PAGE = 4_000
"""Of 20 entries: within the first 100,000, which numbered pages reach."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request that is measured."""

    group: str
    name: str
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, Any]
    json: Any

    async def send(self, http: httpx2.AsyncClient, number: int = 1) -> httpx2.Response:
        """The reply; `number` is that of the round."""
        return await http.request(
            self.method, self.path, params=self.query, headers=self.headers, json=_numbered(self.json, number)
        )


def requests(services: Services) -> Iterator[Request]:
    """Every documented REST call that can be sent again and again, and every first page of the graph by everybody."""
    now = services.clock()
    tokens = {user_id: _token(services, user_id, now) for user_id in CALLERS.values() if user_id is not None}
    yesterday = str(slot_at(now)[0] - timedelta(days=1))
    for api, calls in CALLS.items():
        for call in calls:
            method, _, path = call.row.partition(" ")
            query = {name: yesterday if value == "{yesterday}" else value for name, value in call.query.items()}
            headers = _headers(api, call, tokens)
            yield Request(api, call.name, method, path.format(**call.route), headers, query, call.json)
    schema = build_schema()._schema
    for caller, user_id in CALLERS.items():
        headers = {} if user_id is None else {"Authorization": f"Bearer {tokens[user_id]}"}
        # A teacher is shown the same first pages as a student, but for the classes.
        for asked in () if user_id == TEACHER else operations(schema, _VALUES, DEEP_PAGE):
            yield Request(f"graph, {caller}", asked.name, "POST", "/graphql", headers, {}, {"query": asked.text})
        if user_id in {ADMINISTRATOR, TEACHER}:
            for name, text in teaching.QUERIES.items():
                yield Request(f"graph, {caller}", name, "POST", "/graphql", headers, {}, {"query": text})


_VALUES: Mapping[str, Any] = {
    "userId": encode("User", STUDENT),
    "authorId": encode("User", STUDENT),
    "authorIds": encode("User", STUDENT),
    "subject": encode("User", STUDENT),
    "actor": encode("User", ADMINISTRATOR),
    "companyId": encode("Company", 1),
    "handlerId": encode("Handler", 1),
    "project.id": encode("Project", 1),
    "node.id": encode("Post", 1),
    "schoolClass.name": teaching.CLASS,
    "classNames": teaching.CLASS,
    "feedIds": encode("Feed", 1),
    "idNumber": "11010519491231002X",
    "accountContains": "30000012",
    "nameContains": "1234",
    "keyword": "没有",
    "search": "没有",
    "areas": "重庆",
    "Date": "2026-11-01",
    "DateTime": "2026-11-01T00:00:00Z",
    "String": "重",
    "Int": 7,
    "Boolean": True,
}


def _token(services: Services, user_id: int, now: datetime) -> str:
    return services.signer.sign(
        user_id=user_id,
        name="",
        roles=frozenset(),
        jti=f"large-{user_id - FIRST_USER}",
        now=now,
        expires_at=now + LIFETIME,
    ).text


def _headers(api: str, call: Call, tokens: Mapping[int, str]) -> Mapping[str, str]:
    if call.caller is None:
        return {}
    token = tokens[call.caller]
    if api == "sign cloud":
        return {"X-auth-token": token}
    if api == "talent feeds":
        return {"Authorization": f"Basic {base64.b64encode(f'{call.caller}:{token}'.encode()).decode()}"}
    return {"Authorization": f"Bearer {token}"}


def _numbered(value: Any, number: int) -> Any:
    """The body with the number of the round in its place."""
    if isinstance(value, dict):
        return {name: _numbered(part, number) for name, part in value.items()}
    if isinstance(value, list):
        return [_numbered(part, number) for part in value]
    return value.format(round=number) if isinstance(value, str) and "{round" in value else value
