"""Kills and faults in full: `python -m tests.faults`, or with `--rounds N`. Ends with 1 if anything was lost."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.faults.scenarios import killed_under_writes, replies_during
from tests.support.databases import create_database
from tests.support.over_http import client_of, recorder_login
from tests.support.postgresql import running_cluster
from tests.support.processes import running_server


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
                        settings["DATABASE_URL"] = cluster.url(asyncio.run(create_database(cluster)))
                    found = killed_under_writes(Path(folder) / f"{database}-{workers}-{number}", **settings)
                    print(f"kill -9, {database}, {workers} worker(s): {found}", flush=True)
                    is_sound &= not (found.lost or found.doubled)
        url = cluster.url(asyncio.run(create_database(cluster)))
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
