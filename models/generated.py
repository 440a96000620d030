"""Functions generated from source text at run time, where unrolled code is several times as fast as a loop."""

from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

KEPT_TEXTS = 1024
"""Texts whose code is remembered: few shapes come again and again."""


def generated(text: str, names: Mapping[str, Any] | None = None) -> Any:
    """The value of an expression, which may use these names.

    The text is ours: made of constants of the code and of numbered names, never of what a client sent.
    """
    return eval(_code(text), dict(names or {}))  # noqa: S307 - see above


@lru_cache(maxsize=KEPT_TEXTS)
def _code(text: str) -> CodeType:
    return compile(text, "<generated>", "eval")
