"""Replies that are files."""

import base64
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

from starlette.responses import Response

from rest_compat.endpoint import FileReply


def file_response(reply: FileReply, file: Mapping[str, Any], value: str, *, is_https: bool) -> Response:
    """The file that the graph gave as base64, with the cookie of this value where the reply sets one."""
    disposition = "inline" if reply.inline else "attachment"
    response = Response(
        base64.b64decode(file["contentBase64"]),
        media_type=file["mediaType"],
        headers={
            "cache-control": "no-store",
            "content-disposition": f"{disposition}; filename*=UTF-8''{quote(file['name'])}",
        },
    )
    if (cookie := reply.cookie) is not None:
        # From pages of other sites browsers send only cookies marked so, which they take only by HTTPS.
        same_site: Literal["none", "lax"] = "none" if is_https else "lax"
        response.set_cookie(
            cookie.name, value, max_age=cookie.max_age, httponly=True, samesite=same_site, secure=is_https
        )
    return response
