"""A few clients that read and write all the time, as through a proxy, and what became of each request."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2

READ = {"query": "{ viewer { name clockIns { totalCount } } }"}
WRITE = """mutation ($text: String!) {
  createPost(input: {title: "负载", content: $text}) { post { content } errors { code } }
}"""
CLIENTS = 4
PAUSE = 0.1
"""Seconds between the requests of a client, lest they leave nothing of a small machine for what is tried."""
DONE = "done"


class Load:
    """Who asks for and writes what, at several servers."""

    def __init__(self, servers: Sequence[str], token: str) -> None:
        self._servers = servers
        self._headers = {"Authorization": f"Bearer {token}"}
        self._numbers = itertools.count()
        self._is_over = False
        self.read: set[str] = set()
        """What reads were answered."""
        self.acknowledged: list[str] = []
        """The texts of the posts that were acknowledged."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Counter[str]]:
        """While the block runs; what became of the requests: done, a status, or how the connection ended."""
        seen: Counter[str] = Counter()
        self._is_over = False
        async with asyncio.TaskGroup() as clients:
            for number in range(CLIENTS):
                clients.create_task(self._ask(number, seen))
            try:
                yield seen
            finally:
                self._is_over = True

    async def _ask(self, number: int, seen: Counter[str]) -> None:
        """Half of the clients write, and half of them keep their connections."""
        writes = number % 2
        headers = self._headers if number < CLIENTS // 2 else {**self._headers, "Connection": "close"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as client:
            while not self._is_over:
                mark = next(self._numbers)
                text = f"post {mark}"
                body = {"query": WRITE, "variables": {"text": text}} if writes else READ
                servers = self._servers if mark % 4 < 2 else self._servers[::-1]
                try:
                    reply = await self._send(client, servers, body)
                except httpx2.TransportError as error:
                    seen[type(error).__name__] += 1
                    continue
                if reply.status_code != httpx2.codes.OK:
                    seen[str(reply.status_code)] += 1
                elif not writes:
                    self.read.add(reply.text)
                    seen[DONE] += 1
                elif reply.json() == {"data": {"createPost": {"post": {"content": text}, "errors": []}}}:
                    self.acknowledged.append(text)
                    seen[DONE] += 1
                else:
                    seen[reply.text] += 1
                await asyncio.sleep(PAUSE)

    async def _send(self, client: httpx2.AsyncClient, servers: Sequence[str], body: dict[str, Any]) -> httpx2.Response:
        """As a proxy does: a server that takes no connections is passed over, and nothing is sent twice."""
        for server in servers[:-1]:
            try:
                return await client.post(f"{server}/graphql", json=body)
            except httpx2.ConnectError:
                continue
        return await client.post(f"{servers[-1]}/graphql", json=body)
