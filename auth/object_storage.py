"""Files in an S3-compatible store. Imported only where one is configured, for its client takes a while to import."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlsplit

import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store

from auth.storage import StoredName
from models.errors import Unavailable
from models.settings import Settings

CONNECT_SECONDS = 3
REQUEST_SECONDS = 10
TOTAL_SECONDS = 20
"""What one call may take, with all its attempts."""
MAX_RETRIES = 2
LIST_SECONDS = 120
_NO_BUCKET = "NoSuchBucket"
_CODE = re.compile(r"<Code>(\w+)</Code>")
FAILURES = (BaseError, OSError, TimeoutError)
"""What the client raises: OSError for what is not there."""

log = structlog.get_logger()


class ObjectStorage:
    """A bucket, or what stands under a prefix of one. Nobody reads it but this server: objects are private."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _store(self) -> S3Store:
        # At the first call: its threads begin then, and a worker that is forked later would be without them.
        settings = self._settings
        url = urlsplit(settings.storage_url)
        return S3Store(
            url.netloc,
            prefix=url.path.strip("/") or None,
            config={  # type: ignore[arg-type]  # a TypedDict, which is made of parts here
                "region": settings.aws_region,
                "access_key_id": settings.aws_access_key_id,
                "secret_access_key": settings.aws_secret_access_key.get_secret_value(),
                "virtual_hosted_style_request": not settings.uses_path_style,
                **_endpoint(settings, url.netloc),
            },
            client_options={
                "allow_http": True,  # to the endpoint that the operator named
                "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                "timeout": timedelta(seconds=REQUEST_SECONDS),
            },
            retry_config={"max_retries": MAX_RETRIES, "retry_timeout": timedelta(seconds=TOTAL_SECONDS)},
        )

    async def put(self, folder: str, name: str, content: bytes) -> None:
        """Keep an object; it is complete once it can be got."""
        async with _answering():
            await self._store.put_async(f"{folder}/{name}", content)

    async def get(self, folder: str, name: str) -> bytes | None:
        """Read an object."""
        async with _answering():
            try:
                found = await self._store.get_async(f"{folder}/{name}")
            except FileNotFoundError as error:
                if _NO_BUCKET in str(error):
                    raise
                return None
            return bytes(await found.bytes_async())

    async def remove(self, folder: str, name: str) -> None:
        """Delete an object."""
        async with _answering():
            await self._store.delete_async(f"{folder}/{name}")

    async def names(self, folder: str, start: str = "") -> list[StoredName]:
        """What is kept in a folder under names that begin so."""
        found: list[StoredName] = []
        async with _answering(LIST_SECONDS):
            # Names are sorted; a prefix of the client ends at a slash.
            async for chunk in self._store.list(folder, offset=f"{folder}/{start}"):
                for entry in chunk:
                    name = entry["path"].rpartition("/")[2]
                    if not name.startswith(start):
                        return found
                    found.append(StoredName(name, entry["size"], entry["last_modified"]))
        return found


@asynccontextmanager
async def _answering(seconds: float | None = None) -> AsyncIterator[None]:
    """Raise Unavailable where the store does not do what it is asked for, and log why."""
    try:
        async with asyncio.timeout(TOTAL_SECONDS if seconds is None else seconds):
            yield
    except FAILURES as error:
        log.warning("files_unavailable", kind=type(error).__name__, reason=reason_of(error))
        raise Unavailable from error


def reason_of(error: BaseException) -> str:
    """What the client says, and the code that the store gave, without the documents that it appends."""
    text = str(error)
    code = _CODE.search(text)
    told = text.partition("\n")[0].partition(": <?xml")[0].strip() or f"no answer within {TOTAL_SECONDS} seconds"
    return f"{told} ({code[1]})" if code else told


def _endpoint(settings: Settings, bucket: str) -> dict[str, str]:
    """Where the store answers; for a host of the bucket's own, the client wants the whole of it."""
    if not settings.s3_endpoint_url:
        return {}
    endpoint = urlsplit(settings.s3_endpoint_url)
    host = endpoint.netloc if settings.uses_path_style else f"{bucket}.{endpoint.netloc}"
    return {"endpoint": f"{endpoint.scheme}://{host}"}
