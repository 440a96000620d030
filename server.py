"""Careergraph's server: builds the Starlette application and starts it."""

import gc

# What is imported stays, and collections of garbage would walk it over and over: an eighth of the time. Enabled below.
gc.disable()

from watching.light import forget, import_light

import_light("structlog")
import_light("jwt")

if __name__ == "__main__":
    # prometheus-client decides when it is imported where its values are.
    from models.shared_metrics import share_metrics

    share_metrics()

import asyncio
import contextlib
import logging
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocketClose

from models.errors import Unavailable
from models.monitoring import logs_are_json
from models.private_files import UMASK
from models.settings import ConfigurationError, Settings, load_settings
from models.settings_sources import unknown_names
from resolvers.demonstration import DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD
from resolvers.demonstration.visitors import visitors
from resolvers.identity import client_requests
from resolvers.reference import VERSION
from resolvers.scope import Services
from resolvers.search.indexing import indexing
from resolvers.startup import prepare
from resolvers.sweeps import sweeping
from resolvers.talent.matching_loop import matching
from rest_compat.access_log import AccessLog
from rest_compat.apis import DIALECTS
from rest_compat.confirmation import confirmation_pages
from rest_compat.docs import docs_routes
from rest_compat.gateway import RestGateway
from rest_compat.landing import landing_routes
from rest_compat.middleware import Application, BodyLimit, OnlyMetrics, Shortcuts, shortcuts
from schema.engine.explorer import load_explorer
from schema.engine.graph import Graph
from schema.engine.http.clients import CONNECTIONS, Connections
from schema.engine.http.origins import ORIGINS, AllowedOrigins
from schema.engine.limits import Limits
from schema.engine.persisted import PersistedQueries
from schema.engine.schema_view import SchemaView
from schema.engine.view import GraphQLView
from schema.engine.websocket import SEND_SECONDS, SocketLimits
from schema.listing_view import ListingView
from schema.metrics_view import MetricsView, samples
from schema.personal_view import PersonalDataView
from schema.schema import build_schema
from schema.sheet_view import SheetView
from schema.uploads_view import StorageView
from watching import logs
from watching.metrics import flushing
from watching.traces import recording
from watching.work import forget_background, run_as

# Into the oldest generation, without a walk: as young objects the first collection would walk them all.
gc.freeze()
gc.unfreeze()
gc.enable()

COLLECTED_AT_START = 30_000
"""How many new objects make a collection of garbage while the application is built."""
READY_SECONDS = 5
"""How long the database may take before this process calls itself not ready."""
GRAPHQL_PATHS = ("/graphql", "/graphql/")

log = structlog.get_logger("server")


def create_app(settings: Settings, clock: Callable[[], datetime] | None = None) -> Application:
    """The application for these settings; `clock` is for tests that need an instant."""
    services = Services.from_settings(settings, clock)
    schema = build_schema(is_compiled=settings.compiled_executor)
    graph = Graph(services, schema, Limits.from_settings(settings), before_commit=client_requests.record)
    persisted = PersistedQueries.from_settings(settings)
    gateway = RestGateway(graph, [dialect.configured(settings) for dialect in DIALECTS])
    explorer = load_explorer(
        told={
            "isSchemaOpen": graph.schema.limits.is_schema_open,
            "takesWechatNames": not settings.is_production,
            "visitors": [{"role": each.role, "signIn": each.sign_in} for each in visitors(settings)],
        }
    )
    sockets = SocketLimits.from_settings(settings)
    origins = AllowedOrigins(settings.origins)
    sampled = samples(graph)
    view = GraphQLView(graph, explorer, persisted=persisted, socket_limits=sockets, allowed_origins=origins)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Application) -> AsyncIterator[dict[str, Any]]:
        run_as("startup")
        try:
            await prepare(services, settings)
        except (SQLAlchemyError, Unavailable, OSError):  # a worker that replaces another while the database is away
            await services.database.wait(settings.database_wait_seconds)
            await prepare(services, settings)
        if settings.loads_demo_data:
            log.info("demonstration", account=DEMONSTRATION_ACCOUNT, password=DEMONSTRATION_PASSWORD)
        log.info("ready", environment=settings.environment.value)
        async with contextlib.AsyncExitStack() as stack:
            for running in (
                recording(
                    settings.traces_endpoint,
                    service=settings.otel_service_name,
                    environment=settings.environment.value,
                    version=VERSION,
                ),
                flushing(sampled),
                services.messages.sending(),
                services.events.receiving(),
                sweeping(services),
                indexing(services.database),
                matching(services) if settings.matching else contextlib.nullcontext(),
            ):
                await stack.enter_async_context(running)
            yield {
                SEND_SECONDS: settings.websocket_send_seconds,
                CONNECTIONS: Connections.from_settings(settings),
                ORIGINS: origins,
            }
        await persisted.close()
        await services.close()
        logs.flush_lines()

    async def is_ready() -> bool:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await services.database.fetch_value(text("SELECT 1"))
        except (Unavailable, TimeoutError):
            return False
        return True

    async def ready(_request: Request) -> Response:
        if not await is_ready():
            return JSONResponse({"status": "database unavailable"}, 503, {"retry-after": str(Unavailable.retry_after)})
        if not await services.limits.are_shared():
            return JSONResponse({"status": "ready", "redis": "unavailable"})
        return JSONResponse({"status": "ready"})

    limit = Middleware(
        BodyLimit,
        refuse=lambda scope: (
            view.too_large(Request(scope)) if scope["path"] in GRAPHQL_PATHS else gateway.too_large(scope["path"])
        ),
        takes_files=lambda path: path in GRAPHQL_PATHS or gateway.takes_files(path),
    )
    routes = [
        *explorer.routes,
        *docs_routes(DIALECTS, version=VERSION),
        *landing_routes(is_ready, explorer.pages, version=VERSION, is_schema_open=graph.schema.limits.is_schema_open),
        *SchemaView(graph).routes,
        StorageView(graph).route,
        PersonalDataView(graph).route,
        ListingView(graph).route,
        SheetView(graph).route,
        *confirmation_pages(graph),
        *(Route(path, view) for path in GRAPHQL_PATHS),
        *(WebSocketRoute(path, view) for path in GRAPHQL_PATHS),
        Route("/healthz", healthy),
        Route("/readyz", ready),
        MetricsView(services, settings, sampled).route,
        *(_everything(route) for route in (WebSocketRoute("/{path:path}", WebSocketClose()), Mount("/", gateway))),
    ]
    applications: dict[str, ASGIApp] = {**dict.fromkeys(GRAPHQL_PATHS, view), **dict.fromkeys(gateway.paths, gateway)}
    middleware = [limit, Middleware(Shortcuts, applications=shortcuts(routes, applications))]
    around = [Middleware(AccessLog, slow_seconds=settings.slow_operation_seconds), *origins.middleware]
    if settings.metrics_port is not None:
        around.append(Middleware(OnlyMetrics, port=settings.metrics_port))
    return Application(around, routes=routes, middleware=middleware, lifespan=lifespan)


