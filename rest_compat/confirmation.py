"""The pages behind the links in e-mails: opening one runs a mutation, and the page shows its result."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from auth.principal import ANONYMOUS
from schema.engine.errors import outage_of
from schema.engine.graph import Api, Graph
from schema.engine.wording import Language, Message, Wording, negotiated

REFUSALS = {"CREDENTIAL_TAKEN": Message("Another account uses this e-mail address already.")}
DEAD_LINK = Message("The link is wrong, was already used, or has expired.")
UNAVAILABLE = Message("This cannot be confirmed right now. Try again later.")
UNKNOWN = Message("The connection was lost; this may have been confirmed. Open the link again later.")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: where it is, the mutation whose input is the link's token, and what it says afterwards."""

    path: str
    operation: str
    done: Message


PAGES = (
    Page(
        "/confirm-email",
        "mutation ConfirmEmail($input: ConfirmEmailInput!) { confirmEmail(input: $input) { errors { code } } }",
        Message("The e-mail address is confirmed. You can sign in with it now."),
    ),
    Page(
        "/activate-recruiter",
        "mutation ActivateRecruiter($input: ActivateRecruiterInput!) {"
        " activateRecruiter(input: $input) { errors { code } } }",
        Message("The account is activated. You can sign in now."),
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
        # Most who open such a page read Chinese, and some browsers of theirs do not say so.
        language = negotiated(request.headers.get("accept-language"), Language.CHINESE)
        context = graph.trusted_context(
            ANONYMOUS, request, api=Api.GRAPH, client_details=None, wording=Wording(language)
        )
        result = await graph.execute(document, variables, context)
        if (outage := outage_of(result.errors)) is not None:
            retry_after = (outage.extensions or {}).get("retryAfter")
            return _shown(503, UNAVAILABLE if retry_after else UNKNOWN, language, retry_after=retry_after)
        if result.errors or result.data is None:
            return _shown(500, UNAVAILABLE, language)
        (payload,) = result.data.values()
        if errors := payload["errors"]:
            return _shown(400, REFUSALS.get(errors[0]["code"], DEAD_LINK), language)
        return _shown(200, page.done, language)

    return Route(page.path, confirm, methods=["GET"])


def _shown(status: int, message: Message, language: Language, *, retry_after: int | None = None) -> Response:
    text = message.said(language)
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>Careergraph</title><p>{text}</p></html>'
    )
    headers = {
        "cache-control": "no-store",
        "content-language": language,
        "referrer-policy": "no-referrer",
        "vary": "Accept-Language",
    }
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    return HTMLResponse(body, status, headers=headers)
