"""The page behind the link that confirms an e-mail address."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from auth.principal import ANONYMOUS
from schema.graph import Api, Graph, prepare

PATH = "/confirm-email"
OPERATION = """
mutation ConfirmEmail($input: ConfirmEmailInput!) {
  confirmEmail(input: $input) { confirmed errors { code } }
}
"""
CONFIRMED = "邮箱已确认，现在可以用它登录。"
REFUSALS = {"CREDENTIAL_TAKEN": "该邮箱已被其他账号使用。"}
DEAD_LINK = "链接无效、已使用或已过期。"


def confirmation_page(graph: Graph) -> Route:
    """The route: opening the link confirms the address, and the page says whether it did."""
    document = prepare(OPERATION)

    async def confirm(request: Request) -> Response:
        if request.method == "HEAD":  # whoever only looks whether the page is there confirms nothing
            return Response()
        variables = {"input": {"token": request.query_params.get("token", "")}}
        context = graph.trusted_context(ANONYMOUS, request, api=Api.GRAPH, client_details=None)
        result = await graph.execute(document, variables, context)
        if result.errors or result.data is None:
            return _page(500, "暂时无法确认，请稍后再试。")
        errors = result.data["confirmEmail"]["errors"]
        if errors:
            return _page(400, REFUSALS.get(errors[0]["code"], DEAD_LINK))
        return _page(200, CONFIRMED)

    return Route(PATH, confirm, methods=["GET"])


def _page(status: int, text: str) -> Response:
    body = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>Careergraph</title><p>{text}</p></html>'
    return HTMLResponse(body, status, headers={"cache-control": "no-store", "referrer-policy": "no-referrer"})
