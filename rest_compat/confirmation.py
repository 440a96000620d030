"""The pages behind the links in e-mails: opening one runs a mutation, and the page shows its result."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from auth.principal import ANONYMOUS
from schema.engine.errors import outage_of
from schema.engine.graph import Api, Graph

REFUSALS = {"CREDENTIAL_TAKEN": "该邮箱已被其他账号使用。"}
DEAD_LINK = "链接无效、已使用或已过期。"
UNAVAILABLE = "暂时无法确认，请稍后再试。"
UNKNOWN = "连接中断，确认可能已完成，请稍后再次打开链接。"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: where it is, the mutation whose input is the link's token, and what it says afterwards."""

    path: str
    operation: str
    done: str


PAGES = (
    Page(
        "/confirm-email",
        "mutation ConfirmEmail($input: ConfirmEmailInput!) { confirmEmail(input: $input) { errors { code } } }",
        "邮箱已确认，现在可以用它登录。",
    ),
    Page(
        "/activate-recruiter",
        "mutation ActivateRecruiter($input: ActivateRecruiterInput!) {"
        " activateRecruiter(input: $input) { errors { code } } }",
        "账号已激活，现在可以登录。",
    ),
)


def confirmation_pages(graph: Graph) -> list[Route]:
    """The routes of the pages."""
    return [_route(graph, page) for page in PAGES]


def _route(graph: Graph, page: Page) -> Route:
    document = graph.prepare(page.operation)

    async def confirm(request: Request) -> Response:
        if request.method == "HEAD":  # whoever only looks whether the page is there confirms nothing
            return Response()
        variables = {"input": {"token": request.query_params.get("token", "")}}
        context = graph.trusted_context(ANONYMOUS, request, api=Api.GRAPH, client_details=None)
        result = await graph.execute(document, variables, context)
        if (outage := outage_of(result.errors)) is not None:
            retry_after = (outage.extensions or {}).get("retryAfter")
            return _shown(503, UNAVAILABLE if retry_after else UNKNOWN, retry_after=retry_after)
        if result.errors or result.data is None:
            return _shown(500, UNAVAILABLE)
        (payload,) = result.data.values()
        if errors := payload["errors"]:
            return _shown(400, REFUSALS.get(errors[0]["code"], DEAD_LINK))
        return _shown(200, page.done)

    return Route(page.path, confirm, methods=["GET"])


def _shown(status: int, text: str, *, retry_after: int | None = None) -> Response:
    body = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>Careergraph</title><p>{text}</p></html>'
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    return HTMLResponse(body, status, headers=headers)
