"""What `doctor` finds of a PostgreSQL server: rights, connections and clock."""

from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from cli.checks.finding import Finding, Verdict
from cli.checks.machine import FULL_BYTES, SCARCE_BYTES, room
from cli.checks.postgresql import clock, pools
from tests.cli.conftest import Cli
from tests.cli.test_doctor import lines
from tests.support.clients import Product

VISITOR = "doctors_visitor"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_rights_of_the_role_are_looked_at(product: Product, cli: Cli) -> None:
    connection = await asyncpg.connect(product.url)
    visiting = product.url.replace("postgres@", f"{VISITOR}@")

    def found(url: str, **more: str) -> dict[str, list[str]]:
        return lines(cli("doctor", DATABASE_URL=url, **more).stdout)

    try:
        owner = found(product.url, WORKERS="7")
        await connection.execute(f"CREATE ROLE {VISITOR} LOGIN CONNECTION LIMIT 10")
        stranger = found(visiting)
        await connection.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {VISITOR}")
        await connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {VISITOR}")
        reader = found(visiting)
        await connection.execute(f"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {VISITOR}")
        writer = found(visiting)
        await connection.execute(f"ALTER ROLE {VISITOR} SET default_transaction_read_only = on")
        standby = found(visiting)
    finally:
        await connection.execute(f"DROP OWNED BY {VISITOR}; DROP ROLE {VISITOR}")
        await connection.close()

    assert owner["rights"] == ["ok the role may create, read and write tables"]
    assert owner["clock"] == ["ok the database's agrees with this machine's"]
    assert owner["connections"][0].startswith("fix 7 workers open 226 connections at most, and the server allows 197")
    assert owner["Redis"][0].startswith("note without REDIS_URL each of the 7 workers counts limits for itself")
    assert stranger["rights"][0].startswith("fix the role may not create tables")
    assert stranger["connections"][0].startswith("fix 1 workers open 34 connections at most, and the server allows 10")
    assert reader["rights"][0].startswith("fix the role may not read and write acquired_contacts, alembic_version,")
    assert writer["rights"][0].startswith("fix the role may not migrate acquired_contacts, alembic_version,")
    assert standby["rights"] == ["fix the database is read-only: DATABASE_URL may name a standby"]


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        (clock(timedelta(seconds=4)), Verdict.GOOD),
        (clock(timedelta(seconds=-4)), Verdict.GOOD),
        (clock(timedelta(seconds=6)), Verdict.FAULT),
        (clock(timedelta(seconds=-6)), Verdict.FAULT),
        (pools(1, 97), Verdict.GOOD),
        (pools(2, 97), Verdict.NOTE),
        (pools(2, 66), Verdict.NOTE),
        (pools(2, 65), Verdict.FAULT),
        (room(Path("/data"), SCARCE_BYTES), Verdict.GOOD),
        (room(Path("/data"), SCARCE_BYTES - 1), Verdict.NOTE),
        (room(Path("/data"), FULL_BYTES - 1), Verdict.FAULT),
    ],
)
def test_how_much_is_too_much(finding: Finding, verdict: Verdict) -> None:
    assert finding.verdict is verdict
