"""Prepares the database before the server serves requests: migrations, seeds and checks."""

import structlog
from sqlalchemy import bindparam, select

from models.db import Database
from models.identity import Credential, CredentialKind
from models.migrate import migrate
from models.private_files import make_private, shared_paths
from models.reference import Setting, SettingName
from models.settings import ConfigurationError, Settings
from models.statements import insert_new, table_of
from resolvers import keys, trail
from resolvers.demonstration import LOADED
from resolvers.identity.imports import add_administrator
from resolvers.scope import Scope, Services

DEVELOPMENT_ADMINISTRATOR = "8888888888"
DEVELOPMENT_PASSWORD = "admin"
_ADMINISTRATOR_ONLY = "administrator"

log = structlog.get_logger()

_settings, _credentials = table_of(Setting), table_of(Credential)
_MARK_VALUE = select(_settings.c.value).where(_settings.c.name == SettingName.DEMONSTRATION_DATA)
_MARK = insert_new(Setting, unique=["name"])
_HAS_ACCOUNT = select(_credentials.c.id).where(
    _credentials.c.kind == CredentialKind.STUDENT_ACCOUNT, _credentials.c.identifier == bindparam("account")
)


async def prepare(services: Services, settings: Settings) -> None:
    """Migrate the database and, in development, seed it. Raises ConfigurationError.

    Several processes may do this at once.
    """
    _tighten(settings)
    if settings.is_production:
        await migrate(services.database)
        await check_production(services.database)  # which says more of such a database than that its key is another
        await upgrade(services)
        return
    await upgrade(services)
    mark = await services.database.fetch_value(_MARK_VALUE)
    if mark == LOADED or (mark is not None and not settings.loads_demo_data):
        return
    await seed(Scope(services, now=services.clock()), demonstration=settings.loads_demo_data)


def _tighten(settings: Settings) -> None:
    """Take what other users of the machine may do with the product's files away: older releases let them read."""
    for path in shared_paths(settings.data_dir, settings.sqlite_file):
        try:
            make_private(path)
        except OSError as error:  # of another user, or of a file system that does not know permissions
            log.warning("file_not_private", path=str(path), reason=error.strerror)


async def upgrade(services: Services) -> None:
    """Migrate the database, and chain what its audit trail holds from before there was a chain.

    Raises ConfigurationError where the secret key does not fit what the database holds.
    """
    await migrate(services.database)
    await keys.adopt_sealing_key(services)
    await trail.adopt(services.database, services.seals)


async def seed(scope: Scope, *, demonstration: bool) -> bool:
    """Add development's administrator and, if asked to, the demonstration data; whether that was loaded just now.

    What is there already is left as it is.
    """
    loaded = False
    async with scope.begin() as transaction:
        if demonstration:
            from resolvers.demonstration.loading import load_demonstration

            loaded = await load_demonstration(scope)
        await add_administrator(scope, account=DEVELOPMENT_ADMINISTRATOR, name="管理员", password=DEVELOPMENT_PASSWORD)
        times = {"created_at": scope.now, "updated_at": scope.now}
        mark = {"name": SettingName.DEMONSTRATION_DATA, "value": _ADMINISTRATOR_ONLY}
        await transaction.execute(_MARK, {**mark, **times})
    return loaded


async def check_production(database: Database) -> None:
    """Refuse, with a ConfigurationError, a database that was seeded for development."""
    marked = await database.fetch_value(_MARK_VALUE)
    known = await database.fetch_value(_HAS_ACCOUNT, {"account": DEVELOPMENT_ADMINISTRATOR})
    if marked or known:
        raise ConfigurationError(
            "This database was seeded for development: it holds demonstration data or the administrator"
            f" {DEVELOPMENT_ADMINISTRATOR}. Point DATABASE_URL at a database of its own."
        )
