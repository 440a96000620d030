"""Form fields with brackets: `work_exp[0][company]=…` and `tags[]=…` become lists and objects."""

import re
from collections.abc import Iterable
from typing import Any

from rest_compat.binding import BindingError

MAX_DEPTH = 5
MAX_INDEX_DIGITS = 6
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_KEY = re.compile(r"\[([^\[\]]*)\]")


class _Node(dict[str, Any]):
    """A list or an object in the making: a list where all its keys are numbers."""

    def finished(self) -> Any:
        values = {key: value.finished() if isinstance(value, _Node) else value for key, value in self.items()}
        if all(key.isascii() and key.isdecimal() and len(key) <= MAX_INDEX_DIGITS for key in values):
            return [values[key] for key in sorted(values, key=int)]
        return values


def structured(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of a form by name, those with brackets as the list or object that they make up.

    Of the values of one name the last counts; empty brackets append. A name whose brackets do not pair is a
    name like any other. Raises BindingError for names that contradict each other.
    """
    root = _Node()
    for name, value in fields:
        found = _NAME.fullmatch(name)
        keys = _KEY.findall(found[2]) if found else []
        if len(keys) > MAX_DEPTH:
            raise BindingError(f"{name[:64]} 嵌套过深")
        _put(root, [found[1] if found else name, *keys], value)
    return {name: value.finished() if isinstance(value, _Node) else value for name, value in root.items()}


def _put(node: _Node, keys: list[str], value: Any) -> None:
    name, *inner = keys
    last = inner.pop() if inner else None
    if last is None:
        if isinstance(node.get(name), _Node):
            raise _contradiction(name)
        node[name] = value
        return
    for key in (name, *inner):
        child = node.setdefault(key or str(len(node)), _Node())
        if not isinstance(child, _Node):
            raise _contradiction(name)
        node = child
    if isinstance(node.get(last), _Node):
        raise _contradiction(name)
    node[last or str(len(node))] = value


def _contradiction(name: str) -> BindingError:
    return BindingError(f"{name[:64]} 的字段互相矛盾")
