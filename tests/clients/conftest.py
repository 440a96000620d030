"""People for the clients to act for."""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.images import encoded
from tests.support.over_http import client_of, recorder_login
from tests.support.processes import Server

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
