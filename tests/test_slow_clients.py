"""Connections of real servers: clients that are slow on purpose are cut off, others are not, and none holds many."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from schema.engine.http.transport import MIN_RATE
from tests.support.processes import Server, running_server
from tests.support.serving import metric
from tests.support.waiting import until
from tests.support.websocket import graph_socket

PATIENCE = 60
"""Seconds until a connection that is not closed fails the test."""
ASK = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
UPLOAD = (
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nX-GraphQL-Preflight: 1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
)
PART = b'--b\r\nContent-Disposition: form-data; name="0"; filename="x.png"\r\nContent-Type: image/png\r\n\r\n'
SIGN_IN = json.dumps(
    {
        "query": 'mutation ($p: String!) { signIn(input: {identifier: "8888888888", password: $p}) { token } }',
        "variables": {"p": "admin"},
    }
).encode()
JSON = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
FROM_ELSEWHERE = b"POST /verifycode HTTP/1.1\r\nHost: x\r\nOrigin: https://elsewhere.example\r\n"
FOR_ELSEWHERE = (
    b"\r\naccess-control-allow-origin: https://elsewhere.example\r\naccess-control-allow-credentials: true\r\n"
    b"vary: Origin\r\nconnection: close\r\n\r\n"
)
FOR_ANYBODY = b"\r\naccess-control-allow-origin: *\r\nconnection: close\r\n\r\n"
HALVES = {
    "nothing": b"",
    "half a line": b"GET /hea",
    "half the headers": b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-",
    "half the headers of a handshake": b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upg",
    "no body": JSON + b"Content-Length: 100\r\n\r\n",
    "half a body": JSON + b'Content-Length: 100\r\n\r\n{"query":',
    "half a chunk": JSON + b"Transfer-Encoding: chunked\r\n\r\n40\r\n{",
    "half a body of an old API": b'POST /verifycode HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"account":',
    "half an upload": UPLOAD + b"Content-Length: 300000\r\n\r\n" + PART + b"x" * 150_000,
    "half a body that nobody reads": b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
    "half a second request": ASK + b"GET /healthz HTTP/1.1\r\nHo",
    "half a body from a page of another origin": FROM_ELSEWHERE + b"Content-Length: 99\r\n\r\n{",
    "line breaks after a request": ASK + b"\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits a second; all its clients come from an address that it trusts."""
    extra = {"SLOW_CLIENT_SECONDS": "1", "CONNECTIONS_PER_CLIENT": "1", "PASSWORD_COST": "14"}
    with running_server(tmp_path_factory.mktemp("slow") / "data", **extra) as started:
        yield started


@contextmanager
def connected(server: Server, source: str = "127.0.0.1") -> Iterator[socket.socket]:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), PATIENCE, (source, 0)) as connection:
        yield connection


def until_closed(connection: socket.socket) -> bytes:
    """What still comes, once the server has closed the connection; TimeoutError if it does not."""
    received = b""
    try:
        while part := connection.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    return received


