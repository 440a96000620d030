"""Shared by the commands: services from the configuration, and one-line error messages."""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import structlog
import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from models.errors import DomainError, OutcomeUnknown, Unavailable
from models.private_files import UMASK
from models.settings import ConfigurationError, Settings, load_settings
from resolvers.scope import Scope, Services
from resolvers.startup import upgrade

T = TypeVar("T")

REQUEST_ID = "command line"
"""What the audit trail calls what a command did."""

REFUSED = 1
"""The exit code of a command that was refused, or found something wrong."""
MISUSED = 2
"""The exit code of a command that was given wrongly; typer's own."""
UNAVAILABLE = 3
"""The exit code where the database or another service does not answer: later the same command may succeed."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str, *, status: int = REFUSED) -> typer.Exit:
    """The exit of a command that could not do its work; the message says why."""
    err.print("[red]Error:[/red]", end=" ")
    err.print(message, markup=False)
    return typer.Exit(status)


def print_json(data: object) -> None:
    """Print a document for programs; instants are in ISO 8601."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_encoded))


def _encoded(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def local_time(moment: datetime) -> str:
    """An instant for people, in the time zone of the machine."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def log_to_stderr() -> None:
    """Have standard output hold nothing but the data, whatever is logged on the way."""
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


def settings() -> Settings:
    """The configuration, or an exit that names every fault of it."""
    log_to_stderr()
    try:
        return load_settings()
    except ConfigurationError as error:
        raise fail(f"the configuration cannot be used.\n{error}") from None


class CommandFault(Exception):
    """A command cannot do its work; the message says why."""


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

    return finish(with_services())


def finish(work: Coroutine[Any, Any, T]) -> T:
    """What the work returns. Expected faults end the command with a message; files that it makes are private."""
    with _private_files(), _tidy_end():
        try:
            return asyncio.run(work)
        except (OutcomeUnknown, ConfigurationError, CommandFault) as error:
            raise fail(str(error)) from None
        except (SQLAlchemyError, Unavailable) as error:
            raise _no_answer(error) from None
        except OSError as error:
            if error.filename is None:
                raise _no_answer(error) from None
            raise fail(f"{error.filename}: {error.strerror}") from None
        except DomainError as error:
            raise fail(str(error)) from None


def _no_answer(error: Exception) -> typer.Exit:
    from models.db.server import WrongPooling  # with the driver, which not every command needs

    told = f"the database does not answer: {reason(error)}\n`python -m cli doctor` says more."
    # That DATABASE_URL does not say what stands before the database changes by no waiting.
    return fail(told, status=REFUSED if isinstance(error.__cause__, WrongPooling) else UNAVAILABLE)


@contextmanager
def _private_files() -> Iterator[None]:
    """Files that are made while the block runs are for this user alone."""
    before = os.umask(UMASK)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _tidy_end() -> Iterator[None]:
    """While the block runs, who asks the process to end has it remove its unfinished files, as an interrupt does."""
    if threading.current_thread() is not threading.main_thread():  # which alone is told of signals
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def read(configured: Settings, work: Callable[[Scope], Awaitable[T]]) -> T:
    """What the work returns, which reads only."""
    return run(configured, lambda services: work(new_scope(services)))


def act(configured: Settings, work: Callable[[Scope], Awaitable[T]]) -> T:
    """What the work returns, all of it one transaction."""

    async def in_transaction(services: Services) -> T:
        scope = new_scope(services)
        async with scope.begin():
            return await work(scope)

    return run(configured, in_transaction)


def new_scope(services: Services) -> Scope:
    """The scope of work that begins now."""
    return Scope(services, now=services.clock(), request_id=REQUEST_ID)


def reason(error: Exception) -> str:
    """What a driver says, in one line."""
    original = (error.__cause__ if isinstance(error, Unavailable) else getattr(error, "orig", None)) or error
    lines = str(original).strip().splitlines()
    return lines[0] if lines else type(original).__name__
