"""Locks that one process of all that share a database holds."""

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from models.db import Database
from models.locks import try_lock
from models.settings import Settings
from tests.support.waiting import until

DISCONNECT_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
HOLDER = """
import asyncio, sys
from models.db import Database
from models.locks import try_lock

async def hold():
    async with try_lock(Database(sys.argv[1]), "work") as lock:
        print(lock is not None, flush=True)
        await asyncio.sleep(600)

asyncio.run(hold())
"""


async def test_only_one_holds_a_lock_and_the_next_takes_it_over(database: Database, settings: Settings) -> None:
    other = Database(settings.effective_database_url)
    async with try_lock(database, "work") as held:
        assert held is not None
        assert await held.is_held()
        async with try_lock(other, "work") as refused, try_lock(other, "else") as unrelated:
            assert refused is None
            assert unrelated is not None
    async with try_lock(other, "work") as free:
        assert free is not None
    await other.close()


async def test_a_killed_process_leaves_its_lock(database: Database, settings: Settings) -> None:
    root = Path(__file__).parents[2]
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, settings.effective_database_url, cwd=root, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"True\n"
    async with try_lock(database, "work") as refused:
        assert refused is None
    holder.kill()
    await holder.wait()
    await until(lambda: _taken(database))  # PostgreSQL notices the broken connection in its own time


async def _taken(database: Database) -> bool:
    async with try_lock(database, "work") as lock:
        return lock is not None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_broken_connection_holds_no_lock(database: Database, settings: Settings) -> None:
    other = Database(settings.effective_database_url)
    async with try_lock(database, "work") as lock:
        assert lock is not None
        await other.fetch(DISCONNECT_OTHERS)
        assert not await lock.is_held()
        async with try_lock(other, "work") as taken:
            assert taken is not None
    await other.close()
