"""Checks of what the server uses besides its database: Redis, the store of uploads, and the explorer."""

import secrets

import redis.asyncio
from redis.exceptions import RedisError

from auth.configured_storage import configured_storage
from cli.checks.finding import Finding, fault, good, note
from cli.running import reason
from models.errors import Unavailable
from models.settings import Settings
from schema.engine.explorer import DIST

TIMEOUT_S = 5
PROBE = "careergraph:doctor"
FOLDER = "doctor"


async def shared_memory(settings: Settings) -> list[Finding]:
    """Whether Redis answers and can be written."""
    if not settings.redis_url:
        return [good("Redis", "not configured, and one worker needs none")] if settings.workers == 1 else []
    try:
        async with redis.asyncio.from_url(
            settings.redis_url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
        ) as client:
            await client.set(PROBE, "1", ex=1)
    except (RedisError, OSError, ValueError) as error:
        return [fault("Redis", f"it does not answer ({reason(error)}): start it, or change REDIS_URL")]
    return [good("Redis", "it answers, and can be written")]


async def uploads(settings: Settings) -> list[Finding]:
    """Whether the store takes a file, gives it back and removes it."""
    if not settings.storage_url:
        return []
    storage, name, content = configured_storage(settings), f"{secrets.token_hex(16)}.txt", b"doctor"
    try:
        await storage.put(FOLDER, name, content)
        same = await storage.get(FOLDER, name) == content
        await storage.names(FOLDER, name)
        await storage.remove(FOLDER, name)
    except Unavailable as outage:
        from auth.object_storage import reason_of

        told = reason_of(outage.__cause__ or outage)
        return [fault("uploads", f"{settings.storage_url} does not do what it is asked for ({told}): check the keys")]
    if not same:
        return [fault("uploads", f"{settings.storage_url} gives back something else than it was given")]
    return [good("uploads", f"{settings.storage_url} keeps, gives back and removes objects")]


def explorer() -> Finding:
    """Whether GraphiQL was built."""
    if (DIST / "manifest.json").exists():
        return good("explorer", "built")
    return note("explorer", "not built, so GraphiQL comes from a CDN: install npm and run make setup")
