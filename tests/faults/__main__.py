"""Kills and faults in full: `python -m tests.faults`, or with `--rounds N`. Ends with 1 if anything was lost."""

import argparse
import asyncio
import sys
import tempfile
import uuid
from pathlib import Path

import asyncpg

from tests.faults.scenarios import killed_under_writes, replies_during
from tests.support.over_http import client_of, recorder_login
from tests.support.postgresql import Cluster, running_cluster
from tests.support.processes import running_server


async def new_database(cluster: Cluster) -> str:
    """The URL of an empty database."""
    name = f"faults_{uuid.uuid4().hex}"
    connection = await asyncpg.connect(cluster.url("postgres"))
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    return cluster.url(name)


def main() -> int:
    """Do it all and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="the kills of each database and number of workers")
    rounds = parser.parse_args().rounds
    is_sound = True
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        for database in ("sqlite", "postgresql"):
            for workers in ("1", "2"):
                for number in range(rounds):
                    settings = {"WORKERS": workers}
                    if database == "postgresql":
                        settings["DATABASE_URL"] = asyncio.run(new_database(cluster))
                    found = killed_under_writes(Path(folder) / f"{database}-{workers}-{number}", **settings)
                    print(f"kill -9, {database}, {workers} worker(s): {found}", flush=True)
                    is_sound &= not (found.lost or found.doubled)
        url = asyncio.run(new_database(cluster))
        with running_server(Path(folder) / "restarts", DATABASE_URL=url) as server:
            with client_of(server) as client:
                token = recorder_login(client, *server.administrator)
            for _ in range(rounds):
                seen = replies_during(server, token, cluster.restart)
                print(f"PostgreSQL restarted under load: {dict(seen)}", flush=True)
                is_sound &= {status for status, _ in seen} <= {200, 503} and (503, "INTERNAL_ERROR") not in seen
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
