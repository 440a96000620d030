"""The keys of replies that no document names, as docs/rest.md lists them, with the reason of each."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "rest.md"
_ROW = re.compile(r"^\| `(?P<call>[A-Z]+ \S+)` \| (?P<keys>`.+?`) \| (?P<reason>.+) \|$", re.MULTILINE)


@cache
def additive_keys() -> Mapping[str, Mapping[str, str]]:
    """The reasons by call and path; `*` is any entry of a list."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## Keys beyond the documents\n")[2].partition("\n## ")[0]
    found: dict[str, dict[str, str]] = {}
    for row in _ROW.finditer(section):
        paths = (key.strip("`").replace("[]", ".*") for key in row["keys"].split(", "))
        found.setdefault(row["call"], {}).update(dict.fromkeys(paths, row["reason"]))
    return found


def values_at(reply: Any, path: str) -> Iterator[Any]:
    """What stands at a path of a reply; nothing where it has no such key."""
    name, _, rest = path.partition(".")
    if name == "*":
        entries = reply if isinstance(reply, list) else []
    else:
        entries = [reply[name]] if isinstance(reply, dict) and name in reply else []
    for entry in entries:
        yield from values_at(entry, rest) if rest else [entry]


def without(reply: Any, path: str) -> Any:
    """The reply without the key at a path."""
    name, _, rest = path.partition(".")
    if isinstance(reply, list) and name == "*":
        return [without(entry, rest) for entry in reply]
    if not isinstance(reply, dict):
        return reply
    return {key: without(value, rest) if key == name else value for key, value in reply.items() if rest or key != name}
