"""`doctor`."""

import asyncio
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from shlex import quote

import typer
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError

from auth.encryption import Encryption
from auth.rate_limits import READY_KEY, READY_SECONDS
from cli.running import out, reason
from models.database_url import shown, sqlite_path
from models.db import Database
from models.db.server import WrongPooling
from models.errors import Unavailable
from models.identity import Role, UserRole
from models.migrate import migration_config
from models.origins import OPAQUE
from models.private_files import shared_paths
from models.redis import Gate, failures
from models.settings import ConfigurationError, Settings, load_settings
from models.statements import table_of
from resolvers.keys import count_old, sealing_key
from resolvers.startup import check_production
from schema.engine.explorer import DIST

_roles = table_of(UserRole)
_HAS_ADMINISTRATOR = select(exists().where(_roles.c.role == Role.ADMINISTRATOR))
TIMEOUT_S = 5
MAX_NAMED = 5
"""The files that are named of those that others may open."""


class Verdict(Enum):
    """How a check ended, as it is shown."""

    GOOD = "[green]ok[/green]  "
    NOTE = "[yellow]note[/yellow]"
    FAULT = "[red]fix[/red] "


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. Of a fault, `text` says what to change."""

    verdict: Verdict
    subject: str
    text: str


def doctor() -> None:
    """Print what each check found; the exit code is 1 if something has to be changed."""
    findings = asyncio.run(_findings())
    for finding in findings:
        out.print(f"{finding.verdict.value} [bold]{finding.subject}[/bold]:", end=" ")
        out.print(finding.text, markup=False)
    faults = sum(finding.verdict is Verdict.FAULT for finding in findings)
    if faults:
        out.print(f"\n{faults} to fix.")
        raise typer.Exit(1)
    out.print("\nNothing has to be changed.")


def good(subject: str, text: str) -> Finding:
    """A check that passed."""
    return Finding(Verdict.GOOD, subject, text)


def note(subject: str, text: str) -> Finding:
    """Something worth knowing."""
    return Finding(Verdict.NOTE, subject, text)


def fault(subject: str, text: str) -> Finding:
    """Something to change."""
    return Finding(Verdict.FAULT, subject, text)


async def _findings() -> list[Finding]:
    try:
        settings = load_settings()
    except ConfigurationError as error:
        # Nothing else can be looked at without a configuration.
        return [fault("configuration", line) for line in str(error).splitlines()]
    return [
        good("configuration", f"environment {settings.environment.value}"),
        _secret_key(settings),
        _listening(settings),
        _proxies(settings),
        _origins(settings),
        _data_dir(settings),
        _files(settings),
        *await _database(settings),
        await _redis(settings),
        _explorer(),
    ]


def _secret_key(settings: Settings) -> Finding:
    if settings.secret_key.get_secret_value():
        return good("secret key", "SECRET_KEY is set")
    return good("secret key", f"kept in {settings.data_dir.absolute() / 'secret_key'}, for development")


def _listening(settings: Settings) -> Finding:
    if settings.listens_on_loopback:
        return good("address", f"{settings.host}, which only this machine reaches")
    if settings.is_production:
        return good("address", settings.host)
    text = f"{settings.host}, where others reach a development server and its known administrator, as allowed"
    return note("address", text)


def _proxies(settings: Settings) -> Finding:
    allowed = settings.forwarded_allow_ips
    if "*" in allowed:
        return note("proxies", "FORWARDED_ALLOW_IPS=* believes what any client says of its address")
    return good("proxies", f"X-Forwarded-For is believed from {allowed or 'nobody'}")


def _origins(settings: Settings) -> Finding:
    origins = sorted(settings.origins)
    if not settings.is_production:
        return good("origins", "pages of any origin may call, in development")
    if not origins:
        return note("origins", "no page of another origin may call; CORS_ORIGINS names those of old clients")
    if OPAQUE & settings.origins:
        return note("origins", f"{', '.join(origins)}: null is every page that hides its address")
    return good("origins", f"pages of {', '.join(origins)} may call")


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        return fault("data directory", f"{existing} is not writable ({error.strerror}): change DATA_DIR or its owner")
    return good("data directory", f"{folder}{'' if existing == folder else ', made at the first start'}")


def _files(settings: Settings) -> Finding:
    shared = [str(path.absolute()) for path in shared_paths(settings.data_dir, settings.sqlite_file)]
    if not shared:
        return good("files", "other users of this machine may open none of them")
    named = " ".join(map(quote, shared[:MAX_NAMED]))
    more = f" and {len(shared) - MAX_NAMED} more" if len(shared) > MAX_NAMED else ""
    text = f"others may open {named}{more}; the server takes that away when it starts, or: chmod go= {named}"
    return note("files", text)


async def _database(settings: Settings) -> list[Finding]:
    url = settings.effective_database_url
    named = shown(url)
    if url.startswith("sqlite") and not _is_file(sqlite_path(url)):
        return [good("database", f"{named}, made at the first start")]
    database = Database(url)
    try:
        await database.wait(0)
        async with asyncio.timeout(TIMEOUT_S), database.engine.connect() as connection:
            heads = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_heads())
        found = [good("database", f"{named} answers"), _migrations(set(heads))]
        return found if found[-1].verdict is not Verdict.GOOD else [*found, *await _content(database, settings)]
    except (SQLAlchemyError, Unavailable, OSError) as error:
        if isinstance(error.__cause__, WrongPooling):
            return [fault("database", str(error.__cause__))]
        text = f"{named} does not answer ({reason(error)}): start it, or change DATABASE_URL"
        return [fault("database", text)]
    finally:
        await database.close()


def _migrations(current: set[str]) -> Finding:
    scripts = ScriptDirectory.from_config(migration_config())
    unknown = current - {script.revision for script in scripts.walk_revisions()}
    at = ", ".join(sorted(current))
    if unknown:
        text = f"the database is at {at}, which this version does not know: run the version that wrote it"
        return fault("migrations", text)
    if not current:
        return note("migrations", "the database is empty; the server fills it at its first start")
    if current != set(scripts.get_heads()):
        return note("migrations", f"the database is at {at}; the server migrates it when it starts")
    return good("migrations", f"up to date, at {at}")


def _is_file(path: str) -> bool:
    return Path(path).is_file()


async def _content(database: Database, settings: Settings) -> list[Finding]:
    found = [await _keys(database, settings)]
    if not settings.is_production:
        return found
    return [*found, *await _production(database)]


async def _keys(database: Database, settings: Settings) -> Finding:
    if not settings.secret_key.get_secret_value() and not settings.kept_key.exists():
        text = (
            f"{settings.kept_key.absolute()} is missing: put it back, set SECRET_KEY, or begin with an empty database"
        )
        return fault("keys", text)
    encryption = Encryption(*settings.signing_keys)
    try:
        await sealing_key(database, encryption)
    except ConfigurationError as error:
        return fault("keys", str(error))
    old = sum((await count_old(database, encryption)).values())
    if old:
        text = f"{old} values are not encrypted with the first key, {encryption.key_ids[0]}: python -m cli rotate-keys"
        return note("keys", text)
    return good("keys", f"all that is encrypted is so with the first key, {encryption.key_ids[0]}")


async def _production(database: Database) -> list[Finding]:
    try:
        await check_production(database)
    except ConfigurationError as error:
        return [fault("data", str(error))]
    if await database.fetch_value(_HAS_ADMINISTRATOR):
        return [good("data", "there is an administrator, and no demonstration data")]
    return [note("data", "there is no administrator yet: python -m cli create-admin")]


async def _redis(settings: Settings) -> Finding:
    if not settings.redis_url:
        if settings.workers > 1:
            return note("Redis", f"without REDIS_URL each of the {settings.workers} workers counts limits for itself")
        return good("Redis", "not configured, and one worker needs none")
    gate = Gate(settings.redis_url, "doctor")
    try:
        await gate.client.set(READY_KEY, "1", ex=READY_SECONDS)
    except failures() as error:
        return fault("Redis", f"it takes no writes ({reason(error)}): start it, or change REDIS_URL")
    finally:
        await gate.close()
    return good("Redis", "it answers, and takes writes")


def _explorer() -> Finding:
    if (DIST / "manifest.json").exists():
        return good("explorer", "built")
    return note("explorer", "not built, so GraphiQL comes from a CDN: install npm and run make setup")
