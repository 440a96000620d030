"""Every endpoint of the old APIs, called with its own sessions, those of another API, none, and others' ids."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from models.identity import Api
from rest_compat.apis import DIALECTS
from rest_compat.endpoint import Endpoint
from tests.matrix.changes import Change, watching
from tests.matrix.people import Caller, session
from tests.matrix.reading import Report
from tests.matrix.tables import EXPECTED
from tests.matrix.world import World
from tests.support.clients import Person
from tests.support.feeds import object_id
from tests.support.recruiters import basic

CALLERS = ("anonymous", "revoked", "mei", "ben", "rob", "rita", "administrator")
SUCCESS: Mapping[str, Any] = {"code": 0, "status_code": 200, "status": 0, "error_code": 0}
"""What says in an envelope that a call succeeded; the attendance back end says 1, the talent feeds `ok`."""


def endpoint_tables() -> dict[tuple[str, str], str]:
    """Who may call which endpoint, by API and endpoint; one error says what is missing."""
    entries = tomllib.loads((EXPECTED / "endpoints.toml").read_text(encoding="utf-8"))
    found = {
        (api, line.strip()): audience
        for api, by_audience in entries.items()
        for audience, lines in by_audience.items()
        for line in lines.strip().splitlines()
    }
    declared = {(dialect.api.value, f"{e.method} {e.path}") for dialect in DIALECTS for e in dialect.endpoints}
    wrong = [
        f"{name} is not in the matrix: name it under its audience in [{api}] of tests/matrix/expected/endpoints.toml."
        for api, name in sorted(declared - set(found))
    ] + [
        f"{name} is no endpoint: take it out of tests/matrix/expected/endpoints.toml."
        for _, name in sorted(set(found) - declared)
    ]
    if wrong:
        raise AssertionError("\n".join(wrong))
    return found


class Calling:
    """Tries every endpoint in one world, which each call leaves as it was."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.report = Report()

    async def run(self) -> Report:
        """All of them."""
        tables = endpoint_tables()
        sessions = {
            dialect.api: {name: await self._session(name, dialect.api) for name in CALLERS} for dialect in DIALECTS
        }
        administrator = _person(self.world.callers["administrator"])
        foreign = await session(self.world.product, self.world.settings, administrator, Api.GRAPH)
        async with watching(self.world.product.url) as watch:
            for dialect in DIALECTS:
                for endpoint in dialect.endpoints:
                    audience = tables[dialect.api.value, f"{endpoint.method} {endpoint.path}"]
                    for name, person in {**sessions[dialect.api], "foreign": foreign}.items():
                        caller = Caller("foreign", foreign, None) if name == "foreign" else self.world.callers[name]
                        reply = await self._call(dialect.api, endpoint, person)
                        self.report.cells += 1
                        if fault := _fault(reply, await watch.taken_back(), caller, audience):
                            self.report.faults.append(f"{endpoint.method} {endpoint.path} as {name}: {fault}")
        return self.report

    async def _session(self, name: str, api: Api) -> Person | None:
        caller = self.world.callers[name]
        if caller.person is None or caller.user_id is None:
            return caller.person
        return await session(self.world.product, self.world.settings, caller.person, api)

    async def _call(self, api: Api, endpoint: Endpoint, person: Person | None) -> tuple[int, Any]:
        ids = self.world.ids
        numbers = {
            "feed_id": object_id(ids["feed_number_of_rita"]),
            "resume_id": object_id(ids["resume_number_of_ada"]),
            "project_id": 1,
            "dict_item": "nation",
            "user": 0 if person is None else person.id,
            "token": "none" if person is None else person.token,
        }
        headers: dict[str, str] = {"X-platform-code": "matrix"}
        if person is not None:
            scheme = {
                Api.SIGN_CLOUD: {"X-auth-token": person.token},
                Api.HR_FEEDS: basic(person.id, person.token),
            }
            headers |= scheme.get(api, person.bearer)
        query: dict[str, Any] = {
            name: numbers.get(name, self.world.callers["ada"].user_id)
            for name in endpoint.query
            if name in {"uid", "id", "feed_id", "resume_id"}
        }
        body = {"id": 1} if "id" in endpoint.body else {}
        response = await self.world.product.http.request(
            endpoint.method,
            endpoint.path.format(**numbers),
            params=query,
            headers=headers,
            json=None if endpoint.method == "GET" else body,
        )
        is_json = "json" in response.headers.get("content-type", "")
        return response.status_code, response.json() if is_json else response.content


def _person(caller: Caller) -> Person:
    assert caller.person is not None
    return caller.person


def _fault(reply: tuple[int, Any], changes: Sequence[Change], caller: Caller, audience: str) -> str | None:
    """What is wrong with a reply and what the call changed."""
    status, content = reply
    is_dead = caller.person is not None and caller.user_id is None
    may = caller.belongs_to(audience) or (audience == "unless_dead" and not is_dead)
    others = sorted({change.table for change in changes if set(change.owners) - {caller.user_id, None}})
    if status >= 500:
        return f"ends in {status}"
    if not may and changes:
        return f"is refused and yet changed {sorted({change.table for change in changes})}"
    if others and audience not in {"anyone", "unless_dead"} and "administrators" not in caller.groups:
        return f"changed rows of others in {others}"
    if may:
        is_refused = status in {401, 403} or (isinstance(content, dict) and content.get("status_code") in {401, 403})
        return f"is refused: {content}" if is_refused else None
    if not isinstance(content, dict):
        return "is sent a file"
    succeeded = any(content.get(key) == value for key, value in SUCCESS.items() if key in content)
    return f"is answered: {str(content)[:100]}" if succeeded or content.get("status") == "ok" else None
