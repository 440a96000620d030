"""Which pages of other origins may call, and the headers that tell their browsers so (CORS)."""

from collections.abc import Iterable, Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from models.origins import ANY_ORIGIN

ORIGINS = "origins"
"""The entry of the lifespan's state that holds the `AllowedOrigins`."""
_EXPOSED = ("Allow", "Content-Disposition", "ETag", "Retry-After", "X-Request-Id")
"""The headers of replies that pages may read besides those that browsers show anyway."""


class AllowedOrigins:
    """The origins whose pages may call, with their cookies."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = frozenset(origins)

    def allow(self, origin: str) -> bool:
        """Whether a page of this origin may call."""
        return origin in self._origins or ANY_ORIGIN in self._origins

    @property
    def middleware(self) -> Sequence[Middleware]:
        """What answers preflights and completes replies; nothing where only the server's own pages may call."""
        if not self._origins:
            return ()
        cors = Middleware(
            CORSMiddleware,
            allow_origins=self._origins,
            allow_methods=["*"],
            allow_headers=["*"],
            allow_credentials=True,
            allow_private_network=True,
            expose_headers=_EXPOSED,
        )
        return (cors,)

    def headers(self, origin: bytes | None) -> bytes:
        """The lines of a reply that the application does not give itself; `origin` is None while it is unknown."""
        if not self._origins:
            return b""
        if origin is None:
            # No cookies are asked for with it: a page that sent none may read what the reply says of nobody.
            return b"access-control-allow-origin: *\r\n"
        if not self.allow(origin.decode("latin-1")):
            return b"vary: Origin\r\n"
        return b"access-control-allow-origin: %b\r\naccess-control-allow-credentials: true\r\nvary: Origin\r\n" % origin
