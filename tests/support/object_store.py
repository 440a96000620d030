"""A throwaway S3-compatible server, from npm."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.npm import CLIENTS, require_clients
from tests.support.postgresql import free_port

BUCKET = "pictures"
KEY = "S3RVER"
"""The access key that the server knows; its secret is the same."""


@dataclass
class ObjectStore:
    """The server: its objects survive that it is stopped and started again, at the same port."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[str] | None" = None

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a product that keeps its uploads there."""
        return {
            "storage_url": f"s3://{BUCKET}/careergraph",
            "s3_endpoint_url": f"http://127.0.0.1:{self.port}",
            "aws_access_key_id": KEY,
            "aws_secret_access_key": KEY,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same as environment variables."""
        return {name.upper(): value for name, value in self.settings.items()}

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = ["node", "s3.mjs", str(self.port), str(self.folder), BUCKET]
        self.process = subprocess.Popen(command, cwd=CLIENTS, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def stop(self) -> None:
        """End it, unless it has ended."""
        if self.process is not None:
            self.process.terminate()
            self.process.communicate(timeout=30)
            self.process = None

    def objects(self) -> dict[str, Path]:
        """The files behind the objects, by what stands after the bucket."""
        suffix = "._S3rver_object"
        root = self.folder / BUCKET
        return {str(path.relative_to(root)).removesuffix(suffix): path for path in root.rglob(f"*{suffix}")}


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """A store that ends with the block."""
    require_clients()
    store = ObjectStore(folder)
    store.start()
    try:
        yield store
    finally:
        store.stop()
