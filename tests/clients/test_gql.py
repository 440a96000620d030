"""gql, the usual GraphQL client of Python, against a server process."""

import asyncio
from typing import Any

from gql import Client, FileVar, GraphQLRequest, gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.clients.conftest import Cast
from tests.support.npm import CLIENTS

OPERATIONS = gql((CLIENTS / "operations.graphql").read_text(encoding="utf-8")).document


def operation(name: str, **variables: Any) -> GraphQLRequest:
    return GraphQLRequest(OPERATIONS, variable_values=variables, operation_name=name)


def over_http(cast: Cast, token: str = "") -> Client:
    """A client that asks for the schema first and checks what it sends against it."""
    headers = {"Apollo-Require-Preflight": "true"} | ({"Authorization": f"Bearer {token}"} if token else {})
    transport = HTTPXAsyncTransport(url=cast.url, headers=headers, timeout=60)
    return Client(transport=transport, fetch_schema_from_transport=True)


def over_websocket(cast: Cast, token: str) -> Client:
    transport = WebsocketsTransport(
        url=cast.url.replace("http", "ws", 1),
        init_payload={"Authorization": f"Bearer {token}"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    return Client(transport=transport)


async def signed_in(cast: Cast, account: str) -> str:
    async with over_http(cast) as session:
        credentials = {"identifier": account, "password": account[-6:]}
        payload = (await session.execute(operation("SignIn", input=credentials)))["signIn"]
    assert payload["errors"] == []
    token: str = payload["token"]
    return token


async def test_a_query_and_pages(cast: Cast) -> None:
    async with over_http(cast, await signed_in(cast, cast.writer)) as session:
        viewer = (await session.execute(operation("Viewer")))["viewer"]
        for number in range(1, 8):
            await session.execute(operation("CreatePost", input={"title": f"Post {number}", "content": "文"}))
        pages, after = [], None
        while True:
            posts = (await session.execute(operation("OwnPosts", first=3, after=after)))["viewer"]["posts"]
            pages.append([post["title"] for post in posts["nodes"]])
            if not posts["pageInfo"]["hasNextPage"]:
                break
            after = posts["pageInfo"]["endCursor"]

    assert (viewer["name"], viewer["account"]) == ("作者", cast.writer)
    assert posts["totalCount"] == 7
    assert pages == [["Post 7", "Post 6", "Post 5"], ["Post 4", "Post 3", "Post 2"], ["Post 1"]]


async def test_a_refusal_and_an_upload(cast: Cast) -> None:
    async with over_http(cast, await signed_in(cast, cast.writer)) as session:
        refused = await session.execute(operation("CreatePost", input={"title": "", "content": "文"}))
        picture = FileVar(str(cast.picture), filename="me.png", content_type="image/png")
        request = operation("UploadImage", input={"folder": "AVATAR", "file": picture})
        uploaded = (await session.execute(request, upload_files=True))["uploadImage"]

    assert refused == {"createPost": {"post": None, "errors": [{"code": "INVALID_INPUT", "path": ["input", "title"]}]}}
    assert uploaded["errors"] == []
    assert (uploaded["image"]["folder"], uploaded["image"]["originalName"]) == ("AVATAR", "me.png")


async def test_a_subscription(cast: Cast) -> None:
    writer, reader = await signed_in(cast, cast.writer), await signed_in(cast, cast.reader)

    async def comment_until_heard(post: str, heard: "asyncio.Task[dict[str, Any]]") -> None:
        # Nobody is told when a subscription has begun.
        async with over_http(cast, reader) as session:
            while not heard.done():
                await session.execute(operation("CreateComment", input={"postId": post, "content": "加油！"}))
                await asyncio.wait([heard], timeout=0.2)

    async with over_http(cast, writer) as session:
        created = await session.execute(operation("CreatePost", input={"title": "面经", "content": "文"}))
    post = created["createPost"]["post"]["id"]
    async with asyncio.timeout(60), over_websocket(cast, writer) as session:
        events = session.subscribe(operation("CommentAdded", postId=post))
        heard = asyncio.create_task(anext(events))
        await comment_until_heard(post, heard)
        event = await heard
        await events.aclose()

    comment = event["commentAdded"]
    assert (comment["content"], comment["author"]["name"], comment["post"]["title"]) == ("加油！", "读者", "面经")