def reply(connection: socket.socket) -> bytes:
    """The next reply, which has a length."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        assert part, received
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(int(line[16:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: "))
    while len(body) < length:
        body += connection.recv(65536)
    return head.split(b"\r\n")[0] + b"\n" + body


def wait_for_a_slow_one(server: Server) -> None:
    """Come back after a client that began now has been closed."""
    with connected(server) as connection:
        assert until_closed(connection) == b""


def told(server: Server) -> dict[str, bytes]:
    """What clients that stop half-way are told before their connections are closed; all of them at once."""
    with ExitStack() as opened:
        connections = {name: opened.enter_context(connected(server)) for name in HALVES}
        for name, connection in connections.items():
            connection.sendall(HALVES[name])
        return {name: until_closed(connection) for name, connection in connections.items()}


def check_told(name: str, received: bytes) -> None:
    """Whoever began to say something and got no reply yet is told why."""
    if HALVES[name] and not HALVES[name].startswith((ASK, b"POST /nowhere")):
        assert received.startswith(b"HTTP/1.1 408 Request Timeout\r\n"), name
        assert received.endswith(b"The request did not arrive in time.\n"), name
        allowed = FOR_ELSEWHERE if HALVES[name].startswith(FROM_ELSEWHERE) else FOR_ANYBODY
        assert allowed in received, name


@pytest.fixture(scope="module")
def received(server: Server) -> dict[str, bytes]:
    """What each of them was told."""
    return told(server)


@pytest.mark.parametrize("name", HALVES)
def test_half_a_request_is_closed(received: dict[str, bytes], name: str) -> None:
    check_told(name, received[name])


def test_a_page_of_another_origin_reads_that_it_speaks_no_http(server: Server) -> None:
    with connected(server) as connection:
        connection.sendall(FROM_ELSEWHERE + b"Content-Length: x\r\n\r\n")
        refused = until_closed(connection)

    assert refused.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert FOR_ELSEWHERE in refused
    assert refused.endswith(b"Invalid HTTP request received.\n")


def test_each_of_two_workers_closes_them(tmp_path: Path) -> None:
    with running_server(tmp_path / "data", SLOW_CLIENT_SECONDS="1", WORKERS="2") as server:
        for name, received in told(server).items():
            check_told(name, received)


@pytest.mark.parametrize("head", [b"GET /healthz HTTP/1.1\r\nX: ", JSON + b"Content-Length: 1000000\r\n\r\n"])
def test_a_byte_now_and_then_does_not_hold_it(server: Server, head: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(head)
        connection.settimeout(0.05)
        # No more than the server would close it after, by far, however busy the machine is.
        for _ in range(20 * PATIENCE):
            try:
                connection.sendall(b"x")
                if not connection.recv(1024):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("A byte now and then held the connection.")


def test_a_body_that_keeps_coming_is_taken(server: Server) -> None:
    size = 40 * MIN_RATE
    body = json.dumps({"query": "{ version }", "extensions": {"x": "x" * size}}).encode()
    with connected(server) as connection:
        connection.sendall(JSON + b"Content-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), MIN_RATE):
            connection.sendall(body[start : start + MIN_RATE])
            time.sleep(0.05)  # slower than others, and two seconds in all

        assert reply(connection).startswith(b"HTTP/1.1 200 OK\n")


def test_a_reply_may_take_longer(server: Server) -> None:
    with connected(server) as connection:
        connection.sendall(JSON + b"Content-Length: %d\r\n\r\n" % len(SIGN_IN) + SIGN_IN)
        wait_for_a_slow_one(server)

        assert b'"token":"' in reply(connection)


async def test_between_requests_and_on_a_web_socket_no_time_runs(server: Server) -> None:
    async with graph_socket(server.url) as web_socket:
        with connected(server) as connection:
            connection.sendall(ASK)
            assert reply(connection).startswith(b"HTTP/1.1 200 OK\n")
            wait_for_a_slow_one(server)
            connection.sendall(ASK)
            assert reply(connection).startswith(b"HTTP/1.1 200 OK\n")
        assert (await web_socket.result("{ version }"))["data"]["version"]


def test_who_reads_no_reply_is_closed(server: Server) -> None:
    with connected(server) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(0.5)
        for _ in range(4 * PATIENCE):
            try:
                connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 5000)
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("The server kept what nobody read.")


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that takes three connections of each client, and trusts no proxy here."""
    extra = {"CONNECTIONS_PER_CLIENT": "3", "FORWARDED_ALLOW_IPS": "10.0.0.1"}
    with running_server(tmp_path_factory.mktemp("counting") / "data", **extra) as started:
        yield started


def is_served(server: Server, source: str = "127.0.0.1") -> bool:
    with connected(server, source) as connection:
        try:
            connection.sendall(ASK)
            return connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        except ConnectionError:
            return False


async def test_a_client_has_so_many_connections_and_web_sockets_count(counting: Server) -> None:
    async def served() -> bool:
        return is_served(counting)

    await until(served)  # the connections of other tests are closed
    async with graph_socket(counting.url):
        with connected(counting) as first, connected(counting) as second, connected(counting) as refused:
            told = until_closed(refused)
            assert told.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
            assert FOR_ANYBODY in told
            for connection in (first, second):
                connection.sendall(ASK)
                assert reply(connection).startswith(b"HTTP/1.1 200 OK\n")
            assert is_served(counting, "127.0.0.2")
            assert not is_served(counting)
        await until(served)  # those that were closed left their places
    with ExitStack() as opened:
        for _ in range(2):
            opened.enter_context(connected(counting))
        await until(served)  # and so did the WebSocket
    assert (await metric(counting.url, 'connections_cut_off_total{reason="too_many"}') or 0) >= 2


@pytest.mark.parametrize("workers", ["1", "2"])
def test_stopping_waits_for_nobody_who_sent_half_a_request(tmp_path: Path, workers: str) -> None:
    with ExitStack() as opened:
        with running_server(tmp_path / "data", SLOW_CLIENT_SECONDS="3600", WORKERS=workers) as server:
            halves = [opened.enter_context(connected(server)) for _ in HALVES]
            for connection, sent in zip(halves, HALVES.values(), strict=True):
                connection.sendall(sent)
            assert is_served(server)
        # The block ends with SIGTERM, and once the process has ended.
        for connection in halves:
            until_closed(connection)
