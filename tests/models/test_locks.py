"""Locks that one process of all that share a database holds."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from models.db import Database
from models.locks import try_lock
from models.settings import Settings

DISCONNECT_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
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
    command = [sys.executable, "-c", HOLDER, settings.effective_database_url]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        async with try_lock(database, "work") as refused:
            assert refused is None
        holder.kill()
        holder.wait()

    async def taken() -> bool:
        async with try_lock(database, "work") as lock:
            return lock is not None

    async with asyncio.timeout(30):
        while not await taken():  # PostgreSQL notices the broken connection in its own time
            await asyncio.sleep(0.05)


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
