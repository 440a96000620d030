"""What is kept no longer is deleted, a bounded part at a time, and nothing else is."""

from datetime import timedelta
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY
from pydantic import ValidationError
from sqlalchemy import select, text

from models.db import Database
from models.settings import Settings
from models.tables import metadata
from resolvers.retention import RULES, Walks
from resolvers.scope import Services
from resolvers.sweeps import sweep
from tests.models.test_settings import configured
from tests.support.clients import MORNING, Clock, Product
from tests.support.rows import Rows

NOW = MORNING + timedelta(days=1000)
DAYS = {
    "verification_codes": 1,
    "outgoing_messages": 30,
    "notifications": 365,
    "client_requests": 184,
    "sessions": 30,
    "deleted_items": 30,
    "recommendations": 90,
}
"""The defaults, as docs/configuration.md gives them."""
AGE = {
    "verification_codes": "expires_at",
    "outgoing_messages": "updated_at",
    "notifications": "created_at",
    "client_requests": "created_at",
    "sessions": "expires_at",
    "deleted_items": "created_at",
    "recommendations": "updated_at",
}
"""The column that tells how old a row is."""
OVER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("verification_codes", {}),
    ("outgoing_messages", {"status": "sent"}),
    ("outgoing_messages", {"status": "failed"}),
    ("notifications", {}),
    ("client_requests", {}),
    ("sessions", {}),
    ("deleted_items", {}),
    ("recommendations", {}),
)
KEPT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("outgoing_messages", {"status": "waiting"}),
    ("outgoing_messages", {"status": "sending"}),
    ("sessions", {"expires_at": NOW}),
    ("sessions", {"expires_at": NOW, "revoked_at": NOW - timedelta(days=29)}),
    ("recommendations", {"is_current": True}),
    ("recommendations", {"mark": "x"}),
    ("recommendations", {"hidden_at": MORNING}),
    ("recommendations", {"sent": True}),
    ("recommendations", {"by_partner": True}),
)
"""Rows that stay, however old they are."""


@pytest.fixture
async def rows(product: Product, database: Database) -> Rows:
    return Rows(database, (await product.student()).id)


async def ids(database: Database, table: str) -> set[int]:
    return {row.id for row in await database.fetch(select(metadata.tables[table].c.id))}


def deleted(table: str) -> float:
    return REGISTRY.get_sample_value("retention_deleted_total", {"table": table}) or 0


async def test_each_table_loses_what_is_over_and_keeps_the_rest(
    settings: Settings, clock: Clock, database: Database, rows: Rows
) -> None:
    for table in ("sessions", "client_requests"):
        async with database.transaction() as transaction:
            await transaction.execute(metadata.tables[table].delete())
    feed = await rows.add("feeds")

    async def add(table: str, values: dict[str, Any], *, by: float = 1) -> int:
        """A row that is over by so many seconds."""
        if table == "recommendations":
            resume = await rows.add("resumes", user_id=await rows.add("users"))
            values = {"feed_id": feed, "resume_id": resume, **values}
        at = NOW - timedelta(days=DAYS[table], seconds=by)
        return await rows.add(table, **{AGE[table]: at, **values})

    over = [(table, await add(table, values)) for table, values in OVER]
    revoked = {"expires_at": NOW, "revoked_at": NOW - timedelta(days=31)}
    over.append(("sessions", await add("sessions", revoked)))
    kept = [(table, await add(table, values)) for table, values in KEPT]
    kept += [(table, await add(table, values, by=-1)) for table, values in OVER]
    marked, commented, watched, acquired = [await add("recommendations", {}) for _ in range(4)]
    resumes = {row.id: row.resume_id for row in await database.fetch(select(metadata.tables["recommendations"]))}
    await rows.add("recommendation_marks", recommendation_id=marked)
    await rows.add("recommendation_comments", recommendation_id=commented)
    await rows.add("watched_resumes", feed_id=feed, resume_id=resumes[watched])
    await rows.add("acquired_contacts", resume_id=resumes[acquired])
    kept += [("recommendations", number) for number in (marked, commented, watched, acquired)]
    before = {table: deleted(table) for table in DAYS}
    audited = await database.fetch_value(text("SELECT count(*) FROM audit_events"))
    clock.now = NOW
    services = Services.from_settings(settings, clock)

    with structlog.testing.capture_logs() as logs:
        await sweep(services)
        await sweep(services)
    await services.close()

    left = {table: await ids(database, table) for table in DAYS}
    assert [row for row in over if row[1] in left[row[0]]] == []
    assert [row for row in kept if row[1] not in left[row[0]]] == []
    expected = {table: sum(name == table for name, _ in over) for table in DAYS}
    assert {table: deleted(table) - before[table] for table in DAYS} == expected
    (told,) = [line for line in logs if line["event"] == "retention"]
    assert {table: told[table] for table in DAYS} == expected
    assert await database.fetch_value(text("SELECT count(*) FROM audit_events")) == audited > 0


async def test_a_sweep_goes_on_where_the_last_one_stopped(
    settings: Settings, clock: Clock, database: Database, rows: Rows
) -> None:
    old = await rows.add("notifications", created_at=MORNING)
    young = await rows.add("notifications", created_at=MORNING + timedelta(days=400))
    clock.advance(days=400)
    services = Services.from_settings(settings, clock)
    walks: Walks = {"notifications": old}

    await sweep(services, walks)
    assert await ids(database, "notifications") == {old, young}
    await sweep(services, walks)  # from the beginning again, since there was nothing further

    await services.close()
    assert await ids(database, "notifications") == {young}


def test_every_rule_has_a_setting() -> None:
    settings = configured()
    named = {name for name in Settings.model_fields if name.startswith("retention_")}

    assert named == {f"retention_{rule.kind}_days" for rule in RULES} | {
        "retention_uploads_days",
        "retention_audit_days",
    }
    assert {rule.table.name: settings.kept_for(rule.kind).days for rule in RULES} == DAYS
    for name in named - {"retention_audit_days"}:
        with pytest.raises(ValidationError, match=name):
            configured(**{name: 0})
    assert (configured().kept_for("audit").days, configured(retention_audit_days=365).kept_for("audit").days) == (
        0,
        365,
    )
    with pytest.raises(ValidationError, match="audit events are kept for at least 365 days, or for ever"):
        configured(retention_audit_days=364)
