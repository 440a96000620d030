"""Serves `/docs` (for people) and `/openapi.json` (for programs)."""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from rest_compat.dialect import Dialect
from rest_compat.openapi import EXTENSION, openapi
from schema.engine.explorer import DIST, html_page, policy_text
from schema.engine.http.entity_tags import has_current, tag_of

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # Swagger UI places some of its parts with style attributes
    "img-src": "'self' data:",
    "font-src": "'self'",
    "worker-src": "'none'",
    "connect-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def docs_routes(dialects: Sequence[Dialect], *, version: str, dist: Path = DIST) -> Sequence[BaseRoute]:
    """The page and the document of these APIs, made when they are first asked for.

    Lacking the build in `dist`, the page is plain HTML.
    """

    @cache
    def document() -> dict[str, Any]:
        return openapi(dialects, version=version)

    @cache
    def published() -> tuple[bytes, str]:
        content = orjson.dumps(document())
        return content, tag_of(content)

    @cache
    def page() -> Response:
        return html_page(_built(dist) or _plain(document()), policy_text(POLICY))

    async def serve_document(request: Request) -> Response:
        content, tag = published()
        headers = {"Cache-Control": "no-cache", "ETag": tag}
        if has_current(request, tag):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type="application/json")

    async def serve_page(_request: Request) -> Response:
        return page()

    return (Route("/openapi.json", serve_document), Route("/docs", serve_page))


def _built(dist: Path) -> str | None:
    """The page that `explorer/` built; its files are served with the explorer's."""
    try:
        manifest: dict[str, str] = orjson.loads((dist / "manifest.json").read_bytes())
    except FileNotFoundError:
        return None
    return (dist / manifest["docs"]).read_text(encoding="utf-8")


def _plain(document: dict[str, Any]) -> str:
    """The endpoints, each with its parameters and the operation behind it, in a page without a script."""
    sections = []
    for tag in document["tags"]:
        calls = [
            _plain_call(path, method, call, document["components"]["schemas"])
            for path, methods in document["paths"].items()
            for method, call in methods.items()
            if tag["name"] in call["tags"]
        ]
        sections.append(f"<h2>{escape(tag['name'])}</h2>{''.join(calls)}")
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{_PLAIN_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])}</h1><p>{escape(info['description'])}</p>"
        '<p><a href="openapi.json">openapi.json</a> · <a href="graphql">GraphiQL</a></p>'
        f"{''.join(sections)}</body></html>"
    )


_PLAIN_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "details{border:1px solid #ddd;border-radius:4px;margin:.4rem 0;padding:.4rem .8rem}"
    "summary{cursor:pointer}pre{background:#f6f6f8;padding:.6rem;overflow:auto}"
)


def _plain_call(path: str, method: str, call: dict[str, Any], schemas: dict[str, Any]) -> str:
    operation = call[EXTENSION]
    bodies = list(call.get("requestBody", {}).get("content", {}).values())
    fields = schemas[bodies[0]["schema"]["$ref"].rpartition("/")[2]] if bodies else {}
    required = set(fields.get("required", ()))
    parameters = [
        *((p["name"], p["in"], p["required"], p.get("description", "")) for p in call["parameters"]),
        *(
            (name, "body", name in required, schema.get("description", ""))
            for name, schema in fields.get("properties", {}).items()
        ),
    ]
    rows = "".join(
        f"<li><code>{escape(name)}</code> ({place}{', required' if needed else ''}) {escape(about)}</li>"
        for name, place, needed, about in parameters
    )
    return (
        f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code> {escape(call['summary'])}</summary>"
        f"<p>{escape(call['description'])}</p><ul>{rows}</ul><pre>{escape(operation['document'])}</pre>"
        f'<p><a href="{escape(operation["explorer"])}">Open in GraphiQL</a></p></details>'
    )
