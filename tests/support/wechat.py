"""A server that answers `jscode2session` as WeChat does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRETS = {"wx-sign": "sign-secret", "wx-attendance": "attendance-secret"}
"""The secret of each app id that the server knows."""


class FakeWechat:
    """The codes that it gave out, each good once, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, str]] = []
        self.raw: tuple[int, bytes] | None = None
        """What is answered instead of the truth: a status and a body."""
        self._codes: dict[tuple[str, str], dict[str, Any]] = {}
        self._used: set[tuple[str, str]] = set()

    def give(self, app_id: str, code: str, **reply: Any) -> str:
        """A code of a program, and what it stands for."""
        self._codes[app_id, code] = reply
        return code

    def answer(self, target: str) -> tuple[int, bytes]:
        parsed = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parsed.query).items()}
        self.asked.append({"path": parsed.path, **query})
        if self.raw is not None:
            return self.raw
        return 200, json.dumps(self._reply(query)).encode()

    def _reply(self, query: dict[str, str]) -> dict[str, Any]:
        app_id, key = query["appid"], (query["appid"], query["js_code"])
        if app_id not in SECRETS:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if query["secret"] != SECRETS[app_id]:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if key in self._used:
            return {"errcode": 40163, "errmsg": "code been used"}
        if key not in self._codes:
            return {"errcode": 40029, "errmsg": "invalid code"}
        self._used.add(key)
        return {"session_key": "c2Vzc2lvbg==", **self._codes[key]}


@contextmanager
def running_wechat() -> Iterator[FakeWechat]:
    """The server, on a free port of this machine, until the block ends."""
    wechat = FakeWechat()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = wechat.answer(self.path)
            self.send_response(status)
            self.send_header("content-type", "text/plain")  # as WeChat sends its JSON
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    wechat.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield wechat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
