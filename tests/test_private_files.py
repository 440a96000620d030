"""Other users of the machine may open nothing of what the product keeps."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import Settings
from server import create_app
from tests.cli.conftest import in_process
from tests.support.clients import Clock, running
from tests.support.images import upload
from tests.support.keys import PRODUCTION_KEY

ASK = 'mutation { sendCredentialCode(input: {kind: EMAIL, address: "a@example.com"}) { errors { code } } }'


@pytest.fixture
def _open_by_default() -> Iterator[None]:
    """New files are readable for all, as they are by most systems' defaults."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def wide(folder: Path) -> dict[str, str]:
    """What group or others may do something with."""
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in [folder, *folder.rglob("*")]}
    return {str(path.relative_to(folder)): oct(mode) for path, mode in modes.items() if mode & 0o077}


@pytest.mark.usefixtures("_open_by_default")
async def test_everything_in_the_data_directory_is_private(tmp_path: Path, clock: Clock) -> None:
    data_dir = tmp_path / "data"
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=data_dir,
        demo_data=False,
        password_cost=4,
        log_level="ERROR",
    )
    # As an older release left it.
    (data_dir / "storage" / "avatar").mkdir(parents=True)
    (data_dir / "secret_key").write_text(PRODUCTION_KEY)
    (data_dir / "careergraph.db").touch()
    doctor = in_process({"DATA_DIR": str(data_dir)})

    before = doctor("doctor").stdout
    async with running(create_app(settings, clock), clock, "") as product:
        person = await product.administrator()
        await upload(product, person)
        assert (await product.data(ASK, person=person))["sendCredentialCode"] == {"errors": []}
        names = {path.name for path in data_dir.iterdir()}
        while_it_runs = wide(data_dir)
    after = doctor("doctor").stdout

    (shared,) = [line for line in before.splitlines() if line.startswith("note files: others may open ")]
    named = ["", "/careergraph.db", "/secret_key", "/storage", "/storage/avatar"]
    assert sorted(shared.partition("chmod go= ")[2].split()) == [f"{data_dir}{name}" for name in named]
    made = {"careergraph.db", "careergraph.db-wal", "careergraph.db-shm", "secret_key", "storage", "outbox"}
    assert made <= names
    assert len(list(data_dir.glob("outbox/*.json"))) == len(list(data_dir.glob("storage/*/*"))) == 1
    assert while_it_runs == {}
    assert wide(data_dir) == {}
    assert "ok   files: other users of this machine may open none of them" in after