def _everything(route: WebSocketRoute | Mount) -> WebSocketRoute | Mount:
    """The route, for paths with line breaks too, which Starlette's patterns stop at."""
    route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
    return route


async def healthy(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


def load_settings_once() -> Settings:
    """The settings, without the lists of words that the secret key was compared with: they are 12 MB."""
    settings = load_settings()
    forget("zxcvbn")
    return settings


def worker() -> Application:
    """The application of one worker process, from the environment."""
    settings = load_settings_once()
    configure_logging(settings)
    # What was imported stays, and so does what is there in the end: collections of garbage need not walk it, neither
    # now nor later, in the copies of this process either. Meanwhile there is much garbage, and so few collections
    # keep it from growing the process.
    gc.freeze()
    thresholds = gc.get_threshold()
    gc.set_threshold(COLLECTED_AT_START)
    app = create_app(settings)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*thresholds)
    return app


def configure_logging(settings: Settings) -> None:
    """Lines for people in development, JSON in production, on standard error."""
    logs.configure(logging.getLevelNamesMapping()[settings.log_level], is_json=settings.is_production)


async def check(settings: Settings) -> None:
    """Prepare the database once, so that a fault is told before any worker starts."""
    services = Services.from_settings(settings)
    try:
        await services.database.wait(settings.database_wait_seconds)
        services.database.check_writable()
        await prepare(services, settings)
    finally:
        await services.close()


def _unusable(error: Exception) -> str:
    """What the operator reads when files or the database keep the server from starting."""
    if isinstance(error, OSError) and error.filename:
        return f"DATA_DIR cannot be used: {error.strerror}: {error.filename}"
    reason = (error.__cause__ if isinstance(error, Unavailable) else getattr(error, "orig", None)) or error
    return f"The database cannot be used: {reason or type(reason).__name__}"


def main(*arguments: str) -> int:
    """Start the server, or with `--check` only see whether it could; 1 when the configuration cannot be used."""
    os.umask(UMASK)
    try:
        settings = load_settings_once()
        configure_logging(settings)
        for unknown in unknown_names(Settings):
            log.warning("unknown_setting", name=unknown.name, nearest=unknown.nearest)
        asyncio.run(check(settings))
        forget_background()
    except ConfigurationError as error:
        logs.say_cannot_start(str(error), is_json=logs_are_json())
        return 1
    except (SQLAlchemyError, Unavailable, OSError) as error:
        logs.say_cannot_start(_unusable(error), is_json=logs_are_json())
        return 1
    # uvicorn, which an application that is called in the process has no use for
    import_light("uvicorn")
    from workers import CHECK, serve

    app = worker()
    return 0 if CHECK in arguments else serve(app, settings)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
