"""Timestamps in the formats of the old APIs; recent ones are cached, since the same few are formatted repeatedly."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
REMEMBERED = 4096
"""How many instants each function remembers."""


@lru_cache(REMEMBERED)
def seconds(instant: str) -> int:
    """The Unix time in seconds."""
    return int(datetime.fromisoformat(instant).timestamp())


@lru_cache(REMEMBERED)
def milliseconds(instant: str) -> int:
    """The Unix time in milliseconds."""
    parsed = datetime.fromisoformat(instant)
    return int(parsed.replace(microsecond=0).timestamp()) * 1000 + parsed.microsecond // 1000


@lru_cache(REMEMBERED)
def in_shanghai(instant: str) -> str:
    """RFC 3339 in Shanghai time, to the second."""
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).isoformat(timespec="seconds")


@lru_cache(REMEMBERED)
def local_in_shanghai(instant: str) -> str:
    """`YYYY-MM-DD HH:MM:SS` in Shanghai."""
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).replace(tzinfo=None).isoformat(" ", "seconds")
