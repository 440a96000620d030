"""The opaque ids of nodes and the cursors of connections."""

import base64
import binascii
import re
from enum import Enum
from typing import Any

import orjson

from models.errors import InvalidInput
from resolvers.ordering import Place, invalid_cursor

MAX_DATABASE_ID = 2**63 - 1
MAX_CURSOR = 4096
"""The longest cursor; the keys of orders are short."""
MAX_OLD_ID = 2**96 - 1
"""The largest id of a predecessor: an object id of 12 bytes."""
_ID = re.compile(r"-?\d{1,29}", re.ASCII)


def encode(type_name: str, database_id: int) -> str:
    """The opaque id of an object."""
    return base64.urlsafe_b64encode(f"{type_name}:{database_id}".encode()).decode()


def decode(node_id: str, *, field: str = "id", maximum: int = MAX_DATABASE_ID) -> tuple[str, int]:
    """The type name and database id of an opaque id. Raises InvalidInput.

    With MAX_OLD_ID the number may be the id that a predecessor gave, which no statement takes.
    """
    try:
        type_name, separator, digits = base64.urlsafe_b64decode(node_id).decode("ascii").partition(":")
    except (ValueError, binascii.Error):
        raise InvalidInput("This is not a valid id.", field=field) from None
    if not separator or not _is_id(digits, maximum):
        raise InvalidInput("This is not a valid id.", field=field)
    return type_name, int(digits)


def decode_as(type_name: str, node_id: str, *, field: str, maximum: int = MAX_DATABASE_ID) -> int:
    """The database id of an opaque id that must be of one type. Raises InvalidInput."""
    found, database_id = decode(node_id, field=field, maximum=maximum)
    if found != type_name:
        raise InvalidInput("This is not the id of a {type}.", field=field, type=type_name)
    return database_id


def encode_cursor(database_id: int, order: Enum | None = None, key: Any = None) -> str:
    """The cursor of a row in a list: of its id, or of the name of the list's order, the row's key in it and its id."""
    if order is None:
        return base64.urlsafe_b64encode(f"id:{database_id}".encode()).decode()
    content = [order.name, None if key is None else order.value.encoded(key), database_id]
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode()


def decode_cursor(cursor: str, *, field: str, order: Enum | None = None) -> Place:
    """The place that a cursor of this order stands at. Raises InvalidInput, also for one of another order."""
    if len(cursor) > MAX_CURSOR:
        raise invalid_cursor(field)
    try:
        content = base64.urlsafe_b64decode(cursor)
        if content.startswith(b"id:"):
            name, key, row_id = None, None, content[3:].decode("ascii")
        else:
            name, key, row_id = orjson.loads(content)
            row_id = str(row_id) if type(row_id) is int else ""
    except (ValueError, TypeError, binascii.Error):
        raise invalid_cursor(field) from None
    if not _is_id(row_id):
        raise invalid_cursor(field)
    if name != (None if order is None else order.name):
        raise InvalidInput("This is a cursor of another order of this list.", field=field)
    try:
        return Place(None if order is None else order.value.decoded(key), int(row_id))
    except ValueError:
        raise invalid_cursor(field) from None


def _is_id(digits: str, maximum: int = MAX_DATABASE_ID) -> bool:
    return _ID.fullmatch(digits) is not None and -MAX_DATABASE_ID <= int(digits) <= maximum
