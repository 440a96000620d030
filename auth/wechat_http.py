"""What WeChat answers at `jscode2session`, over HTTP."""

import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx2
import structlog

from models.errors import WechatUnavailable

TIMEOUT = 10

log = structlog.get_logger()


@cache
def _certificates() -> ssl.SSLContext:
    """The system's, read when they are first needed."""
    return ssl.create_default_context()


async def ask(url: str, query: Mapping[str, str]) -> dict[str, Any]:
    """WeChat's reply, an error of its own included. Raises WechatUnavailable."""
    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT, verify=_certificates()) as http:
            response = await http.get(url, params=query)
        response.raise_for_status()
        reply = response.json()
    except (httpx2.HTTPError, ValueError) as error:
        # The address holds the secret, so the error's own text is not logged.
        log.warning("wechat_failed", error=type(error).__name__)
        raise WechatUnavailable from None
    if not isinstance(reply, dict):
        raise WechatUnavailable
    return reply
