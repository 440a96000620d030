"""`migrate`."""

from sqlalchemy import text

from cli.running import out, print_json, run, settings
from resolvers.scope import Services

_REVISION = text("SELECT version_num FROM alembic_version")


def migrate(*, as_json: bool) -> None:
    """Bring the database to the newest revision, and print which that is."""

    async def revision(services: Services) -> str:
        return str(await services.database.fetch_value(_REVISION))

    newest = run(settings(), revision)  # which migrates first, as every command does
    if as_json:
        print_json({"revision": newest})
    else:
        out.print(f"The database is up to date, at {newest}.")
