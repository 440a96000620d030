"""Every subscription, begun by everybody over WebSocket: who is refused, and who hears of what happens."""

import tomllib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import ConnectionClosedError

from tests.matrix.operations import do, object_type
from tests.matrix.people import Caller
from tests.matrix.reading import Report
from tests.matrix.tables import EXPECTED
from tests.matrix.world import World
from tests.support.serving import listening, served
from tests.support.websocket import GraphSocket, graph_socket


def subscription_tables() -> dict[str, dict[str, str]]:
    """Who may begin each subscription, and who hears of the event that the matrix causes."""
    found: dict[str, dict[str, str]] = tomllib.loads((EXPECTED / "subscriptions.toml").read_text(encoding="utf-8"))
    missing = sorted(set(object_type("Subscription").fields) ^ set(found))
    if missing:
        raise AssertionError(
            f"{missing}: say who may begin each subscription and who hears, in "
            "tests/matrix/expected/subscriptions.toml."
        )
    return found


async def _cause(world: World, field: str) -> None:
    """What the listeners of a subscription hear of."""
    ada, ben = world.callers["ada"].person, world.callers["ben"].person
    causes: dict[str, Callable[[], Awaitable[object]]] = {
        "clockInAdded": lambda: do(world.product, ben, "clockIn", location="教室"),
        "commentAdded": lambda: do(world.product, ada, "createComment", postId=world.ids["post_of_ada"], content="好"),
        "commentUpdated": lambda: do(
            world.product, ada, "updateComment", commentId=world.ids["comment_of_ada"], content="更好"
        ),
        "notificationReceived": lambda: do(
            world.product, ada, "cancelSignApplication", applicationId=world.ids["application_of_ada"]
        ),
        "signApplicationMoved": lambda: do(
            world.product, world.callers["dora"].person, "signContract", applicationId=world.ids["application_of_dora"]
        ),
        "recommendationAdded": lambda: do(
            world.product, world.callers["dora"].person, "sendResume", feedId=world.ids["feed_of_rita"]
        ),
    }
    await causes[field]()


async def listen(world: World) -> Report:
    """Each subscription in turn, all callers at once."""
    report = Report()
    async with served(world.product) as url:
        for field, table in subscription_tables().items():
            async with AsyncExitStack() as stack:
                begun: list[tuple[Caller, GraphSocket]] = []
                for caller in world.callers.values():
                    report.cells += 1
                    payload = dict(caller.person.bearer) if caller.person else None
                    if caller.name in {"expired", "revoked"}:
                        with pytest.raises(ConnectionClosedError):  # no connection at all
                            await stack.enter_async_context(graph_socket(url, payload))
                        continue
                    socket = await stack.enter_async_context(graph_socket(url, payload))
                    if not any(caller.belongs_to(word) for word in table["callers"].split()):
                        codes = await socket.refusal(f"subscription {{ {field} {{ __typename }} }}")
                        expected = "UNAUTHENTICATED" if caller.user_id is None else "FORBIDDEN"
                        if codes != [expected]:
                            report.faults.append(f"{field} as {caller.name}: {codes}, not {expected}")
                        continue
                    await socket.start(f"subscription {{ {field} {{ __typename }} }}")
                    begun.append((caller, socket))
                await listening(url, field, len(begun))
                await _cause(world, field)
                for caller, socket in begun:
                    hears = table["hears"] == "all" or caller.name in table["hears"].split()
                    if hears and (await socket.receive())["type"] != "next":
                        report.faults.append(f"{field} as {caller.name}: hears nothing")
                    await socket.send(type="ping")
                    if (message := await socket.receive())["type"] != "pong":
                        report.faults.append(f"{field} as {caller.name}: hears {message}")
    return report
