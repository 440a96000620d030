"""The clients that front ends use, with types that graphql-codegen makes of our schema, against a server process."""

import contextlib
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.clients.conftest import Cast
from tests.support.npm import CLIENTS, require_clients, run_client
from tests.support.over_http import client_of, signed_in
from tests.support.processes import ROOT, Server

SOURCES = ("*.ts", "codegen.mjs", "*.graphql", "package.json", "tsconfig.json")
GENERATED = {"operations.graphql": "generated.ts", "month.graphql": "month.generated.ts"}
GUIDE = (ROOT / "docs" / "graphql.md").read_text(encoding="utf-8")
FRONT_ENDS = (ROOT / "docs" / "front-ends.md").read_text(encoding="utf-8")
AROUND_THE_PROGRAM = """
import { WebSocket } from 'ws';
globalThis.WebSocket = WebSocket; // Node.js 20 has none
const token = () => 'TOKEN';
const show = (comment) => { console.log(JSON.stringify(comment)); process.exit(0); };
"""
CREATE_POST = """mutation { createPost(input: {title: "指南", content: "文"}) { post { id } } }"""
COMMENT = """mutation($post: ID!) {
  createComment(input: {postId: $post, content: "听到了"}) { errors { code } } }"""
MISSPELLED = """
import type { ViewerQuery } from './generated.js';
export const nameOf = (data: ViewerQuery) => data.viewer?.nickname;
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs with generated types and documents, in their own folder."""
    require_clients()
    folder = tmp_path_factory.mktemp("clients")
    for pattern in SOURCES:
        for source in CLIENTS.glob(pattern):
            shutil.copy(source, folder)
    (folder / "node_modules").symlink_to(CLIENTS / "node_modules")
    schema = ROOT / "schema" / "schema.graphql"
    for operations, generated in GENERATED.items():
        subprocess.run(["node", "codegen.mjs", str(schema), generated, operations], cwd=folder, check=True)
    return folder


def compiled(project: Path) -> str:
    """What the compiler of TypeScript says, which is nothing when all types fit."""
    tsc = subprocess.run(["node_modules/.bin/tsc"], cwd=project, capture_output=True, text=True, check=False)
    return tsc.stdout + tsc.stderr


def test_the_client_of_the_guide_has_types(project: Path) -> None:
    """In a project of its own, for all of which it declares the defaults of Apollo."""
    (client,) = re.findall(r"^```ts\n(.*?)^```$", FRONT_ENDS, re.DOTALL | re.MULTILINE)
    folder = project / "guide"
    folder.mkdir()
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(project / name, folder)
    (folder / "node_modules").symlink_to(CLIENTS / "node_modules")
    (folder / "front_end.ts").write_text(client, encoding="utf-8")

    assert compiled(folder) == ""


@pytest.mark.parametrize("client", ["apollo", "urql", "plain"])
def test_a_client_reads_pages_writes_uploads_and_hears(project: Path, cast: Cast, client: str) -> None:
    assert compiled(project) == ""

    told = run_client(str(project / f"{client}.js"), cast.url, cast.writer, cast.reader, str(cast.picture))

    assert told == {
        "viewer": {"name": "作者", "account": cast.writer},
        "pages": [["Post 7", "Post 6", "Post 5"], ["Post 4", "Post 3", "Post 2"], ["Post 1"]],
        "refused": {"title": None, "errors": [{"code": "INVALID_INPUT", "path": ["input", "title"]}]},
        "uploaded": {"folder": "AVATAR", "name": "me.png", "errors": 0},
        "heard": {"content": "Good luck!", "author": "读者", "post": "Post 7"},
    }


def test_a_team_plays_each_role_through_its_month(project: Path, demonstrated_server: Server) -> None:
    assert compiled(project) == ""

    told = run_client(
        str(project / "month.js"), f"{demonstrated_server.url}/graphql", *demonstrated_server.administrator
    )

    assert told == {
        "administrator": {
            "created": 3,
            "edited": ["月历软件", False],
            "found": 2,
            "counted": 3,
            "deleted": True,
            "disabled": ["月历3"],
        },
        "student": {
            "created": 3,
            "commented": 1,
            "edited": ["二班", "一面（改）", True, True],
            "liked": [1, True],
            "searched": [[True, ["一面"]]],
            "restored": True,
            "found": ["三面", "二面", "一面"],
            "counted": 2,
            "deleted": True,
        },
        "teacher": {"found": [["一班", ["月历2"]]], "counted": [["一班", 1]]},
        "developer": {"created": "month", "edited": "浙江省", "found": True, "counted": 1, "deleted": True},
        "handler": {"created": "APPLIED", "edited": "REJECTED", "found": True, "counted": 1},
        "recruiter": {
            "created": "前端工程师",
            "edited": "资深前端工程师",
            "found": ["资深前端工程师"],
            "counted": 1,
            "deleted": True,
        },
    }


def test_the_program_of_the_guide_hears_of_a_comment(project: Path, server: Server, cast: Cast) -> None:
    (program,) = re.findall(r"^```js\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    with client_of(server) as http:
        bearer = {"Authorization": f"Bearer {signed_in(http, cast.writer, cast.writer[-6:])}"}
        created = http.post("/graphql", json={"query": CREATE_POST}, headers=bearer).json()
        comment = {"query": COMMENT, "variables": {"post": created["data"]["createPost"]["post"]["id"]}}
        (project / "guide.js").write_text(
            AROUND_THE_PROGRAM.replace("TOKEN", bearer["Authorization"].removeprefix("Bearer "))
            + program.replace("ws://127.0.0.1:8070", server.url.replace("http", "ws", 1)),
            encoding="utf-8",
        )
        with subprocess.Popen(["node", "guide.js"], cwd=project, stdout=subprocess.PIPE, text=True) as node:
            # Nobody is told when a subscription has begun.
            deadline = time.monotonic() + 60
            while node.poll() is None and time.monotonic() < deadline:
                http.post("/graphql", json=comment, headers=bearer)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    node.wait(0.2)
            node.kill()
            output, _ = node.communicate()

    assert json.loads(output) == {"content": "听到了", "post": {"title": "指南"}}


def test_a_field_that_the_schema_lacks_does_not_compile(project: Path) -> None:
    wrong = project / "misspelled.ts"
    wrong.write_text(MISSPELLED, encoding="utf-8")
    try:
        assert "Property 'nickname' does not exist" in compiled(project)
    finally:
        wrong.unlink()
