"""An import that ends anywhere goes on where it stopped: nothing is lost, and nothing comes twice."""

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.db.interface import observing
from models.settings import Settings
from resolvers.legacy.progress import Progress
from resolvers.scope import Services
from tests.support.clients import Clock
from tests.support.legacy import move, recorder
from tests.support.processes import ROOT

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what is noted is a row of either

TABLES = {
    "users": "name, class_name, password_hash, pursues_employment",
    "credentials": "user_id, kind, identifier",
    "clock_ins": "id, user_id, business_date, slot, location, created_at",
    "work_logs": "id, user_id, company_name",
    "work_log_status_lines": "work_log_id, recorded_at, status, stage",
    "posts": "id, author_id, title, updated_at",
    "comments": "post_id, author_id, content, created_at",
    "legacy_ids": "source, kind, old_id, new_id",
    "user_aliases": "former_id, user_id",
    "search_people": "id, account",
}
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.support.clients import Clock
from tests.support.legacy import move
from models.settings import Settings
seen = []
def watch(*_):
    seen.append(1)
    if len(seen) == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
settings = Settings.model_validate_json(sys.argv[1])
asyncio.run(move(settings, Clock(), "recorder", Path(sys.argv[2]), report=Path(sys.argv[3]), watch=watch))
"""


BATCHES = 3 + 2 + 1 + 24 + 2 + 1
"""Of 25 rows."""


class Stopped(Exception):
    pass


async def contents(settings: Settings) -> dict[str, Any]:
    """Everything that was moved in, and one event for it."""
    services = Services.from_settings(settings)
    try:
        found: dict[str, Any] = {}
        for table, columns in TABLES.items():
            rows = await services.database.fetch(text(f"SELECT {columns} FROM {table}"))  # noqa: S608 -- ours
            found[table] = Counter(map(tuple, rows))
        events = "SELECT action, details FROM audit_events WHERE action = 'import_legacy'"
        found["events"] = [tuple(row) for row in await services.database.fetch(text(events))]
        return found
    finally:
        await services.close()


@pytest.mark.usefixtures("migrated")
async def test_stopped_at_ten_places_and_killed(settings: Settings, clock: Clock, tmp_path: Path) -> None:
    dump, report = recorder(tmp_path), tmp_path / "refused.csv"
    whole = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'whole.db'}"})
    moved = await move(whole, clock, "recorder", dump, report=tmp_path / "whole.csv")
    ran = 0

    def stop_at(place: int) -> Any:
        def observer(sql: str) -> None:
            nonlocal ran
            ran += bool(ran) or "legacy_progress" in sql  # what comes before prepares the database
            if ran == place:
                raise Stopped

        return observer

    # Inside of transactions and between them: each time a few statements further than the time before.
    for part in range(1, 11):
        ran = 0
        with pytest.raises(Stopped), observing(stop_at(part * 4 + 1)):
            await move(settings, clock, "recorder", dump, report=report)
    environment = {"PATH": "", "PYTHONPATH": str(ROOT)}
    killed = subprocess.run(  # noqa: ASYNC221 -- nothing else is to be done
        [sys.executable, "-c", KILLED, settings.model_dump_json(exclude_none=True), str(dump), str(report), "3"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()

    went_on: list[int] = []

    def watch(_table: Any, _done: int, progress: Progress, _refused: Any) -> None:
        went_on.append(progress.position)

    assert await move(settings, clock, "recorder", dump, report=report, watch=watch) == moved

    assert await contents(settings) == await contents(whole)
    assert report.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert 0 < len(went_on) < BATCHES - 10, "It began anew."
