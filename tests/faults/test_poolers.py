"""Behind PgBouncer: what each mode of it needs, with a real one between the product and PostgreSQL."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from models.db import Database
from models.db.server import WrongPooling
from models.errors import Unavailable
from models.locks import try_lock
from models.settings import Settings
from server import create_app
from tests.cli.conftest import in_process
from tests.support.clients import Clock, Product, running
from tests.support.pgbouncer import running_pgbouncer
from tests.support.postgresql import Cluster

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

VIEWER = "{ viewer { databaseId } }"
CREATE_POST = 'mutation ($t: String!) { createPost(input: {title: $t, content: "c"}) { errors { code } } }'
READS = 200
TITLES = [f"post {number}" for number in range(20)]


async def reason_not_to_start(url: str) -> str | None:
    """What a server that starts is told of the database; once it is told, no statement runs."""
    database = Database(url)
    try:
        await database.wait(0)
    except Unavailable as refusal:
        if isinstance(refusal.__cause__, WrongPooling):
            with pytest.raises(Unavailable):
                await database.fetch(text("SELECT 1"))
        return str(refusal.__cause__)
    finally:
        await database.close()
    return None


async def test_each_mode_of_a_pooler_works_or_is_refused_with_what_to_do(
    cluster: Cluster, product: Product, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    person = await product.student()
    with running_pgbouncer(cluster, product.url.rpartition("/")[2]) as url:
        assert await reason_not_to_start(url("session")) is None
        assert "add pgbouncer=true to the parameters" in (await reason_not_to_start(url("transaction")) or "")
        assert "not allowed in statement pooling" in (
            await reason_not_to_start(f"{url('statement')}?pgbouncer=1") or ""
        )
        environment = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": url("transaction")}
        doctor = await asyncio.to_thread(in_process(environment), "doctor")
        command = await asyncio.to_thread(in_process(environment), "load-demo")

        pooled = settings.model_copy(update={"database_url": f"{url('transaction')}?pgbouncer=true"})
        one, other = (Database(pooled.effective_database_url) for _ in range(2))
        async with running(create_app(pooled, clock), clock, pooled.database_url) as through:
            async with try_lock(one, "work") as held:
                assert held is not None
                async with try_lock(other, "work") as refused, try_lock(one, "else") as unrelated:
                    assert refused is None
                    assert unrelated is not None
                reads = [through.graphql(VIEWER, person=person) for _ in range(READS)]
                writes = [through.graphql(CREATE_POST, {"t": title}, person=person) for title in TITLES]
                read, written = await asyncio.gather(asyncio.gather(*reads), asyncio.gather(*writes))
                ready = await through.http.get("/readyz")
                assert await held.is_held()
            async with try_lock(other, "work") as free:
                assert free is not None
        await one.close()
        await other.close()

    assert (doctor.returncode, command.returncode) == (1, 1)
    assert all("add pgbouncer=true to the parameters" in told for told in (doctor.stdout, command.stderr))
    assert read == [{"data": {"viewer": {"databaseId": person.id}}}] * READS
    assert written == [{"data": {"createPost": {"errors": []}}}] * len(TITLES)
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    posts = await product.data("{ posts(first: 50) { nodes { title } } }", person=person)
    assert {post["title"] for post in posts["posts"]["nodes"]} >= set(TITLES)
