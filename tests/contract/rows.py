"""The five documents as data: every row of the contract files, whichever of their formats it has.

A document's examples stand once, in the `examples.json` of its API, which the product shows. Here a number stands for
the reply of that number, and `true` for the request; an example that the product does not show, such as what a
document's generator wrote where it had none, is written out.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.processes import ROOT

JSON = "application/json"
FOLDER = Path(__file__).parent
APIS = ("work_progress", "sign_cloud", "attendance", "developer_platform", "hr_feeds")


@dataclass(frozen=True)
class Field:
    """A line of a documented table: the path in the reply, with `*` for any entry of a list."""

    path: str
    type: str
    required: bool


@dataclass(frozen=True)
class Reply:
    """A documented reply: its HTTP status, and an example, or only the shape that the document gives instead.

    `fields` is its table.
    """

    status: int
    example: Any
    fields: tuple[Field, ...] = ()
    shape: Any = None


@dataclass(frozen=True)
class Row:
    """An endpoint of a document. `success` is what a success looks like where no example shows it."""

    api: str
    id: str
    method: str
    path: str
    parameters: tuple[str, ...]
    route: dict[str, Any]
    media_type: str
    request: Any
    replies: tuple[Reply, ...]
    success: Reply


def written(api: str) -> list[dict[str, Any]]:
    """A contract file as it stands."""
    rows: list[dict[str, Any]] = json.loads((FOLDER / f"{api}.json").read_text(encoding="utf-8"))
    return rows


@cache
def shown(api: str) -> dict[str, dict[str, Any]]:
    """The examples that the product shows of an API, by the ids of the rows."""
    examples: dict[str, dict[str, Any]] = json.loads(
        (ROOT / "rest_compat" / api / "examples.json").read_text(encoding="utf-8")
    )
    return examples


@cache
def document(api: str) -> list[dict[str, Any]]:
    """A contract file with the examples that it refers to."""
    rows = written(api)
    for row in rows:
        examples = shown(api)[row["id"]]
        replies = [reply["body"] for reply in examples.get("replies", ())]
        if row.get("request_example") is True:
            row["request_example"] = examples["request"]
        if "response_examples" in row:
            row["response_examples"] = [
                replies[example] if isinstance(example, int) else example for example in row["response_examples"]
            ]
        for reply in row.get("responses", ()):
            if "example" in reply:
                reply["example"] = replies[reply["example"]]
    return rows


@cache
def rows_of(api: str) -> tuple[Row, ...]:
    """The rows of a contract file."""
    return tuple(_row(api, row) for row in document(api))


@cache
def all_rows() -> dict[str, Row]:
    """Every row of every file, by its id."""
    return {row.id: row for api in APIS for row in rows_of(api)}


def _row(api: str, row: dict[str, Any]) -> Row:
    return Row(
        api=api,
        id=row["id"],
        method=row["method"],
        path=row["path"],
        parameters=tuple(parameter["name"] for parameter in row["params"]),
        route={
            parameter["name"]: parameter.get("example") for parameter in row["params"] if parameter.get("in") == "path"
        },
        media_type=row.get("content_type") or JSON,
        request=row.get("request_example"),
        replies=_replies(row),
        success=Reply(200, None, _fields(row.get("response_fields", []))),
    )


def _replies(row: dict[str, Any]) -> tuple[Reply, ...]:
    if "response_examples" in row:  # the recorder answers everything documented with 200
        table = _fields(row["response_fields"])
        return tuple(Reply(200, example, table if example["code"] == 0 else ()) for example in row["response_examples"])
    return tuple(
        Reply(reply["status"], reply.get("example"), _fields(reply.get("fields", [])), reply.get("shape"))
        for reply in row["responses"]
    )


def _fields(lines: list[dict[str, Any]]) -> tuple[Field, ...]:
    return tuple(Field(line["path"], line["type"], line.get("required", True)) for line in lines)
