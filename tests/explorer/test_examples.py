"""The examples of the explorer, each as the person of its group, on the demonstration data."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from graphql import DocumentNode, OperationDefinitionNode, OperationType, parse, print_ast

from resolvers.demonstration.visitors import ADMINISTRATOR, VISITORS, Visitor
from tests.support.clients import Person, Product
from tests.support.serving import metric, served
from tests.support.waiting import until
from tests.support.websocket import graph_socket

EXAMPLES = Path(__file__).parents[2] / "explorer" / "examples"
SIGN_IN = """mutation ($input: SignInInput!) {
  signed: signIn(input: $input) { token user { databaseId roles } errors { message } } }"""
WECHAT = """mutation ($input: WechatInput!) {
  signed: signInWithWechat(input: $input) { token user { databaseId roles } errors { message } } }"""
MAY_BE_EMPTY = {
    "currentClockIn",  # the data ends the day before
    "watchedResumes",  # nobody is on the watch list before somebody is put there
    "recommendations",  # they are computed once the server runs
    "looseningHints",  # and with them, for a feed that hardly anybody fits
    "readAt",
    "signedAt",
    "contract",
    "actor",  # of what the start did
}
ROLES = {
    "administrator": ["ADMINISTRATOR"],
    "handler": ["HANDLER"],
    "recruiter": ["RECRUITER"],
    "teacher": ["TEACHER"],
}


def operations(group: str) -> dict[str, OperationDefinitionNode]:
    """The examples of a group by their names."""
    document: DocumentNode = parse((EXAMPLES / f"{group}.graphql").read_text(encoding="utf-8"))
    nodes = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return {node.name.value: node for node in nodes if node.name is not None}


async def signed_in(product: Product, visitor: Visitor) -> Person:
    document = WECHAT if "program" in visitor.sign_in else SIGN_IN
    signed = (await product.data(document, {"input": dict(visitor.sign_in)}))["signed"]
    assert signed["errors"] == []
    assert signed["user"]["roles"] == ROLES.get(visitor.role, [])
    return Person(signed["user"]["databaseId"], "", signed["token"])


def empty_parts(value: Any, path: str) -> list[str]:
    """Where a result shows nothing: null, or a list without entries."""
    if path.rpartition(".")[2] in MAY_BE_EMPTY:
        return []
    if value is None or value == []:
        return [path]
    if isinstance(value, dict):
        return [part for name, child in value.items() for part in empty_parts(child, f"{path}.{name}")]
    if isinstance(value, list):
        return [part for child in value[:1] for part in empty_parts(child, path)]
    return []


async def test_every_example_runs_for_its_role_and_shows_something(
    demonstrated: Product, subtests: pytest.Subtests
) -> None:
    people: dict[str, Person | None] = {"everyone": None}
    for visitor in (*VISITORS, ADMINISTRATOR):
        people[visitor.role] = await signed_in(demonstrated, visitor)
    assert {path.stem for path in EXAMPLES.glob("*.graphql")} == people.keys()
    kinds = list(OperationType)
    async with served(demonstrated) as url:
        for group, person in people.items():
            nodes = operations(group)
            assert [node.operation for node in nodes.values()] == sorted(
                (node.operation for node in nodes.values()), key=kinds.index
            ), group
            for name, node in nodes.items():
                with subtests.test(f"{group} {name}"):
                    if node.operation is OperationType.SUBSCRIPTION:
                        await check_listens(url, print_ast(node), person)
                        continue
                    data = await demonstrated.data(print_ast(node), person=person)
                    if node.operation is OperationType.QUERY:
                        assert empty_parts(data, "") == []
                    else:
                        assert [payload["errors"] for payload in data.values()] == [[]]


async def check_listens(url: str, query: str, person: Person | None) -> None:
    """Fail unless the subscription begins to listen: a message would be its refusal, since nothing happens."""
    node = parse(query).definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    field = getattr(node.selection_set.selections[0], "name").value  # noqa: B009
    async with graph_socket(url, person.bearer if person else None) as socket:
        await socket.start(query)
        refused = asyncio.create_task(socket.receive())

        async def is_decided() -> bool:
            return refused.done() or await metric(url, f'graphql_subscriptions{{field="{field}"}}') == 1

        await until(is_decided)
        assert not refused.done(), refused.result()
        refused.cancel()


def test_no_name_stands_for_two_examples() -> None:
    names = [(path.stem, name) for path in EXAMPLES.glob("*.graphql") for name in operations(path.stem)]

    assert len({name for _, name in names}) == len(names)
