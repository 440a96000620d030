"""People for the clients to act for."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.images import encoded
from tests.support.over_http import client_of, recorder_login
from tests.support.processes import Server, running_server

_accounts = (str(3000000000 + number) for number in itertools.count())


@dataclass(frozen=True)
class Cast:
    """Who writes, who comments, and the writer's picture; a password is the end of its account."""

    url: str
    writer: str
    reader: str
    picture: Path


@pytest.fixture
def cast(server: Server, tmp_path: Path) -> Cast:
    """Two new students of the server."""
    writer, reader = next(_accounts), next(_accounts)
    students = [{"account": writer, "name": "作者"}, {"account": reader, "name": "读者"}]
    with client_of(server) as http:
        bearer = {"Authorization": f"Bearer {recorder_login(http, *server.administrator)}"}
        reply = http.post("/api/v1/user/import", content=json.dumps({"list": students}), headers=bearer)
        assert reply.json() == {"code": 0, "msg": "success", "data": None}
    picture = tmp_path / "me.png"
    picture.write_bytes(encoded("PNG"))
    return Cast(f"{server.url}/graphql", writer, reader, picture)


@pytest.fixture(scope="session")
def demonstrated_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server process with the demonstration data, where there is somebody of each role."""
    with running_server(tmp_path_factory.mktemp("demonstrated") / "data", DEMO_DATA="1") as started:
        yield started
