"""The operator's day: the steps of docs/operations.md as they stand there, and what happens to servers meanwhile."""

import asyncio
import json
import os
import signal
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import bcrypt
import httpx2
import pytest
from alembic import command
from sqlalchemy import Connection

from models.db import Database
from models.migrate import migration_config
from tests.support.load import CLIENTS, DONE, Load
from tests.support.machine import SERVERS, Machine, blocks
from tests.support.postgresql import Cluster, free_port
from tests.support.redis import running_redis
from tests.support.waiting import until

FORGET = "DROP DATABASE IF EXISTS careergraph; DROP DATABASE IF EXISTS restored; DROP ROLE IF EXISTS careergraph"
BEFORE_THE_TABLES = ("On a machine with systemd", "The program", "Secrets", "The database", "Settings", "PgBouncer")
FROM_THE_TABLES = ("Tables and the first administrator", "Four workers", "Students")
STUDENT, PASSWORD = "2019000001", "of the first release"
OF_THE_FIRST_RELEASE = {
    "INSERT INTO users (created_at, updated_at, name, class_name, major, password_hash, has_initial_password,"
    " must_change_password, pursues_postgraduate, pursues_employment)"
    " VALUES ($1, $1, '老同学', '1班', '软件工程', $2, false, false, true, false)": 2,
    "INSERT INTO credentials (created_at, updated_at, user_id, kind, identifier)"
    " VALUES ($1, $1, 1, 'student_account', '2019000001')": 1,
    "INSERT INTO clock_ins (created_at, updated_at, user_id, business_date, slot, clocked_in_at, location)"
    " VALUES ($1, $1, 1, $1::timestamptz::date, 'morning', $1, '图书馆')": 1,
}
"""A student who has clocked in: statements, and how many parameters they have: the time, and a password's hash."""
READ = '{"data":{"viewer":{"name":"老同学","clockIns":{"totalCount":1}}}}'


