"""The position of each part of an old reply in the data of the operation."""

from collections.abc import Iterator, Mapping
from functools import singledispatch
from typing import Any

import orjson

from rest_compat.endpoint import FileReply
from rest_compat.hr_feeds.shapes import Joined
from rest_compat.migration_guide.parameters import code
from rest_compat.reply import Constant, Each, Keyed, Object, Or, Part, Via
from rest_compat.sign_cloud.shapes import First, WithExtras

Row = tuple[str, str]
"""The old name, and the source of its value."""


def reply_rows(template: Any, name: str, path: str = "") -> Iterator[Row]:
    """What a template makes of the data at `path`, from the outside in."""
    match template:
        case None:
            return
        case str():
            yield code(name), code(_joined(path, template))
        case Mapping():
            for key, part in template.items():
                yield from reply_rows(part, _joined(name, key), path)
        case FileReply():
            yield "the file", code(template.path)
        case _:
            yield from part_rows(template, name, path)


@singledispatch
def part_rows(_part: Part, name: str, path: str) -> Iterator[Row]:
    """The rows of a template that is more than a path; made of several fields where it is of no known kind."""
    yield code(name), "computed from the selected fields" + (f" under {code(path)}" if path else "")


@part_rows.register
def _(part: Constant, name: str, _path: str) -> Iterator[Row]:
    yield code(name), f"always {code(orjson.dumps(part.value).decode())}"


@part_rows.register
def _(part: Via, name: str, path: str) -> Iterator[Row]:
    place = _joined(path, part.path)
    yield code(name), f"{code(place)}, in another format" if place else "computed from the selected fields"


@part_rows.register
def _(part: Or, name: str, path: str) -> Iterator[Row]:
    for old, new in reply_rows(part.template, name, path):
        yield old, f"{new}; {code(orjson.dumps(part.otherwise).decode())} if that is null"


@part_rows.register
def _(part: Each, name: str, path: str) -> Iterator[Row]:
    yield from reply_rows(part.template, f"{name}[]", f"{_joined(path, part.path)}[]")


@part_rows.register
def _(part: Object, name: str, path: str) -> Iterator[Row]:
    yield from reply_rows(part.template, name, _joined(path, part.path))


@part_rows.register
def _(part: Keyed, name: str, path: str) -> Iterator[Row]:
    entries = f"{_joined(path, part.path)}[]"
    yield from reply_rows(part.template, f"{name}.<{part.key}>", entries)


@part_rows.register
def _(part: First, name: str, path: str) -> Iterator[Row]:
    yield from reply_rows(part.template, name, f"{_joined(path, part.path)}[0]")


@part_rows.register
def _(part: WithExtras, name: str, path: str) -> Iterator[Row]:
    yield code(f"{name}.*"), code(_joined(path, "extras"))
    yield from reply_rows(part.template, name, path)


@part_rows.register
def _(part: Joined, name: str, path: str) -> Iterator[Row]:
    entry = f".{part.key}" if part.key else ""
    yield code(name), f"{code(f'{_joined(path, part.path)}[]{entry}')}, as a comma-separated text"


def _joined(path: str, name: str) -> str:
    return ".".join(part for part in (path, name) if part)
