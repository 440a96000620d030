"""Shared by the commands: services from the configuration, and one-line error messages."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from models.errors import DomainError, OutcomeUnknown, Unavailable
from models.settings import ConfigurationError, Settings, load_settings
from resolvers.scope import Scope, Services
from resolvers.startup import upgrade

T = TypeVar("T")

REQUEST_ID = "cli"
"""What the audit trail calls what a command did."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str, *, status: int = 1) -> typer.Exit:
    """The exit of a command that could not do its work; the message says why."""
    err.print("[red]Error:[/red]", end=" ")
    err.print(message, markup=False)
    return typer.Exit(status)


def settings() -> Settings:
    """The configuration, or an exit that names every fault of it."""
    try:
        return load_settings()
    except ConfigurationError as error:
        raise fail(f"the configuration cannot be used.\n{error}") from None


def run(configured: Settings, work: Callable[[Services], Awaitable[T]]) -> T:
    """What the work returns, on a migrated database. Expected faults end the command in one line."""

    async def with_services() -> T:
        services = Services.from_settings(configured)
        try:
            await services.database.wait(configured.database_wait_seconds)
            await upgrade(services)
            return await work(services)
        finally:
            await services.close()

    if not structlog.is_configured():
        # Standard output is for what the command says.
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    try:
        return asyncio.run(with_services())
    except (OutcomeUnknown, ConfigurationError) as error:
        raise fail(str(error)) from None
    except (SQLAlchemyError, OSError, Unavailable) as error:
        raise fail(f"the database does not answer: {reason(error)}\n`python -m cli doctor` says more.") from None
    except DomainError as error:
        raise fail(str(error)) from None


def new_scope(services: Services) -> Scope:
    """The scope of work that begins now."""
    return Scope(services, now=services.clock(), request_id=REQUEST_ID)


def reason(error: Exception) -> str:
    """What a driver says, in one line."""
    original = (error.__cause__ if isinstance(error, Unavailable) else getattr(error, "orig", None)) or error
    lines = str(original).strip().splitlines()
    return lines[0] if lines else type(original).__name__