class Day:
    """What is done on it, and what the operator reads."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._blocks = blocks()
        self._left = set(self._blocks)

    def do(self, *headings: str) -> str:
        """Run the blocks under these headings, of which all have to work."""
        self._left -= set(headings)
        return self.run("".join(self._blocks[heading] for heading in headings))

    def run(self, script: str) -> str:
        """Run what has to work."""
        done = self.machine.run(script)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def check_that_all_was_done(self) -> None:
        """That no block of the document was left out."""
        assert self._left == set()


@pytest.fixture
def redis_port() -> int:
    return free_port()


@pytest.fixture
def machine(cluster: Cluster, redis_port: int) -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="careergraph-machine-") as folder:
        root = Path(folder)
        root.chmod(0o755)  # PgBouncer runs as another user
        machine = Machine(root, cluster, f"redis://127.0.0.1:{redis_port}/0")
        yield machine
        machine.run(f"systemctl stop {' '.join(SERVERS)} pgbouncer")
        machine.run("".join(f"psql -c '{statement}';" for statement in FORGET.split("; ")))


async def prepare_first_release(url: str) -> None:
    """Make the tables of the first release, with a student in them."""

    def to_first_release(connection: Connection) -> None:
        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    database = Database(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with database.engine.begin() as connection:
        await connection.run_sync(to_first_release)
    await database.close()
    given = (datetime.now(UTC), bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode())
    plain = await asyncpg.connect(url)
    for statement, count in OF_THE_FIRST_RELEASE.items():
        await plain.execute(statement, *given[:count])
    await plain.close()


async def test_the_day_of_an_operator(machine: Machine, cluster: Cluster, redis_port: int, tmp_path: Path) -> None:
    day = Day(machine)
    servers = [f"http://127.0.0.1:{port}" for port in machine.ports]

    async def do(*headings: str) -> str:
        return await asyncio.to_thread(day.do, *headings)

    async def posts() -> set[str]:
        """The texts of the posts in the database that the servers have now."""
        url = machine.file("/etc/careergraph/secrets/direct_database_url").read_text(encoding="ascii").strip()
        connection = await asyncpg.connect(url)
        found = {row["content"] for row in await connection.fetch("SELECT content FROM posts")}
        await connection.close()
        return found

    with ExitStack() as redis:
        redis.enter_context(running_redis(tmp_path, redis_port))

        # Deploy, over a database of the first release; the first administrator; an import.
        deployed = await do(*BEFORE_THE_TABLES)
        url = machine.file("/etc/careergraph/secrets/direct_database_url").read_text(encoding="ascii").strip()
        await prepare_first_release(url)
        deployed += await do(*FROM_THE_TABLES)
        assert "Nothing has to be changed." in deployed
        assert "Imported 2 users, rejected 0 rows." in deployed
        assert deployed.count('{"status":"ready"}') == 2
        listed = json.loads(deployed[deployed.index("[\n") : deployed.index("\n]\n") + 2])
        assert [(user["name"], user["credentials"]) for user in listed] == [
            ("王小明", {"student_account": "2021000001"})
        ]
        for unit in SERVERS:
            key = machine.file("/etc/careergraph/secrets/secret_key").read_bytes().strip()
            assert key not in machine.environment(unit)
            assert len(machine.workers(unit)) == 2
        token = machine.file("/etc/careergraph/secrets/metrics_token").read_text(encoding="ascii").strip()
        async with httpx2.AsyncClient(timeout=30) as http:
            for server in servers:
                scraped = await http.get(f"{server}/metrics", headers={"Authorization": f"Bearer {token}"})
                assert "careergraph_workers 2.0" in scraped.text.splitlines()
                assert (await http.get(f"{server}/metrics")).status_code == 401

            first = machine.file("/var/lib/careergraph/operator/first-password").read_text(encoding="ascii").strip()
            administrator = {"account": "9000000001", "password": first}

            async def signed_in(server: str, login: dict[str, str]) -> str:
                reply: dict[str, Any] = (await http.post(f"{server}/api/v1/user/login", json=login)).json()
                assert reply["code"] == 0, reply
                return str(reply["data"]["token"])

            session = await signed_in(servers[0], {"account": STUDENT, "password": PASSWORD})
            load = Load(servers, session)

            # A rolling restart, and a reload, under load.
            async with load.running() as restarted:
                assert (await do("Rolling restart")).count('{"status":"ready"}') == 2
                old = machine.workers(SERVERS[0])
                await asyncio.to_thread(day.run, f"systemctl reload {SERVERS[0]}")

                async def is_reloaded() -> bool:
                    now = machine.workers(SERVERS[0])
                    return len(now) == 2 and not now & old

                await until(is_reloaded, seconds=120)
            assert set(restarted) == {DONE}

            # A worker is killed: what it had in hand is lost, and no more.
            killed = machine.workers(SERVERS[0]).pop()
            async with load.running() as bereft:
                os.kill(killed, signal.SIGKILL)

                async def is_replaced() -> bool:
                    return len(machine.workers(SERVERS[0]) - {killed}) == 2 and bereft[DONE] > 10 * CLIENTS

                await until(is_replaced)
            assert bereft.total() - bereft[DONE] <= CLIENTS
            assert set(bereft) - {DONE} <= {"ReadError", "RemoteProtocolError", "WriteError"}

            # Redis and PostgreSQL are restarted.
            async def serve_again(seen: Counter[str]) -> None:
                enough = seen[DONE] + 10 * CLIENTS

                async def is_served() -> bool:
                    replies = [await http.get(f"{server}/readyz") for server in servers]
                    return seen[DONE] > enough and all(reply.json() == {"status": "ready"} for reply in replies)

                await until(is_served)

            async with load.running() as without_redis:
                await asyncio.to_thread(redis.close)
                redis.enter_context(running_redis(tmp_path, redis_port))
                await serve_again(without_redis)
            assert set(without_redis) == {DONE}
            async with load.running() as without_database:
                await asyncio.to_thread(cluster.restart)
                await serve_again(without_database)
            assert set(without_database) - {DONE} <= {"503"}
            assert load.read == {READ}
            assert set(load.acknowledged) - await posts() == set()

            # Backup, restore elsewhere, key rotation.
            await do("Backups")
            restored = await do("Restore")
            assert "Nothing has to be changed." in restored
            assert (
                machine.file("/etc/careergraph/secrets/direct_database_url").read_text().strip().endswith("/restored")
            )
            assert set(load.acknowledged) - await posts() == set()
            before = machine.file("/etc/careergraph/secrets/secret_key").read_text(encoding="ascii").strip()
            rotated = await do("Rotating the key")
            assert rotated.count('{"status":"ready"}') == 2
            _, kept = machine.file("/etc/careergraph/secrets/secret_key").read_text(encoding="ascii").strip().split(",")
            assert kept == before
            for server in servers:
                await signed_in(server, administrator)
            async with load.running() as seen:  # with the session that the old key signed

                async def is_enough() -> bool:
                    return seen[DONE] > 2 * CLIENTS

                await until(is_enough)
            assert set(seen) == {DONE}
            assert load.read == {READ}
            for path in machine.file("/etc/careergraph/secrets").iterdir():
                assert stat.S_IMODE(path.stat().st_mode) == 0o640, path
            day.check_that_all_was_done()
