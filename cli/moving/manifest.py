"""What an export says about itself, and which tables it has."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, StringConstraints
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import Column, LargeBinary

from cli.running import err
from models.base import MAX_ID
from models.tables import DERIVED, metadata

MANIFEST = "manifest.json"
TABLES, UPLOADS = "tables", "uploads"
EXPORTED = [table for table in metadata.sorted_tables if not table.name.startswith(DERIVED)]
"""The tables, those first that others refer to."""
CHUNK = 1024 * 1024


FileName = Annotated[
    str,
    StringConstraints(pattern=r"^(tables/[a-z_]{1,63}\.(jsonl|csv)|uploads/[a-z-]{1,32}/[0-9a-f]{32}\.[a-z]{3,4})$"),
]


class Format(StrEnum):
    """How the rows are written."""

    JSONL = "jsonl"
    CSV = "csv"


class Exported(BaseModel):
    """A file of an export: its size and checksum."""

    size: int
    sha256: str


class Manifest(BaseModel):
    """What an export holds. `last_ids` are the largest ids that were ever given, since none is given twice.

    `key` is the id of the secret key that encrypted values need. `missing` are uploads whose files were not in the
    storage.
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    product: Literal["careergraph"] = "careergraph"
    version: str
    migration: str
    made_at: datetime
    rows_as: Format
    key: str
    rows: dict[str, NonNegativeInt]
    last_ids: dict[str, Annotated[int, Field(ge=0, le=MAX_ID)]]
    files: dict[FileName, Exported]
    missing: list[str]

    @property
    def uploads(self) -> list[tuple[str, str]]:
        """The folders and names of the files that people uploaded."""
        found = [name.split("/") for name in self.files]
        return [(each[1], each[2]) for each in found if each[0] == UPLOADS]


def checked(path: Path) -> Exported:
    """The size and checksum of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return Exported(size=path.stat().st_size, sha256=digest.hexdigest())


def is_binary(column: Column[object]) -> bool:
    """Whether the values are bytes, which stand in base64."""
    return isinstance(column.type, LargeBinary)


class Bar:
    """How far the work is, shown on a terminal alone."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def on(self, table: str, rows: int) -> None:
        """So many rows more of this table are done."""
        self._progress.update(self._task, description=table, advance=rows)


@contextmanager
def showing(rows: Mapping[str, int]) -> Iterator[Bar]:
    """A bar of these rows, while the block runs."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        yield Bar(progress, progress.add_task("", total=sum(rows.values())))
