"""The messages of a client, as data: the fields that each has, and their types."""

from collections.abc import Mapping
from types import NoneType

Shape = Mapping[str, tuple[type, ...]]

_PAYLOAD: Shape = {"payload": (dict, NoneType)}
_SHAPES: Mapping[str, Shape] = {
    "connection_init": _PAYLOAD,
    "ping": _PAYLOAD,
    "pong": _PAYLOAD,
    "subscribe": {"id": (str,), "payload": (dict,)},
    "complete": {"id": (str,)},
}
_OPERATION: Shape = {
    "query": (str,),
    "variables": (dict, NoneType),
    "operationName": (str, NoneType),
    "extensions": (dict, NoneType),
}


def fault_of(message: Mapping[str, object]) -> str | None:
    """What is wrong with a message by the protocol, or None."""
    kind = message.get("type")
    shape = _SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        return "The message has no type that clients may send."
    if fault := _misfit(message, shape):
        return fault
    if message.get("id") == "":
        return "The message's id is empty."
    payload = message["payload"] if kind == "subscribe" else None
    return _misfit(payload, _OPERATION) if isinstance(payload, dict) else None


def _misfit(value: Mapping[str, object], shape: Shape) -> str | None:
    for name, types in shape.items():
        if not isinstance(value.get(name), types):
            return f"The message's {name} is missing or of a wrong type."
    return None
