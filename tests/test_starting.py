"""The server as a process: what it refuses to start with, how it serves, and what survives it."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog

from models.settings import Settings
from server import create_app, main
from tests.support.clients import Clock, running
from tests.support.databases import create_database
from tests.support.images import PREFLIGHT, multipart, noise
from tests.support.keys import PRODUCTION_KEY
from tests.support.over_http import SIGN_IN, client_of, graphql, import_students, recorder_login, signed_in
from tests.support.postgresql import Cluster, free_port
from tests.support.processes import ROOT, Program, environment, running_server

SECRET = PRODUCTION_KEY
ASK_RESET = """
mutation { sendPasswordResetCode(input: {kind: EMAIL, address: "a@example.com"}) { accepted errors { code } } }
"""


def start(folder: Path, extra: dict[str, str], *, cwd: Path = ROOT) -> tuple[int, str]:
    """The exit code and the standard error of a server that must not stay."""
    ended = subprocess.run(
        [sys.executable, ROOT / "server.py"],
        cwd=cwd,
        env=environment(folder, free_port(), extra),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ended.returncode, ended.stderr


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or shorter than 32 bytes"),
        ({"SECRET_KEY": SECRET[:31]}, "SECRET_KEY is missing or shorter than 32 bytes"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY is guessable"),
        ({"CAPTCHA_TEST_ANSWER": "1234"}, "CAPTCHA_TEST_ANSWER"),
        ({"DEMO_DATA": "1"}, "DEMO_DATA=1"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL"),
        ({"PORT": "http"}, "PORT"),
    ],
    ids=lambda value: next(iter(value.items()))[0] if isinstance(value, dict) else "",
)
def test_production_is_strict(
    tmp_path: Path,
    changes: dict[str, str],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    production = {"ENVIRONMENT": "production", "SECRET_KEY": SECRET, **changes}
    variables = environment(tmp_path / "data", 0, production)
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    status = main()

    told = capsys.readouterr().err
    assert status == 1
    (line,) = map(json.loads, told.splitlines())
    assert (line["level"], line["event"]) == ("critical", "cannot_start")
    assert len(line["reason"].splitlines()) == 1
    assert reason in line["reason"]
    assert SECRET not in told
    assert not (tmp_path / "data").exists()


def test_a_database_that_is_not_there_in_time_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    absent = {"DATABASE_URL": f"postgresql://nobody:hidden@127.0.0.1:{port}/none", "DATABASE_WAIT_SECONDS": "0.1"}
    variables = environment(tmp_path / "data", 0, absent)
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    logging = structlog.get_config()
    try:
        status = main()
    finally:
        structlog.configure(**logging)

    told = capsys.readouterr().err.splitlines()
    assert status == 1
    assert "waiting_for_database" in told[0]
    assert told[1] == "Careergraph cannot start:"
    assert told[2].startswith("The database cannot be used: ")
    assert str(port) in told[2]
    assert len(told) == 3
    assert "hidden" not in "".join(told)


def test_production_refuses_a_database_of_development(tmp_path: Path, prepared_sqlite: Path) -> None:
    shutil.copyfile(prepared_sqlite, tmp_path / "development.db")
    url = f"sqlite:///{tmp_path / 'development.db'}"
    (tmp_path / "secret_key").write_text(f"{SECRET}\n", encoding="ascii")
    settings = f"ENVIRONMENT=production\nDATABASE_URL={url}\nWORKRES=4\nSHOE_SIZE=43\n"
    (tmp_path / ".env").write_text(settings, encoding="utf-8")

    status, told = start(tmp_path / "data", {"CREDENTIALS_DIRECTORY": str(tmp_path)}, cwd=tmp_path)

    *warnings, fault = told.splitlines()
    assert status == 1
    assert json.loads(fault)["reason"].startswith("This database was seeded for development")
    shown = [json.loads(line) for line in warnings]
    assert [(line["level"], line["event"], line["name"], line["nearest"]) for line in shown] == [
        ("warning", "unknown_setting", "WORKRES", "WORKERS"),
        ("warning", "unknown_setting", "SHOE_SIZE", None),
    ]


def test_production_starts_empty_and_without_an_administrator(tmp_path: Path) -> None:
    data = tmp_path / "data"
    extra = {"ENVIRONMENT": "production", "SECRET_KEY": SECRET}
    with running_server(data, Program, **extra) as server, client_of(server) as client:
        refused = graphql(client, SIGN_IN, identifier="8888888888", password="admin")["signIn"]
        login = client.post("/api/v1/user/login", json={"account": "8888888888", "password": "admin"})
        unsent = graphql(client, ASK_RESET)["sendPasswordResetCode"]

    assert refused == {"token": None, "errors": [{"code": "WRONG_CREDENTIALS"}]}
    assert login.json()["code"] == 1
    assert unsent == {"accepted": None, "errors": [{"code": "CHANNEL_UNAVAILABLE"}]}
    assert not (data / "outbox").exists()
    assert not (data / "secret_key").exists()
    logged = [json.loads(line) for line in (data / "server.log").read_text().splitlines() if line.startswith("{")]
    assert "ready" in [entry["event"] for entry in logged]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_two_workers_serve_one_product(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> None:
    extra = {"WORKERS": "2"}
    if database == "postgresql":
        cluster = request.getfixturevalue("cluster")
        extra["DATABASE_URL"] = cluster.url(await create_database(cluster))
    with running_server(tmp_path / "data", Program, **extra) as server:
        with client_of(server) as client:
            token = signed_in(client, *server.administrator)

        def viewer(_number: int) -> dict[str, Any]:
            with client_of(server, token) as client:
                return graphql(client, "{ viewer { account } }")

        with ThreadPoolExecutor(max_workers=8) as pool:
            found = list(pool.map(viewer, range(40)))

    assert found == [{"viewer": {"account": server.administrator[0]}}] * 40


async def test_without_its_database_the_server_is_not_ready(cluster: Cluster, tmp_path: Path, clock: Clock) -> None:
    name = await create_database(cluster)
    url = cluster.url(name)
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path,
        database_url=url,
        password_cost=4,
        demo_data=False,
    )
    async with running(create_app(settings, clock), clock, url) as product:
        person = await product.administrator()
        connection = await asyncpg.connect(cluster.url("postgres"))
        await connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)

        ready = await product.http.get("/readyz")
        healthy = await product.http.get("/healthz")
        asked = await product.http.post("/graphql", json={"query": "{ viewer { id } }"}, headers=person.bearer)
        await connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
        await connection.close()

        assert (ready.status_code, ready.json()) == (503, {"status": "database unavailable"})
        assert (healthy.status_code, healthy.json()) == (200, {"status": "ok"})
        assert asked.status_code == 503
        assert [error["extensions"] for error in asked.json()["errors"]] == [
            {"code": "SERVICE_UNAVAILABLE", "retryAfter": 5}
        ]
        assert (await product.http.get("/readyz")).status_code == 200
        viewer = await product.data("{ viewer { databaseId } }", person=person)
        assert viewer == {"viewer": {"databaseId": person.id}}


def test_a_copy_of_the_folder_is_the_same_product(tmp_path: Path) -> None:
    """Users, sessions, and even the tokens of before."""
    clock_ins = "{ viewer { account clockIns { nodes { location } } } }"
    with running_server(tmp_path / "data") as server, client_of(server) as client:
        (account,) = import_students(client, server, 1)
        recorder = recorder_login(client, account, account[-6:])
        token = signed_in(client, account, account[-6:])
        client.headers["Authorization"] = f"Bearer {recorder}"
        assert client.post("/api/v1/clock_in/add", json={"location": "教室"}).json()["code"] == 0
    shutil.copytree(tmp_path / "data", tmp_path / "copy")

    with running_server(tmp_path / "copy") as moved:
        for old in (token, recorder):
            with client_of(moved, old) as client:
                assert graphql(client, clock_ins) == {
                    "viewer": {"account": account, "clockIns": {"nodes": [{"location": "教室"}]}}
                }
        with client_of(moved) as client:
            assert recorder_login(client, account, account[-6:])


def test_a_checkout_and_a_folder_with_any_name_serve(tmp_path: Path) -> None:
    """What a path holds is taken for nothing else: not by URLs, by Alembic's configuration, by SQLite or by files."""
    checkout = tmp_path / "feature%2Fx 职业?#&=+'"
    packages = ("auth", "cli", "models", "resolvers", "rest_compat", "schema", "watching", "locale", "explorer/dist")
    for name in packages:
        shutil.copytree(ROOT / name, checkout / name)
    for name in ("server.py", "serving.py", "workers.py"):
        shutil.copy2(ROOT / name, checkout / name)
    (checkout / ".env").write_text("PERSISTED_QUERIES=0\n", encoding="utf-8")
    data = checkout / "100%(here)s %s ?mode=memory#图"

    with running_server(data, partial(Program, root=checkout), DEMO_DATA="0") as server, client_of(server) as client:
        token = signed_in(client, *server.administrator)
        client.headers["Authorization"] = f"Bearer {token}"
        page = client.get("/graphql", headers={"Accept": "text/html"})
        reply = client.post("/graphql", headers=PREFLIGHT, **multipart("AVATAR", noise((64, 64)), "x.png"))
        path = reply.json()["data"]["uploadImage"]["image"]["path"]
        image = client.get(path)
        unsupported = client.post(
            "/graphql", json={"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}
        )

    assert page.status_code == image.status_code == 200, path
    assert image.headers["content-type"].startswith("image/")
    assert unsupported.json()["errors"][0]["message"] == "PersistedQueryNotSupported"
    assert {path.name for path in data.iterdir()} >= {"careergraph.db", "secret_key", "storage"}
    assert [path.name for path in checkout.iterdir() if path.suffix == ".db"] == []
