"""The five documents, replayed: each documented request, in the state in which it gets the documented reply."""

import json
from typing import Any

import httpx2
import pytest
import yaml

from rest_compat.apis import DIALECTS
from tests.contract.additive import additive_keys, values_at
from tests.contract.apis import CONTRACTS, PENDING
from tests.contract.cases import Case, Contract, World
from tests.contract.comparison import differences, missing_fields
from tests.contract.rows import APIS, Row, all_rows, rows_of, shown, written
from tests.support.plans import faults_of
from tests.support.statements import counted

SIZES = {"work_progress": 22, "sign_cloud": 12, "attendance": 3, "developer_platform": 36, "hr_feeds": 13}
FORM = "application/x-www-form-urlencoded"
FILE_NAME = "test.jpg"
"""The name of the file in the documents' uploads."""
CASES = [
    pytest.param(contract, all_rows()[row], case, id=f"{row}-{number}")
    for contract in CONTRACTS.values()
    for row, cases in contract.cases.items()
    for number, case in enumerate(cases)
]


def test_the_documents_are_whole() -> None:
    assert {api: len(rows_of(api)) for api in APIS} == SIZES
    assert len(all_rows()) == sum(SIZES.values()) == 86
    assert set(CONTRACTS) == set(APIS)
    assert set(all_rows()) >= PENDING


@pytest.mark.parametrize("api", APIS)
def test_no_example_that_the_product_shows_is_written_out_again(api: str) -> None:
    for row in written(api):
        examples = shown(api)[row["id"]]
        replies = [*row.get("response_examples", ()), *(reply.get("example") for reply in row.get("responses", ()))]
        assert [reply["body"] for reply in examples.get("replies", ()) if reply["body"] in replies] == []
        assert row.get("request_example") in (None, True) or row["request_example"] != examples.get("request")


def test_what_is_not_served_is_exactly_what_is_pending() -> None:
    served = {_key(endpoint.method, endpoint.path) for dialect in DIALECTS for endpoint in dialect.endpoints}
    documented = {_key(row.method, row.path): row for row in all_rows().values()}

    not_served = {row.id for key, row in documented.items() if key not in served}
    beyond = {endpoint for contract in CONTRACTS.values() for endpoint in contract.beyond}

    assert not_served == PENDING
    assert served - set(documented) == beyond


@pytest.mark.parametrize("row", all_rows().values(), ids=lambda row: row.id)
def test_a_row_is_pending_or_has_a_case_for_each_of_its_examples(row: Row) -> None:
    contract = CONTRACTS[row.api]
    if row.id in PENDING:
        assert row.id not in contract.cases
        return
    replayed = {case.example for case in contract.cases.get(row.id, ()) if case.example is not None}
    assert replayed == set(range(len(row.replies)))
    assert not set(contract.requested.get(row.id, {})) - set(row.parameters)
    assert set(contract.artefacts.get(row.id, {})) <= {field.path for field in row.success.fields}


@pytest.mark.parametrize(("contract", "row", "case"), CASES)
async def test_a_documented_request_gets_its_documented_reply(
    world: World, contract: Contract, row: Row, case: Case
) -> None:
    if row.id in contract.callers:
        world.caller = await contract.callers[row.id](world)
    substituted = (
        {} if case.unknown_ids else {n: await make(world) for n, make in contract.requested.get(row.id, {}).items()}
    )
    for step in case.steps:
        await step(world)

    with counted() as statements:
        response = await _send(world, contract, row, case, substituted)

    if case.example in (None, 0):  # others may have taken a table away
        assert await faults_of(world.database, statements) == []
    documented = row.success if case.example is None else row.replies[case.example]
    assert response.status_code == documented.status, response.text
    beyond = additive_keys().get(row.id, {})
    if case.example == 0:
        assert [path for path in beyond if not list(values_at(response.json(), path))] == []
    if case.check is not None:
        case.check(response)
        return
    reply = response.json()
    if case.example is not None:
        found = differences(
            documented.example,
            reply,
            substituted=contract.substituted_in(row.id),
            added={*contract.added.get(row.id, ()), *beyond},
            retyped=contract.retyped.get(row.id, ()),
        )
        assert list(found) == []
    assert list(missing_fields(documented.fields, reply, artefacts=contract.artefacts.get(row.id, ()))) == []


async def _send(world: World, contract: Contract, row: Row, case: Case, substituted: dict[str, Any]) -> httpx2.Response:
    headers = contract.headers(world.caller) if world.caller else {}
    path = row.path.format(**{**row.route, **substituted, **case.route})
    if row.request is None and not case.body:
        return await world.product.http.request(row.method, path, params=case.query, headers=headers)
    body = {**(row.request or {}), **substituted, **case.body}
    media_type = case.media_type or row.media_type
    files = {name: (FILE_NAME, value) for name, value in body.items() if isinstance(value, bytes)}
    if files:
        return await world.product.http.request(row.method, path, files=files, headers=headers)
    if media_type == FORM:
        return await world.product.http.request(row.method, path, data=body, headers=headers)
    dump = yaml.safe_dump if "yaml" in media_type else json.dumps
    return await world.product.http.request(
        row.method,
        path,
        content=dump(body).encode(),
        params=case.query,
        headers={**headers, "content-type": media_type},
    )


def _key(method: str, path: str) -> str:
    return f"{method} {path.rstrip('/')}"
