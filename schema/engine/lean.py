"""Strawberry's classes without what nobody asks them for, which takes time and memory of each start.

Strawberry makes a dataclass of each class of the graph. Objects of the graph are rows; of those that are made, which
are inputs and payloads, nobody prints one.
"""

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from strawberry.types import object_type


def _dataclass(**options: Any) -> Callable[[type], type]:
    return dataclasses.dataclass(**{**options, "repr": False})


def leave_out_repr() -> None:
    """Have Strawberry make its dataclasses so, from now on."""
    lean: Any = SimpleNamespace(**{**vars(dataclasses), "dataclass": _dataclass})
    object_type.dataclasses = lean  # type: ignore[attr-defined]
