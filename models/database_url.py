"""DATABASE_URL: what it may say, and what SQLAlchemy and asyncpg are told of it.

Providers hand out URLs with libpq's parameters. Those that asyncpg knows go to it as they are, others are translated,
and what would be ignored is refused by name: who asks for `channel_binding=require` has to learn that it is not done.
"""

import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

SQLITE, POSTGRESQL = "sqlite+aiosqlite", "postgresql+asyncpg"
DRIVERS = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgres": POSTGRESQL,
    "postgresql": POSTGRESQL,
    POSTGRESQL: POSTGRESQL,
}
POOLED = "pgbouncer"
"""The parameter that says that a pooler gives each transaction another connection: the name that Prisma has for it."""
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
SESSIONS = ("any", "primary", "standby", "read-write", "read-only", "prefer-standby")
SYSTEM = "system"
"""`sslrootcert`: whom the machine trusts."""

_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_OF_ASYNCPG = {
    *("host", "port", "dbname", "user", "password", "passfile", "service", "krbsrvname", "gsslib", "sslnegotiation"),
    *("sslmode", "sslpassword", "ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs"),
    *_FILES,
}
"""The parameters that asyncpg understands as libpq does."""
_SECRETS = ("password", "sslpassword")
_OF_THE_SERVER = ("application_name", "options")
_CHOICES = {
    "sslmode": SSL_MODES,
    "target_session_attrs": SESSIONS,
    "sslnegotiation": ("postgres", "direct"),
    "gsslib": ("gssapi", "sspi"),
    "ssl_min_protocol_version": ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    "ssl_max_protocol_version": ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
}
_HARMLESS = {
    "channel_binding": ("disable", "prefer"),
    "gssencmode": ("disable", "prefer"),
    "sslcompression": ("0",),
    "sslsni": ("1",),
    "load_balance_hosts": ("disable",),
    "client_encoding": ("utf8", "utf-8", "auto"),
}
"""What only says what is done anyway."""
_YES, _NO = ("true", "1", "on", "yes"), ("false", "0", "off", "no")


def database_problems(url: str) -> Iterator[str]:
    """What keeps this DATABASE_URL from being used, one sentence each; nothing of it shows a password."""
    scheme = url.partition("://")[0]
    if scheme not in DRIVERS or "://" not in url:
        yield f"DATABASE_URL starts with {scheme[:32]}://: use sqlite:/// or postgresql://."
    elif DRIVERS[scheme] == SQLITE:
        yield from _sqlite_problems(normalised(url))
    else:
        for problem in _postgresql_problems(url):
            yield f"DATABASE_URL: {problem}"


def normalised(url: str) -> str:
    """The URL with the name that SQLAlchemy has for its driver."""
    scheme, separator, rest = url.partition("://")
    return DRIVERS.get(scheme, scheme) + separator + rest


def sqlite_url(path: Path) -> str:
    """The URL of a file, whatever its path holds."""
    return URL.create(SQLITE, database=str(path)).render_as_string()


def sqlite_path(url: str) -> str:
    """The path of the file that the URL names."""
    return make_url(url).database or ""


def shown(url: str) -> str:
    """The URL as it may be shown: without passwords."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("://")[0]
    user, at, place = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    query = "&".join(
        f"{part.partition('=')[0]}=***" if "password" in part.partition("=")[0] else part
        for part in parts.query.split("&")
    )
    return _url(parts, query, f"{name}{':***' if colon else ''}{at}{place}")


def is_pooled(url: str) -> bool:
    """Whether the URL says that a pooler gives each transaction another connection."""
    return dict(_parameters(urlsplit(url))).get(POOLED) in _YES


def connection_options(url: str) -> dict[str, Any]:
    """What `asyncpg.connect` is told; the URL has no problems."""
    parts = urlsplit(url)
    given = dict(_parameters(parts))
    if (mode := _mode_of_ssl(given.pop("ssl", None))) is not None:
        given.setdefault("sslmode", mode)
    options: dict[str, Any] = {}
    if timeout := float(given.get("connect_timeout") or 0):
        options["timeout"] = timeout
    if given.get("sslrootcert") == SYSTEM:
        options["ssl"] = _trusting_the_system(given)
        given = {name: value for name, value in given.items() if not name.startswith("ssl")}
    settings = {name: given[name] for name in _OF_THE_SERVER if given.get(name)}
    if "application_name" not in settings and given.get("fallback_application_name"):
        settings["application_name"] = given["fallback_application_name"]
    if settings:
        options["server_settings"] = settings
    known = {name: value for name, value in given.items() if name in _OF_ASYNCPG and value}
    dsn = _url(parts._replace(scheme="postgresql"), urlencode(known), parts.netloc)
    return {"dsn": dsn, **options}


def for_libpq(url: str) -> tuple[str, str]:
    """The URL as PostgreSQL's own programs take it, and its password, which their command line must not show."""
    parts = urlsplit(url)
    given = dict(_parameters(parts))
    user, _, place = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    if (mode := _mode_of_ssl(given.pop("ssl", None))) is not None:
        given.setdefault("sslmode", mode)
    kept = {key: value for key, value in given.items() if value and key not in {POOLED, *_SECRETS, *_HARMLESS}}
    dsn = _url(
        parts._replace(scheme="postgresql"), urlencode(kept, quote_via=quote), f"{name}@{place}" if name else place
    )
    return dsn, unquote(password) or given.get("password", "")


