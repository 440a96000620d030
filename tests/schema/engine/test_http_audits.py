"""The audits of GraphQL over HTTP that the authors of the specification wrote, against a server process."""

import pytest

from tests.support.npm import require_clients, run_client
from tests.support.over_http import client_of, signed_in
from tests.support.processes import Server


@pytest.fixture(scope="module", autouse=True)
def _clients() -> None:
    require_clients()


def audited(server: Server) -> dict[str, tuple[str, str | None]]:
    """The status and the reason of each audit, asked for by an administrator, by its name."""
    with client_of(server) as client:
        token = signed_in(client, *server.administrator)
    results = run_client("audits.mjs", f"{server.url}/graphql", AUTHORIZATION=f"Bearer {token}")
    return {f"{result['id']} {result['name']}": (result["status"], result.get("reason")) for result in results}


def test_every_audit_passes(server: Server) -> None:
    results = audited(server)

    assert len(results) == 61
    assert {name: result for name, result in results.items() if result[0] != "ok"} == {}
