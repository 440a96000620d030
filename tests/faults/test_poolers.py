"""Behind PgBouncer: what each mode of it needs, with a real one between the product and PostgreSQL."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from models.db import Database
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
READ_OFTEN = 200


def behind(begin: str, product: Product, settings: Settings, parameters: str = "") -> Settings:
    """The settings of one that reaches the same database through the pooler."""
    return settings.model_copy(update={"database_url": begin + product.url.rpartition("/")[2] + parameters})


async def test_reads_writes_transactions_and_locks_pass_a_pooler_of_transactions(
    cluster: Cluster, product: Product, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    person = await product.student()
    with running_pgbouncer(cluster, tmp_path, "transaction") as begin:
        pooled = behind(begin, product, settings, "?pgbouncer=true")
        one, other = (Database(pooled.effective_database_url) for _ in range(2))
        async with running(create_app(pooled, clock), clock, pooled.database_url) as through:
            async with try_lock(one, "work") as held:
                assert held is not None
                async with try_lock(other, "work") as refused, try_lock(other, "else") as unrelated:
                    assert refused is None
                    assert unrelated is not None

                reads = [through.graphql(VIEWER, person=person) for _ in range(READ_OFTEN)]
                titles = [{"t": f"post {number}"} for number in range(20)]
                writes = [through.graphql(CREATE_POST, title, person=person) for title in titles]
                read, written = await asyncio.gather(asyncio.gather(*reads), asyncio.gather(*writes))
                ready = await through.http.get("/readyz")

                assert await held.is_held()
            async with try_lock(other, "work") as free:
                assert free is not None
        await one.close()
        await other.close()

    assert read == [{"data": {"viewer": {"databaseId": person.id}}}] * READ_OFTEN
    assert written == [{"data": {"createPost": {"errors": []}}}] * 20
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    posts = await product.data("{ posts(first: 100) { nodes { title } } }", person=person)
    assert {post["title"] for post in posts["posts"]["nodes"]} >= {title["t"] for title in titles}


@pytest.mark.parametrize(
    ("mode", "parameters", "told"),
    [
        ("session", "", None),
        ("transaction", "", "add pgbouncer=true to the parameters of DATABASE_URL"),
        ("statement", "?pgbouncer=true", "transaction blocks not allowed in statement pooling mode"),
    ],
)
async def test_what_a_pooler_breaks_is_told_at_start_by_doctor_and_by_readyz(
    cluster: Cluster,
    product: Product,
    settings: Settings,
    clock: Clock,
    tmp_path: Path,
    mode: str,
    parameters: str,
    told: str | None,
) -> None:
    with running_pgbouncer(cluster, tmp_path, mode) as begin:
        configured = behind(begin, product, settings, parameters)
        database = Database(configured.effective_database_url)
        reason: Any = None
        try:
            await database.wait(0)  # as the server does when it starts
        except Unavailable as error:
            reason = error.__cause__
        finally:
            await database.close()
        environment = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": configured.database_url}
        doctor = await asyncio.to_thread(in_process(environment), "doctor")
        async with running(product.app, clock, product.url):  # whose database is replaced below
            pass

    assert (told or "") in str(reason or "")
    assert (told is None) == (reason is None) == (doctor.returncode == 0)
    assert (told or "") in doctor.stdout
