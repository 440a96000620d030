"""`copy-uploads`, and `doctor` of an object store."""

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Cli, in_process
from tests.cli.test_doctor import lines
from tests.support.object_store import object_store

ROW = (
    "INSERT INTO uploads (folder, name, original_name, media_type, kilobytes, client, created_at, updated_at)"
    " VALUES ('avatar', '{name}', 'a.jpg', 'image/jpeg', 1, '', '2026-01-01 00:00:00.000000',"
    " '2026-01-01 00:00:00.000000')"
)


def counts(cli: Cli, **environment: str) -> tuple[int, dict[str, object]]:
    done = cli("copy-uploads", "--json", **environment)
    return done.returncode, json.loads(done.stdout)


def test_uploads_are_copied_once_and_those_that_are_nowhere_are_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    cli = in_process({"DATA_DIR": str(data)})
    cli("migrate")
    names = [f"{number:032x}.jpg" for number in range(3)]
    (data / "storage" / "avatar").mkdir(parents=True)
    with sqlite3.connect(data / "careergraph.db") as connection:
        for name in names:
            connection.execute(ROW.format(name=name))
            (data / "storage" / "avatar" / name).write_bytes(name.encode())
    connection.close()

    elsewhere = cli("copy-uploads")
    assert (elsewhere.returncode, "set STORAGE_URL" in elsewhere.stderr) == (2, True)

    (tmp_path / "objects").mkdir()
    with object_store(tmp_path / "objects") as store:
        first = counts(cli, **store.environment)
        (data / "storage" / "avatar" / names[0]).unlink()
        store.objects()[f"careergraph/avatar/{names[1]}"].unlink()
        second = counts(cli, **store.environment)
        store.objects()[f"careergraph/avatar/{names[0]}"].unlink()
        third = counts(cli, **store.environment)
        copied = {path.read_bytes().decode() for path in store.objects().values()}
        sound = lines(cli("doctor", **store.environment).stdout)["uploads"]
        left = set(store.objects())
        wrong = cli("doctor", **store.environment | {"AWS_SECRET_ACCESS_KEY": "wrong-secret"})
    away = cli("copy-uploads", **store.environment)

    assert first == (0, {"copied": 3, "present": 0, "missing": []})
    assert second == (0, {"copied": 1, "present": 2, "missing": []})
    assert third == (1, {"copied": 0, "present": 2, "missing": [f"avatar/{names[0]}"]})
    assert copied == set(names[1:])
    assert sound == ["ok s3://pictures/careergraph keeps, gives back and removes objects"]
    assert left == {f"careergraph/avatar/{name}" for name in names[1:]}
    assert wrong.returncode == 1
    assert "(SignatureDoesNotMatch)" in lines(wrong.stdout)["uploads"][0]
    assert "wrong-secret" not in wrong.stdout + wrong.stderr
    assert away.returncode == 3
