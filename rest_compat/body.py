"""Bodies of old clients: JSON, forms and YAML, read strictly."""

from codecs import BOM_UTF8
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from rest_compat.binding import BindingError
from rest_compat.forms import structured
from schema.engine.http.forms import multipart_form

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
YAML_TYPES = {"application/x-yaml", "application/yaml", "text/yaml", "text/x-yaml"}
MAX_YAML_DEPTH = 20
MAX_FORM_FIELDS = 1000


async def read_body(request: Request, *, max_files: int = 0) -> dict[str, Any]:
    """The fields of the body; none for an empty one. Raises BindingError."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == MULTIPART:
        return await _multipart(request, max_files)
    body = (await request.body()).removeprefix(BOM_UTF8)
    if content_type == URLENCODED:
        return _urlencoded(body)
    if not body.strip():
        return {}
    parsed = _yaml(body) if content_type in YAML_TYPES else _json(body)
    if not isinstance(parsed, dict):
        raise BindingError("请求体必须是对象")
    return {str(name): value for name, value in parsed.items()}


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BindingError("请求体不是合法的 JSON") from None


def _yaml(body: bytes) -> Any:
    """YAML whose scalars are all texts, without the aliases that make a small document a huge one."""
    import yaml  # few clients send it

    depth = 0
    try:
        for event in yaml.parse(body, Loader=yaml.CBaseLoader):
            if isinstance(event, yaml.AliasEvent):
                raise BindingError("YAML 请求体不支持别名")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_YAML_DEPTH:
                    raise BindingError("YAML 请求体嵌套过深")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        return yaml.load(body, Loader=yaml.CBaseLoader)  # noqa: S506 -- makes texts only
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        raise BindingError("请求体不是合法的 YAML") from None


def _urlencoded(body: bytes) -> dict[str, Any]:
    """Strictly UTF-8, escaped or, as curl sends it, not."""
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        raise BindingError("请求体不是合法的表单") from None
    return structured(fields)


async def _multipart(request: Request, max_files: int) -> dict[str, Any]:
    try:
        form = await multipart_form(request, max_fields=MAX_FORM_FIELDS, max_files=max_files)
    except (MultiPartException, UnicodeDecodeError, ValueError):
        raise BindingError("请求体不是合法的表单") from None
    return structured(form.multi_items())