def _url(parts: SplitResult, query: str, netloc: str) -> str:
    # `urlunsplit` leaves out the slashes before a host that is not there.
    return f"{parts.scheme}://{netloc}{parts.path}{'?' if query else ''}{query}"


def _sqlite_problems(url: str) -> Iterator[str]:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        yield "DATABASE_URL is no URL of a file: it is like sqlite:///file.db."
        return
    if parsed.host:
        yield "DATABASE_URL names a host: a file has three slashes, sqlite:///file.db, or four, sqlite:////path/file.db."
    elif parsed.database in {None, "", ":memory:"}:
        yield "DATABASE_URL names no file: it is like sqlite:///file.db."
    for name in parsed.query:
        yield f"DATABASE_URL: {name} is no parameter of SQLite here: remove it; a ? in the path is written %3F."


def _postgresql_problems(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        parameters = list(_parameters(parts))
    except ValueError:
        yield "it cannot be read: reserved characters of the user name and the password are written as %XX."
        return
    if parts.fragment or "#" in url:
        yield "it holds a #, which ends a URL: in a password it is written %23."
        return
    if parts.netloc.count("@") > 1:
        yield "it holds a second @: in a user name or a password it is written %40."
        return
    yield from _address_problems(parts)
    given = dict(parameters)
    faults = [fault for name, value in given.items() if (fault := _fault_of(name, value)) is not None]
    yield from faults
    if not faults:
        yield from _file_problems(given)


def _address_problems(parts: SplitResult) -> Iterator[str]:
    for host in parts.netloc.rpartition("@")[2].split(","):
        _, bracket, after = host.rpartition("]")
        port = after.partition(":")[2] if bracket else host.partition(":")[2]
        if port and not _is_port(port):
            yield f"{quote(port[:16])} is no port; reserved characters of a password are written as %XX."


def _parameters(parts: SplitResult) -> Iterator[tuple[str, str]]:
    # A plus is a plus, as for libpq.
    query = parts.query.replace("+", "%2B")
    yield from parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))


def _fault_of(name: str, value: str) -> str | None:
    """What is wrong with a parameter, if anything is."""
    if name in _HARMLESS:
        return None if value in _HARMLESS[name] else f"{name}={value[:32]} is not supported: {_advice(name)}."
    if name in _CHOICES:
        return None if value in _CHOICES[name] else f"{name} is one of {', '.join(_CHOICES[name])}."
    if name == POOLED:
        return None if value in (*_YES, *_NO) else f"{POOLED} is true or false."
    if name == "ssl":
        return None if value in SSL_MODES or value in _YES else "ssl is true, or one of sslmode's values."
    if name == "connect_timeout":
        return (
            None
            if value.isascii() and value.isdigit() and len(value) < 6
            else "connect_timeout is a number of seconds."
        )
    if name == "port" and not all(map(_is_port, value.split(","))):
        return "port is a number up to 65535, or several with commas between them."
    if name in _OF_ASYNCPG or name in _OF_THE_SERVER or name == "fallback_application_name":
        return None
    return f"{name[:32]} is not supported: remove it."


def _advice(name: str) -> str:
    if name == "channel_binding":
        return "remove it, and let sslmode=verify-full say who the server is"
    return "remove it"


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 65535


def _mode_of_ssl(value: str | None) -> str | None:
    """The `sslmode` that an `ssl` of JDBC's or SQLAlchemy's URLs stands for, as libpq reads it."""
    return "require" if value in _YES else value


def _file_problems(given: Mapping[str, str]) -> Iterator[str]:
    """Certificates and keys that cannot be used: asyncpg would only say so with the first connection."""
    certificate = given.get("sslcert")
    if given.get("sslrootcert") == SYSTEM and given.get("sslmode", "verify-full") != "verify-full":
        yield f"sslrootcert={SYSTEM} goes with sslmode=verify-full alone: anybody has a certificate that it trusts."
    if given.get("sslkey") and not certificate:
        yield "sslkey needs sslcert."
    unreadable = False
    for name in _FILES:
        path = given.get(name)
        if not path or (name == "sslrootcert" and path == SYSTEM):
            continue
        try:
            Path(path).read_bytes()
        except OSError as error:
            unreadable = True
            yield f"{name} cannot be read: {error.strerror}: {path}."
    if not unreadable:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        for name in ("sslrootcert", "sslcrl"):
            if (path := given.get(name)) and path != SYSTEM:
                try:
                    context.load_verify_locations(cafile=path)
                except ssl.SSLError:
                    yield f"{name} holds no certificate in PEM: {path}."
        try:
            _present_certificate(context, given)
        except ssl.SSLError:
            yield f"sslcert and sslkey are no certificate and its key in PEM, or sslpassword is wrong: {certificate}."


def _trusting_the_system(given: Mapping[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    _present_certificate(context, given)
    return context


def _present_certificate(context: ssl.SSLContext, given: Mapping[str, str]) -> None:
    if certificate := given.get("sslcert"):
        # A password is always given, lest OpenSSL asks for one on the terminal.
        context.load_cert_chain(certificate, given.get("sslkey") or None, lambda: given.get("sslpassword", ""))
