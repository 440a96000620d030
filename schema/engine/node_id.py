"""The opaque ids of nodes and the cursors of connections."""

import base64
import binascii
import re

from models.errors import InvalidInput

MAX_DATABASE_ID = 2**63 - 1
_ID = re.compile(r"-?\d{1,19}", re.ASCII)


def encode(type_name: str, database_id: int) -> str:
    """The opaque id of an object."""
    return base64.urlsafe_b64encode(f"{type_name}:{database_id}".encode()).decode()


def decode(node_id: str, *, field: str = "id") -> tuple[str, int]:
    """The type name and database id of an opaque id. Raises InvalidInput."""
    try:
        type_name, separator, digits = base64.urlsafe_b64decode(node_id).decode("ascii").partition(":")
    except (ValueError, binascii.Error):
        raise InvalidInput("This is not a valid id.", field=field) from None
    if not separator or not _is_id(digits):
        raise InvalidInput("This is not a valid id.", field=field)
    return type_name, int(digits)


def decode_as(type_name: str, node_id: str, *, field: str) -> int:
    """The database id of an opaque id that must be of one type. Raises InvalidInput."""
    found, database_id = decode(node_id, field=field)
    if found != type_name:
        raise InvalidInput("This is not the id of a {type}.", field=field, type=type_name)
    return database_id


def encode_cursor(database_id: int) -> str:
    """The cursor of a row in a list ordered by id."""
    return base64.urlsafe_b64encode(f"id:{database_id}".encode()).decode()


def decode_cursor(cursor: str) -> int:
    """The id of the row that a cursor stands at. Raises InvalidInput."""
    try:
        return decode_as("id", cursor, field="after")
    except InvalidInput:
        raise InvalidInput("This is not a valid cursor of this list.", field="after") from None


def _is_id(digits: str) -> bool:
    return _ID.fullmatch(digits) is not None and abs(int(digits)) <= MAX_DATABASE_ID
