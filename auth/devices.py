"""Devices: what a client says that it is, in the short form by which people know a session again."""

import asyncio
from dataclasses import dataclass
from functools import lru_cache

from models.identity import DEVICE_NAME

MAX_READ = 256
"""The characters of a User-Agent that are looked at: what it says stands at its beginning."""
MAX_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Device:
    """A browser, or another program, and its operating system; empty where the client says nothing that is known."""

    browser: str = ""
    system: str = ""


UNKNOWN = Device()


async def device_of(user_agent: str) -> Device:
    """What a User-Agent says, away from the event loop: there are a thousand rules, which are loaded first."""
    return await asyncio.to_thread(_read, user_agent[:MAX_READ]) if user_agent else UNKNOWN


@lru_cache(maxsize=MAX_REMEMBERED)
def _read(user_agent: str) -> Device:
    from ua_parser import parse_os, parse_user_agent  # by the first sign-in, not at the start

    browser, system = parse_user_agent(user_agent), parse_os(user_agent)
    return Device(
        "" if browser is None else _name(browser.family, browser.major),
        "" if system is None else _name(system.family, system.major),
    )


def _name(family: str, version: str | None) -> str:
    return f"{family} {version or ''}".strip()[:DEVICE_NAME]
