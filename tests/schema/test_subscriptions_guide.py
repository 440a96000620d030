"""The guide to subscriptions tells of all of them, and its examples run."""

import asyncio
import re
import sys

from graphql import parse, validate

from models.settings import Settings
from schema.schema import build_schema
from tests.support.offices import administrator_of
from tests.support.processes import ROOT, Server
from tests.support.serving import listening

GUIDE = (ROOT / "docs" / "subscriptions.md").read_text(encoding="utf-8")
SCHEMA = build_schema()._schema
CREATE_POST = """mutation { createPost(input: {title: "指南", content: "文"}) { post { id } } }"""
COMMENT = (
    """mutation($postId: ID!) { createComment(input: {postId: $postId, content: "听到了"}) { errors { code } } }"""
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


def test_every_subscription_has_a_row() -> None:
    assert SCHEMA.subscription_type is not None
    rows = set(re.findall(r"^\| `(\w+)", GUIDE, re.MULTILINE))

    assert set(SCHEMA.subscription_type.fields) <= rows


def test_every_setting_is_told_of() -> None:
    settings = {name.upper() for name in Settings.model_fields if name.startswith("websocket_")}

    assert len(settings) == 6
    assert {name for name in settings if f"`{name}`" not in GUIDE} == set()


def test_the_operations_are_valid() -> None:
    operations = blocks("graphql")

    assert len(operations) == 2
    for operation in operations:
        assert validate(SCHEMA, parse(operation)) == []


async def test_the_program_hears_of_a_comment(server: Server) -> None:
    (program,) = blocks("python")
    administrator = await administrator_of(server.url)
    post = (await administrator.run(CREATE_POST))["createPost"]["post"]["id"]
    program = program.replace("ws://127.0.0.1:8070", server.url.replace("http", "ws", 1))
    program = program.replace("Bearer TOKEN", administrator.bearer["Authorization"])

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    await listening(server.url, "commentAdded")
    await administrator.run(COMMENT, postId=post)
    output, _ = await process.communicate()

    assert output.decode() == "听到了\n"
    assert process.returncode == 0
