"""DATABASE_URL as providers hand it out: what asyncpg is told of it, and what is refused by name."""

import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from models.database_url import (
    connection_options,
    database_problems,
    for_libpq,
    is_pooled,
    normalised,
    shown,
    sqlite_path,
)
from models.db import Database
from models.errors import Unavailable
from tests.support.certificates import issued_to
from tests.support.postgresql import Cluster
from tests.support.waiting import until

HOST = "postgresql://u:p%40ss@db.example:6543/name"


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("postgres://u@h/d", {"dsn": "postgresql://u@h/d"}),
        ("postgresql+asyncpg://u@h:1,k:2/d", {"dsn": "postgresql://u@h:1,k:2/d"}),
        ("postgresql://u@%2Frun%2Fpg/d", {"dsn": "postgresql://u@%2Frun%2Fpg/d"}),
        ("postgresql://u@[::1]:5432/d", {"dsn": "postgresql://u@[::1]:5432/d"}),
        ("postgresql:///d?host=/run/pg&port=5433", {"dsn": "postgresql:///d?host=%2Frun%2Fpg&port=5433"}),
        (f"{HOST}?sslmode=require&channel_binding=prefer", {"dsn": f"{HOST}?sslmode=require"}),
        (f"{HOST}?ssl=true", {"dsn": f"{HOST}?sslmode=require"}),
        (f"{HOST}?ssl=verify-full&sslmode=disable", {"dsn": f"{HOST}?sslmode=disable"}),
        (f"{HOST}?target_session_attrs=read-write", {"dsn": f"{HOST}?target_session_attrs=read-write"}),
        (f"{HOST}?pgbouncer=true&connect_timeout=7", {"dsn": HOST, "timeout": 7.0}),
        (f"{HOST}?connect_timeout=0", {"dsn": HOST}),
        (
            f"{HOST}?application_name=a+b%20c&fallback_application_name=x",
            {"dsn": HOST, "server_settings": {"application_name": "a+b c"}},
        ),
        (f"{HOST}?fallback_application_name=x", {"dsn": HOST, "server_settings": {"application_name": "x"}}),
        (f"{HOST}?options=-c%20jit%3Doff", {"dsn": HOST, "server_settings": {"options": "-c jit=off"}}),
    ],
)
def test_parameters_of_libpq_are_translated(url: str, options: dict[str, Any]) -> None:
    assert list(database_problems(normalised(url))) == []
    assert connection_options(normalised(url)) == options


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://u@h/d", "DATABASE_URL starts with mysql://: use sqlite:/// or postgresql://."),
        ("postgresql+psycopg2://u@h/d", "DATABASE_URL starts with postgresql+psycopg2://: use sqlite:/// or"),
        ("name", "DATABASE_URL starts with name://"),
        (
            f"{HOST}?channel_binding=require",
            "DATABASE_URL: channel_binding=require is not supported: remove it, and let",
        ),
        (f"{HOST}?gssencmode=require", "DATABASE_URL: gssencmode=require is not supported: remove it."),
        (f"{HOST}?keepalives=1", "DATABASE_URL: keepalives is not supported: remove it."),
        (f"{HOST}?connection_limit=1", "DATABASE_URL: connection_limit is not supported: remove it."),
        (f"{HOST}?schema=public", "DATABASE_URL: schema is not supported: remove it."),
        (
            f"{HOST}?sslmode=on",
            "DATABASE_URL: sslmode is one of disable, allow, prefer, require, verify-ca, verify-full.",
        ),
        (f"{HOST}?target_session_attrs=master", "DATABASE_URL: target_session_attrs is one of any, primary,"),
        (f"{HOST}?connect_timeout=5s", "DATABASE_URL: connect_timeout is a number of seconds."),
        (f"{HOST}?pgbouncer=maybe", "DATABASE_URL: pgbouncer is true or false."),
        (f"{HOST}?port=0", "DATABASE_URL: port is a number up to 65535"),
        (f"{HOST}?sslmode", "DATABASE_URL: it cannot be read"),
        (
            "postgresql://u:p@ss@h/d",
            "DATABASE_URL: it holds a second @: in a user name or a password it is written %40.",
        ),
        ("postgresql://u:p#ss@h/d", "DATABASE_URL: it holds a #, which ends a URL: in a password it is written %23."),
        ("postgresql://u@h:54320000/d", "DATABASE_URL: 54320000 is no port"),
        ("postgresql://u@[::1/d", "DATABASE_URL: it cannot be read"),
        (
            f"{HOST}?sslrootcert=/nowhere/ca.pem",
            "DATABASE_URL: sslrootcert cannot be read: No such file or directory: /",
        ),
        (f"{HOST}?sslrootcert={__file__}", f"DATABASE_URL: sslrootcert holds no certificate in PEM: {__file__}."),
        (f"{HOST}?sslcert={__file__}", "DATABASE_URL: sslcert and sslkey are no certificate and its key in PEM"),
        (f"{HOST}?sslkey={__file__}", "DATABASE_URL: sslkey needs sslcert."),
        (
            f"{HOST}?sslrootcert=system&sslmode=require",
            "DATABASE_URL: sslrootcert=system goes with sslmode=verify-full",
        ),
        ("sqlite://", "DATABASE_URL names no file: it is like sqlite:///file.db."),
        ("sqlite:///:memory:", "DATABASE_URL names no file: it is like sqlite:///file.db."),
        ("sqlite://folder/file.db", "DATABASE_URL names a host: a file has three slashes"),
        ("sqlite:///file.db?timeout=5", "DATABASE_URL: timeout is no parameter of SQLite here: remove it"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(url: str, problem: str) -> None:
    (told,) = database_problems(normalised(url))

    assert told.startswith(problem)


def test_certificates_of_the_machine_and_of_the_client_are_used(tmp_path: Path) -> None:
    certificate, key = issued_to("client.example", tmp_path)
    url = f"{HOST}?sslrootcert=system&sslcert={certificate}&sslkey={key}"

    options = connection_options(url)

    assert list(database_problems(url)) == []
    assert options["dsn"] == HOST
    assert (options["ssl"].check_hostname, options["ssl"].verify_mode) == (True, ssl.CERT_REQUIRED)
    own = f"{HOST}?sslmode=verify-full&sslrootcert={certificate}&sslcert={certificate}&sslkey={key}"
    assert list(database_problems(own)) == []


@pytest.mark.parametrize(("value", "pooled"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_a_pooler_of_transactions_is_named(value: str, pooled: bool) -> None:
    assert is_pooled(f"{HOST}?pgbouncer={value}") is pooled
    assert not is_pooled(HOST)


def test_no_password_is_shown() -> None:
    assert shown(f"{HOST}?sslpassword=secret&sslmode=require&password=p") == (
        "postgresql://u:***@db.example:6543/name?sslpassword=***&sslmode=require&password=***"
    )
    assert shown("postgresql://h/d") == "postgresql://h/d"


def test_the_path_of_a_file_is_a_part_of_a_url() -> None:
    assert sqlite_path("sqlite:////data/a%20b%3Fc.db") == "/data/a b?c.db"


def install(files: dict[str, Path], folder: Path) -> None:
    """Copy the files there, for nobody but the folder's owner."""
    for name, source in files.items():
        shutil.copyfile(source, folder / name)
        (folder / name).chmod(0o600)
        shutil.chown(folder / name, folder.owner(), folder.group())


@asynccontextmanager
async def speaking_tls(cluster: Cluster, folder: Path) -> AsyncIterator[Path]:
    """The cluster with a certificate, which is at this path."""
    connection = await asyncpg.connect(cluster.url("postgres"), ssl=False)
    data = Path(await connection.fetchval("SHOW data_directory"))
    certificate, key = issued_to("localhost", folder)
    install({"server.crt": certificate, "server.key": key}, data)
    try:
        await connection.execute("ALTER SYSTEM SET ssl = on")
        await connection.execute("SELECT pg_reload_conf()")
        yield certificate
    finally:
        await connection.execute("ALTER SYSTEM RESET ssl")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()


async def test_tls_is_as_strict_as_the_url_says(cluster: Cluster, tmp_path: Path) -> None:
    async def is_encrypted(parameters: str) -> Any:
        url = f"{cluster.url('postgres')}?{parameters}"
        assert list(database_problems(url)) == []
        database = Database(url)
        try:
            await database.wait(0)
            return await database.fetch_value(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
        except Unavailable as refused:
            return type(refused.__cause__)
        finally:
            await database.close()

    async def is_on() -> bool:
        return await is_encrypted("sslmode=require") is True

    async with speaking_tls(cluster, tmp_path) as certificate:
        await until(is_on)
        assert await is_encrypted("sslmode=disable") is False
        assert await is_encrypted(f"sslmode=verify-full&sslrootcert={certificate}") is True
        assert await is_encrypted("sslrootcert=system") is ssl.SSLCertVerificationError


@pytest.mark.parametrize(
    ("url", "address", "password"),
    [
        ("postgresql+asyncpg://u:p%40q@h/a%20b", "postgresql://u@h/a%20b", "p@q"),
        ("postgres://u:p@h1:5432,h2:5433/db", "postgresql://u@h1:5432,h2:5433/db", "p"),
        ("postgresql:///?dbname=x&user=y&password=z&host=/run", "postgresql:///?dbname=x&user=y&host=%2Frun", "z"),
        (
            "postgresql://h/db?ssl=true&options=-c%20a=b&channel_binding=prefer&passfile=/p",
            "postgresql://h/db?options=-c%20a%3Db&passfile=%2Fp&sslmode=require",
            "",
        ),
    ],
)
def test_programs_of_postgresql_are_given_the_same_database(url: str, address: str, password: str) -> None:
    assert for_libpq(url) == (address, password)
