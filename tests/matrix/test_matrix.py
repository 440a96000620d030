"""The matrix, on both databases: a cell that is not as `expected/` says is a leak, or a right that was lost."""

import shutil
from pathlib import Path

import pytest

from models.db import Database
from models.settings import Settings
from tests.matrix.calling import Calling
from tests.matrix.images import fetch_images
from tests.matrix.listening import listen
from tests.matrix.mutations import mutation_tables
from tests.matrix.reading import Reading
from tests.matrix.tables import EXPECTED, load
from tests.matrix.world import World, new_world
from tests.matrix.writing import Writing
from tests.support.clients import Product

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Policies are decided before the database; what statements say of them is compared on both in `executor`."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """All callers come from one address, which sends more codes than a client may."""
    return settings.model_copy(update={"codes_per_client": 10_000})


@pytest.fixture
async def world(product: Product, settings: Settings, database: Database) -> World:
    return await new_world(product, settings, database)


@ON_SQLITE
async def test_every_field_as_every_caller(world: World) -> None:
    report = await Reading(world).run()

    assert report.faults == []
    assert report.cells > 15_000


@ON_SQLITE
async def test_every_mutation_as_every_caller_with_the_ids_of_others(world: World) -> None:
    report = await Writing(world).run()

    assert report.faults == []
    assert report.cells > 1500


@ON_SQLITE
async def test_every_endpoint_with_every_session(world: World) -> None:
    report = await Calling(world).run()

    assert report.faults == []
    assert report.cells > 500


@ON_SQLITE
async def test_images_and_subscriptions(world: World) -> None:
    """Together, because the making of a world takes longer than either."""
    images, subscriptions = await fetch_images(world), await listen(world)

    assert images.faults + subscriptions.faults == []
    assert (images.cells, subscriptions.cells) == (96, 96)


def test_what_is_not_declared_fails_and_says_what_to_write_where(tmp_path: Path) -> None:
    folder = shutil.copytree(EXPECTED, tmp_path / "expected")
    people, studies = folder / "types_people.toml", folder / "mutations_studies.toml"
    people.write_text(people.read_text(encoding="utf-8").replace("mustChangePassword", ""), encoding="utf-8")
    studies.write_text(studies.read_text(encoding="utf-8").replace("[clockIn]", "[clockOut]"), encoding="utf-8")

    with pytest.raises(AssertionError, match=r"User\.mustChangePassword is not in the matrix: say who may read it"):
        load(folder)
    with pytest.raises(AssertionError, match=r"clockIn is not in the matrix: .*\n.*clockOut is no mutation"):
        mutation_tables(folder)
