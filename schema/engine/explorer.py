"""The GraphiQL page, the pages beside it and their files, as `explorer/` builds them; lacking a build, GraphiQL comes
from a CDN, and the other pages are not there.
"""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import orjson
import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

DIST = Path(__file__).resolve().parents[2] / "explorer" / "dist"

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # the editor places its lines with style attributes
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "worker-src": "'self'",
    "connect-src": "'self' ws: wss:",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_PAGES = {"/insight": "insight", "/schema-map": "map"}
"""The pages beside /graphql, and what the manifest calls them."""
_CDN = "https://unpkg.com"
_TOLD = '<meta name="careergraph" content="{}">'
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

_ASSET_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # in the order of preference; the build wrote both
_REFUSED = re.compile(r"\s*q=0(\.0*)?\s*")

_log = structlog.get_logger()


class _Sizes(TypedDict):
    identity: int
    br: NotRequired[int]
    gzip: NotRequired[int]


class _Asset(TypedDict):
    type: str
    sizes: _Sizes


@dataclass(frozen=True, slots=True)
class Explorer:
    """What the server needs of the build: `page()` for a browser that asks for /graphql, and `routes` for the files and
    the other pages, whose paths are `pages`.
    """

    html: str
    policy: str
    routes: Sequence[BaseRoute] = ()
    pages: frozenset[str] = frozenset()

    def page(self) -> Response:
        """The page, for a browser."""
        return html_page(self.html, self.policy)


def html_page(html: str, policy: str, **more: str) -> Response:
    """A page of ours with its content security policy, and more headers, whose names have underscores here."""
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",  # a shared link carries a query
        "Vary": "Accept",
        "X-Content-Type-Options": "nosniff",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return HTMLResponse(html, headers=headers)


def policy_text(directives: Mapping[str, str]) -> str:
    """The directives as a Content-Security-Policy header."""
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def load_explorer(
    dist: Path = DIST, *, path: str = "/graphql/explorer", told: Mapping[str, object] | None = None
) -> Explorer:
    """Read the build once, at start. `path` is where the page expects its files: next to /graphql. `told` is what the
    page has to know of this server.
    """
    try:
        manifest: dict[str, Any] = orjson.loads((dist / "manifest.json").read_bytes())
    except FileNotFoundError:
        _log.warning(
            "explorer_not_built",
            hint="npm was missing at set-up, so GraphiQL comes from a CDN; with npm installed, `make setup` builds it",
        )
        return _from_cdn((dist.parent / "cdn.html").read_text(encoding="utf-8"))
    policy, telling = policy_text(_POLICY), _TOLD.format(escape(orjson.dumps(told or {}).decode()))

    def built(name: str) -> str:
        html: str = (dist / manifest[name]).read_text(encoding="utf-8")
        return html.replace(_TOLD.format(""), telling)

    files = Route(f"{path}/{{name}}", _serve(dist / "assets", manifest["assets"]), name="explorer")
    pages = (Route(url, _send(built(name), policy), name=name) for url, name in _PAGES.items())
    return Explorer(built("page"), policy, (files, *pages), frozenset(_PAGES))


def _send(html: str, policy: str) -> Callable[[Request], Awaitable[Response]]:
    async def send(_request: Request) -> Response:
        return html_page(html, policy)

    return send


def _serve(folder: Path, assets: Mapping[str, _Asset]) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        asset = assets.get(name)  # only what the manifest names is served: there is no path to traverse
        if asset is None:
            raise HTTPException(404)
        accepted = _accepted(request.headers)
        encoding = next((coding for coding in _ENCODINGS if coding in asset["sizes"] and coding in accepted), None)
        if encoding is None:
            return FileResponse(folder / name, headers=_ASSET_HEADERS, media_type=asset["type"])
        headers = _ASSET_HEADERS | {"Content-Encoding": encoding}
        return FileResponse(folder / f"{name}{_ENCODINGS[encoding]}", headers=headers, media_type=asset["type"])

    return serve


def _accepted(headers: Headers) -> frozenset[str]:
    offers = (item.partition(";") for item in ",".join(headers.getlist("accept-encoding")).split(","))
    return frozenset(coding.strip().lower() for coding, _, weight in offers if not _REFUSED.fullmatch(weight))


def _from_cdn(html: str) -> Explorer:
    scripts = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(html))
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in scripts)
    sources = {
        "script-src": f"{hashes} {_CDN}",
        "style-src": f"'unsafe-inline' {_CDN}",
        "font-src": f"data: {_CDN}",
    }
    return Explorer(html, policy_text(_POLICY | sources))
