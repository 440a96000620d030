"""The guide's examples do on a server with demonstration data what the guide says."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import GraphQLObjectType, parse, validate

from schema.schema import build_schema
from tests.support.images import encoded
from tests.support.processes import ROOT, Server, running_server

GUIDE = (ROOT / "docs" / "graphql.md").read_text(encoding="utf-8")
PAGES = {page.name: page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md")}
EDITING = PAGES["editing.md"]
ADDRESS = "http://127.0.0.1:8070"
FENCE = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CAPTURE = re.compile(r"→ `([A-Z_]+)` is `([\w.]+)`")
BEARER = re.compile(r"`Authorization: Bearer ([A-Z]+)`")
REFUSED = re.compile(r"→ is refused with `(\w+)`")
STOPPED = re.compile(r"→ stops with `(\w+)`")
UNTIL = re.compile(r"→ until `([\w.]+)` is true")


@dataclass
class Example:
    """A block that is run, and what the guide says of its reply up to the next one."""

    language: str
    source: str
    variables: str = "{}"
    reply: str | None = None
    text: str = ""

    def said(self, what: re.Pattern[str]) -> str | None:
        found = what.search(self.text)
        return found and found[1]


def examples(guide: str) -> Iterator[Example]:
    """The blocks that are run, in order."""
    example = None
    end = 0
    for block in FENCE.finditer(guide):
        if example is not None:
            example.text += guide[end : block.start()]
        end = block.end()
        language, kind, source = block.groups()
        if language == "json" and example is not None:
            if kind == "reply":
                example.reply = source
            else:
                example.variables = source
        elif language in ("graphql", "sh"):
            if example is not None:
                yield example
            example = Example(language, source)
    if example is not None:
        example.text += guide[end:]
        yield example


@dataclass
class Reader:
    """Somebody who follows the guide, in a folder with a picture `me.png`."""

    server: Server
    folder: Path
    words: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def follow(self, example: Example) -> None:
        """Run an example, check the reply against what the guide says, and note what it says to note."""
        replies = self.replies(example)
        waited_for = example.said(UNTIL)
        deadline = time.monotonic() + 60
        while waited_for and not at(replies[-1]["data"], waited_for) and time.monotonic() < deadline:
            time.sleep(0.05)
            replies = self.replies(example)
        if waited_for:
            assert at(replies[-1]["data"], waited_for) is True
        for reply in replies:
            self.check(example, reply)
        for word, path in CAPTURE.findall(example.text):
            self.words[word] = str(at(replies[-1]["data"], path))
        if bearer := example.said(BEARER):
            self.token = self.words[bearer]

    def replies(self, example: Example) -> list[dict[str, Any]]:
        if example.language == "sh":
            script = self.filled(example.source).replace(ADDRESS, self.server.url).replace("\ncurl", "\necho\ncurl")
            command = ["bash", "-euo", "pipefail", "-c", script]
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=self.folder)
            return [json.loads(line) for line in done.stdout.splitlines()]
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": example.source, "variables": json.loads(self.filled(example.variables))}
        response = httpx2.post(f"{self.server.url}/graphql", json=body, headers=headers, timeout=60)
        return [response.json()]

    def filled(self, text: str) -> str:
        """The text with what was noted in the places of its words."""
        return re.sub(r"\b[A-Z_]{4,}\b", lambda word: self.words.get(word[0], word[0]), text)

    def check(self, example: Example, reply: dict[str, Any]) -> None:
        stopped = example.said(STOPPED)
        codes = [error["extensions"]["code"] for error in reply.get("errors", [])]
        assert codes == ([stopped] if stopped else []), (example.source, reply)
        if not stopped:
            payloads = [value for value in reply["data"].values() if isinstance(value, dict) and "errors" in value]
            refused = example.said(REFUSED)
            found = [error["code"] for payload in payloads for error in payload["errors"]]
            assert found == ([refused] if refused else []), (example.source, reply)
        if example.reply is not None:
            assert reply == json.loads(example.reply)


def at(value: Any, path: str) -> Any:
    """What a dotted path leads to."""
    for name in path.split("."):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("guide") / "data", DEMO_DATA="1") as started:
        yield started


def test_the_examples_run_in_their_order(demonstration: Server, tmp_path: Path) -> None:
    (tmp_path / "me.png").write_bytes(encoded("PNG"))
    reader = Reader(demonstration, tmp_path)
    found = list(examples(GUIDE))
    assert len(found) > 40

    for example in found:
        reader.follow(example)

    assert set(CAPTURE.findall(GUIDE)) == {pair for example in found for pair in CAPTURE.findall(example.text)}


def test_the_operations_of_all_pages_fit_the_schema() -> None:
    schema = build_schema()._schema
    found = [(page, text) for page in PAGES for text in re.findall(r"```graphql\n(.*?)```", PAGES[page], re.DOTALL)]

    assert {"graphql.md", "editing.md", "talent.md", "users.md", "teachers.md"} <= {page for page, _ in found}
    for page, text in found:
        assert validate(schema, parse(text)) == [], (page, text)


def test_every_permission_hint_and_what_can_be_restored_is_listed() -> None:
    schema = build_schema()._schema
    rows = re.findall(r"^\|([^|]*)\|([^|]*)\|", EDITING, re.MULTILINE)
    listed: dict[str, set[str]] = {}
    owners: list[str] = []
    for types, hints in rows:
        owners = re.findall(r"`(\w+)`", types) or owners
        for owner in owners:
            listed.setdefault(owner, set()).update(re.findall(r"`(viewerCan\w+)`", hints))
    hints_of = {
        owner: {name for name in type_.fields if name.startswith("viewerCan")}
        for owner, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLObjectType)
    }
    mutations: Any = schema.mutation_type
    undo = EDITING.partition("## Undo")[2].partition("return a `deletedItem`")[0]

    assert {owner: hints for owner, hints in listed.items() if hints} == {
        owner: hints for owner, hints in hints_of.items() if hints
    }
    assert set(re.findall(r"`(\w+)`", undo)) == {
        name for name, field in mutations.fields.items() if "deletedItem" in getattr(field.type.of_type, "fields", {})
    }


def test_the_table_of_codes_is_that_of_the_schema() -> None:
    section = GUIDE.partition("## Errors")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)

    codes: Any = build_schema()._schema.type_map["ErrorCode"]
    assert rows == [(name, value.description) for name, value in codes.values.items()]


def test_every_link_within_the_documentation_leads_somewhere() -> None:
    read_me = (ROOT / "README.md").read_text(encoding="utf-8")
    for folder, page, text in ((ROOT, "README.md", read_me), *((ROOT / "docs", *named) for named in PAGES.items())):
        for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", text):
            if "://" in target:
                continue
            assert not target or (folder / target).exists(), (page, target)
            if anchor:
                linked = (folder / target).read_text(encoding="utf-8") if target else text
                titles = re.findall(r"^#+ (.*)$", linked, re.MULTILINE)
                headings = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
                assert anchor in headings, (page, target, anchor)
