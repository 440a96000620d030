"""Recommendations after a server was killed at a bad moment are those of one that was not."""

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.processes import running_server
from tests.support.waiting import until

KILLS = 2
WAITING = "SELECT count(*) FROM matching_tasks"
FOUND = "SELECT feed_id, resume_id, score, title_score, keywords FROM recommendations WHERE is_current ORDER BY 1, 2"
INDEXED = "SELECT resume_id, hex(content) FROM resume_profiles ORDER BY 1"


def rows(data_dir: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data_dir / "careergraph.db")) as connection:
        return connection.execute(query).fetchall()


async def settled(data_dir: Path) -> None:
    async def nothing_waits() -> bool:
        return rows(data_dir, WAITING) == [(0,)]

    await until(nothing_waits, seconds=120)


async def test_a_killed_server_loses_no_work(tmp_path: Path) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    with running_server(undisturbed, DEMO_DATA="1"):
        await settled(undisturbed)
    for kill in range(KILLS):
        with running_server(killed, DEMO_DATA="1") as server:
            await asyncio.sleep(0.2 * kill)  # at any moment
            os.kill(server.pid, signal.SIGKILL)

    with running_server(killed, DEMO_DATA="1"):
        await settled(killed)

    assert len(rows(undisturbed, FOUND)) > 20
    assert rows(killed, FOUND) == rows(undisturbed, FOUND)
    assert rows(killed, INDEXED) == rows(undisturbed, INDEXED)
