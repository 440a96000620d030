"""Files in the variables of an operation, by the GraphQL multipart request specification."""

import re
from collections.abc import Callable
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from schema.engine.http.forms import multipart_form
from schema.engine.http.refusals import HttpRefusal, bad_request

PREFLIGHT_HEADERS = ("x-graphql-preflight", "apollo-require-preflight")
"""A browser asks first before it sends one of these across origins, which it does not for a plain form."""
MAX_FILES = 10
"""The files of a request, and the places in its variables that they go to."""
MAX_TEXT = 1024 * 1024
"""The bytes of `operations` and of `map`, which a part that is no file cannot exceed either."""
_FIELDS = ("operations", "map")
_INDEX = re.compile(r"[0-9]{1,6}")


async def operations_of(request: Request, decode: Callable[[str | bytes], object]) -> object:
    """The `operations` of a form, with its files where `map` puts them. Raises HttpRefusal."""
    if not any(header in request.headers for header in PREFLIGHT_HEADERS):
        raise bad_request(
            "A multipart request needs one of the headers {headers}.", headers=", ".join(PREFLIGHT_HEADERS)
        )
    try:
        # Some clients send `operations` and `map` as files too.
        form = await multipart_form(request, max_files=MAX_FILES + len(_FIELDS), max_fields=len(_FIELDS))
    except MultiPartException as error:
        raise bad_request("This is no multipart form: {reason}", reason=error.message) from None
    if sum(isinstance(value, UploadFile) and name not in _FIELDS for name, value in form.multi_items()) > MAX_FILES:
        raise bad_request("A request holds at most {maximum} files.", maximum=MAX_FILES)
    operations, places = [decode(await _text(form, name)) for name in _FIELDS]
    if not isinstance(operations, dict):
        return operations
    for path, file in _places(form, places):
        _put(operations, path, file)
    return operations


async def _text(form: FormData, name: str) -> str | bytes:
    value = form.get(name)
    if value is None:
        raise bad_request("The form needs a field `{name}`.", name=name)
    if isinstance(value, str):
        return value
    if (value.size or 0) > MAX_TEXT:
        raise bad_request("`{name}` is longer than {maximum} bytes.", name=name, maximum=MAX_TEXT)
    return await value.read()


def _places(form: FormData, places: object) -> list[tuple[str, UploadFile]]:
    """The paths that files go to."""
    found = []
    if not isinstance(places, dict):
        raise bad_request("`map` must be an object of lists of paths.")
    for name, paths in places.items():
        file = form.get(name)
        if not isinstance(file, UploadFile) or name in _FIELDS:
            raise bad_request("The form has no file `{name}`, to which `map` refers.", name=name)
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise bad_request("`map` must be an object of lists of paths.")
        found += [(path, file) for path in paths]
    if len(found) > MAX_FILES:
        raise bad_request("`map` may assign files to at most {maximum} variables.", maximum=MAX_FILES)
    return found


def _put(operations: dict[str, Any], path: str, file: UploadFile) -> None:
    """Put a file where the path leads, which holds null."""
    refusal = _no_place(path)
    *steps, last = path.split(".")
    if not steps or steps[0] != "variables":
        raise refusal
    container: Any = operations
    for step in steps:
        container = _entry(container, step, refusal)
    if _entry(container, last, refusal) is not None:
        raise refusal
    container[int(last) if isinstance(container, list) else last] = file


def _entry(container: object, step: str, refusal: HttpRefusal) -> object:
    if isinstance(container, dict) and step in container:
        return container[step]
    if isinstance(container, list) and _INDEX.fullmatch(step) and int(step) < len(container):
        return container[int(step)]
    raise refusal


def _no_place(path: str) -> HttpRefusal:
    return bad_request("`map` puts a file at {path}, where the variables hold no null.", path=path)
