"""Databases of a PostgreSQL cluster for tests: each test finds one as after the product's first start.

Making a database takes far longer than bringing one back to that state, so that tests lend the same one.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Callable

import asyncpg

from tests.support import connections
from tests.support.postgresql import Cluster

MAX_ROWS = 20_000
"""The rows that are deleted from a database before another takes its place: nothing removes the dead ones."""
LOCK_TIMEOUT = "2s"

# The statements are written out for each table, so that the connection plans them once. Event triggers notice every
# statement that changes more than rows; then the database is not lent again.
PRISTINE = """
CREATE SCHEMA pristine;
CREATE TABLE pristine.alterations (id bigserial);
CREATE TABLE pristine.deletions (count bigint NOT NULL);
INSERT INTO pristine.deletions VALUES (0);

DO $$
DECLARE
  name text;
  counter record;
  is_filled boolean;
  body text := '';
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    body := body || format('DELETE FROM public.%I; GET DIAGNOSTICS deleted = ROW_COUNT;', name);
    body := body || 'total := total + deleted;';
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO is_filled;
    IF is_filled THEN
      EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', 'rows_of_' || name, name);
      body := body || format('INSERT INTO public.%I SELECT * FROM pristine.%I;', name, 'rows_of_' || name);
    END IF;
  END LOOP;
  FOR counter IN
    SELECT sequencename AS name, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'
  LOOP
    body := body || format(
      'PERFORM setval(%L::regclass, %s, %L);',
      format('public.%I', counter.name),
      coalesce(counter.last_value, counter.start_value),
      counter.last_value IS NOT NULL
    );
  END LOOP;
  EXECUTE format($function$
    CREATE FUNCTION pristine.reset(max_rows bigint) RETURNS boolean LANGUAGE plpgsql AS %L
  $function$, format($body$
    DECLARE
      deleted bigint;
      total bigint := 0;
    BEGIN
      IF EXISTS (SELECT FROM pristine.alterations) THEN
        RETURN false;
      END IF;
      SET LOCAL session_replication_role = replica;
      %s
      UPDATE pristine.deletions SET count = count + total RETURNING count INTO total;
      RETURN total < max_rows;
    END
  $body$, body));
END $$;

CREATE FUNCTION pristine.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO pristine.alterations DEFAULT VALUES;
END $$;
CREATE EVENT TRIGGER noted_definitions ON ddl_command_end EXECUTE FUNCTION pristine.note();
CREATE EVENT TRIGGER noted_drops ON sql_drop EXECUTE FUNCTION pristine.note();
"""
OTHERS = """
SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL ($1::int[])
"""


class Lender:
    """Lends a database that is as a template was, to one test after the other, over a connection that it keeps."""

    def __init__(self, cluster: Cluster, make_template: Callable[[], str], *, max_rows: int = MAX_ROWS) -> None:
        self._cluster = cluster
        self._make_template = make_template
        self._template: str | None = None
        self._max_rows = max_rows
        self._current: str | None = None
        self._connection: asyncpg.Connection | None = None
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)

    def lend(self) -> str:
        """The URL of a database as it was; nobody else uses it until this is called again."""
        if self._current is None or not self._runner.run(self._is_reset()):
            if self._current is not None:
                connections.give_up(self._current)
                self._runner.run(drop_database(self._cluster, self._current))
            self._template = self._template or self._make_template()
            self._current = self._runner.run(create_database(self._cluster, self._template))
            self._runner.run(self._take(self._current))
        return self._cluster.url(self._current)

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.terminate()
        if self._current is not None:
            connections.give_up(self._current)
        self._runner.close()

    async def _take(self, name: str) -> None:
        self._connection = await asyncpg.connect(self._cluster.url(name))
        await self._connection.execute(PRISTINE)
        await self._connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")

    async def _is_reset(self) -> bool:
        assert self._connection is not None
        assert self._current is not None
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await self._connection.fetchval(OTHERS, connections.lend(self._current))
            if await self._connection.fetchval("SELECT pristine.reset($1)", self._max_rows):
                return True
        self._connection.terminate()
        return False


async def create_database(cluster: Cluster, template: str = "template1") -> str:
    """The name of a new database like the template."""
    name = f"test_{uuid.uuid4().hex}"
    await _administer(cluster, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return name


async def drop_database(cluster: Cluster, name: str) -> None:
    """Drop it, whoever is connected to it."""
    await _administer(cluster, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _administer(cluster: Cluster, statement: str) -> None:
    connection = await asyncpg.connect(cluster.url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
