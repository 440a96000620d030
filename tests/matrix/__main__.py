"""`python -m tests.matrix`: how many cells the matrix has, by kind. It tries them on a new SQLite database."""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from models.db import Database
from models.settings import Settings
from server import configure_logging, create_app
from tests.matrix.calling import Calling
from tests.matrix.images import fetch_images
from tests.matrix.listening import listen
from tests.matrix.reading import Reading
from tests.matrix.world import World, new_world
from tests.matrix.writing import Writing
from tests.support.clients import Clock, running


@asynccontextmanager
async def home() -> AsyncIterator[World]:
    """A world in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            data_dir=Path(folder),
            database_url=f"sqlite:///{folder}/matrix.db",
            password_cost=4,
            demo_data=False,
            matching=False,
            sqlite_synchronous="OFF",
            log_level="ERROR",
            codes_per_client=10_000,
        )
        configure_logging(settings)
        clock, database = Clock(), Database(settings.effective_database_url)
        async with running(create_app(settings, clock), clock, settings.database_url) as product:
            yield await new_world(product, settings, database)
        await database.close()


async def main() -> int:
    """Print the table; 1 if a cell is not as expected."""
    reports, began = {}, time.monotonic()
    async with home() as world:
        reports["fields"] = await Reading(world).run()
        reports["private images"] = await fetch_images(world)
        reports["mutations"] = await Writing(world).run()
    async with home() as world:
        reports["subscriptions"] = await listen(world)
        reports["endpoints"] = await Calling(world).run()
    faults = [fault for report in reports.values() for fault in report.faults]
    for kind, report in reports.items():
        print(f"{kind:16} {report.cells:8,} cells {len(report.faults):6} faults")
    total = sum(report.cells for report in reports.values())
    print(f"{'all':16} {total:8,} cells {len(faults):6} faults in {time.monotonic() - began:.0f} s")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
