"""Checks of what the server uses besides its database: Redis, the store of uploads, and the explorer."""

import secrets

from auth.configured_storage import configured_storage
from auth.rate_limits import READY_KEY, READY_SECONDS
from cli.checks.finding import Finding, fault, good, note
from cli.running import reason
from models.errors import Unavailable
from models.redis import Gate, failures
from models.settings import Settings
from schema.engine.explorer import DIST

FOLDER = "doctor"


async def shared_memory(settings: Settings) -> list[Finding]:
    """Whether Redis answers and can be written."""
    if not settings.redis_url:
        return [good("Redis", "not configured, and one worker needs none")] if settings.workers == 1 else []
    gate = Gate(settings.redis_url, "doctor")
    try:
        await gate.client.set(READY_KEY, "1", ex=READY_SECONDS)
    except failures() as error:
        return [fault("Redis", f"it takes no writes ({reason(error)}): start it, or change REDIS_URL")]
    finally:
        await gate.close()
    return [good("Redis", "it answers, and takes writes")]


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
