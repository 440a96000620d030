"""`/`: what this server is, with links to its parts and its state; and the icon of its pages."""

import base64
import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from schema.engine.explorer import html_page, policy_text
from schema.engine.wording import Language, Message, negotiated

_FOLDER = Path(__file__).parent
_ICONS = {"favicon.svg": "image/svg+xml", "favicon.ico": "image/x-icon"}
_STYLE = (_FOLDER / "landing.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = {
    "default-src": "'none'",
    "style-src": f"'sha256-{_HASH}'",
    "img-src": "'self'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}

PARAGRAPHS = (
    Message(
        "Careergraph unites five HTTP APIs in one linked GraphQL graph: students set goals, clock in and log their job"
        " hunt; developers prove skills, earn credits and join projects; applicants sign contracts; staff record"
        " attendance; recruiters get candidates recommended."
    ),
    Message(
        "Each documented call of the old REST APIs keeps working as it did, and each is a GraphQL operation too. New"
        " clients query the graph; old ones change only the address. The graph accepts the tokens of both."
    ),
)
READY, NOT_READY = Message("Ready"), Message("Not ready")
VERSION = Message("Version {version}")
_BUILT = {"insight", "map"}
"""The links to pages that are there only where `explorer/` is built."""


@dataclass(frozen=True, slots=True)
class _Link:
    """A part of the server. The path is relative, so that a prefix in front of the server does no harm."""

    key: str
    path: str
    title: Message
    about: Message


def _links(pages: Collection[str], *, is_schema_open: bool) -> Sequence[_Link]:
    about_schema = (
        Message("The schema in the schema definition language, for code generators.")
        if is_schema_open
        else Message("The schema in the schema definition language, for administrators with a token.")
    )
    links = (
        _Link(
            "graphql",
            "graphql",
            Message("GraphQL explorer"),
            Message("Sign in, choose an example for your role and run it. Programs send operations there too."),
        ),
        _Link(
            "insight",
            "insight",
            Message("Insight"),
            Message("Attendance, goals and offers in charts, for teachers and administrators."),
        ),
        _Link(
            "rest",
            "docs",
            Message("REST documentation"),
            Message("Every old endpoint, with the GraphQL operation behind it."),
        ),
        _Link("schema", "schema.graphql", Message("GraphQL schema"), about_schema),
        _Link(
            "map",
            "schema-map",
            Message("Map of the schema"),
            Message("Types, where their fields lead and who may read them, as a picture."),
        ),
        _Link("openapi", "openapi.json", Message("OpenAPI document"), Message("The old endpoints, for programs.")),
        _Link("health", "healthz", Message("Health"), Message("Whether the process answers.")),
        _Link("readiness", "readyz", Message("Readiness"), Message("Whether the database answers.")),
    )
    return [link for link in links if link.key not in _BUILT or f"/{link.path}" in pages]


def landing_routes(
    is_ready: Callable[[], Awaitable[bool]], pages: Collection[str] = (), *, version: str, is_schema_open: bool
) -> Sequence[BaseRoute]:
    """The routes of the page and of its icons. `is_ready` says whether the server can answer operations, `pages` which
    of those that `explorer/` builds are there.
    """
    links = _links(pages, is_schema_open=is_schema_open)

    async def serve(request: Request) -> Response:
        ready = await is_ready()
        accepted = request.headers.get("accept", "")
        if "json" in accepted and "text/html" not in accepted:
            base = request.scope.get("root_path", "").rstrip("/")
            body = {
                "name": "Careergraph",
                "version": version,
                "status": "ready" if ready else "not ready",
                "links": {link.key: f"{base}/{link.path}" for link in links},
            }
            return JSONResponse(body, headers={"Vary": "Accept, Accept-Language"})
        language = negotiated(request.headers.get("accept-language"), Language.ENGLISH)
        html = _page(language, links, version=version, ready=ready)
        vary = "Accept, Accept-Language"
        return html_page(html, policy_text(POLICY), Cache_Control="no-store", Content_Language=language, Vary=vary)

    return (Route("/", serve), *(Route(f"/{name}", _icon(name, type_)) for name, type_ in _ICONS.items()))


def _icon(name: str, type_: str) -> Callable[[Request], Awaitable[Response]]:
    content = (_FOLDER / name).read_bytes()

    async def serve(_request: Request) -> Response:
        return Response(content, media_type=type_, headers={"Cache-Control": "public, max-age=86400"})

    return serve


def _page(language: Language, links: Sequence[_Link], *, version: str, ready: bool) -> str:
    def said(message: Message) -> str:
        return escape(message.said(language))

    state = READY if ready else NOT_READY
    items = "".join(
        f'<li><a href="{link.path}"><strong>{said(link.title)}</strong><span>{said(link.about)}</span></a></li>'
        for link in links
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Careergraph</title>'
        '<link rel="icon" type="image/svg+xml" href="favicon.svg"><link rel="alternate icon" href="favicon.ico">'
        f'<style>{_STYLE}</style></head><body><main><header><img src="favicon.svg" alt="" width="44" height="44">'
        f'<h1>Careergraph</h1><p class="state"><strong class="{"ready" if ready else "not-ready"}">{said(state)}'
        f"</strong><span>{said(VERSION.filled(version=version))}</span></p></header>"
        f"{''.join(f'<p>{said(paragraph)}</p>' for paragraph in PARAGRAPHS)}<ul>{items}</ul></main></body></html>"
    )
