"""Checks of the configuration that the server's own, which stops the start, does not make."""

from cli.checks.finding import Finding, fault, good, note
from models.keys import key_problems, split_keys
from models.origins import OPAQUE
from models.settings import Settings
from models.settings_sources import unknown_names


def names() -> list[Finding]:
    """Names in `.env` that are no settings."""
    return [fault("configuration", str(unknown)) for unknown in unknown_names(Settings)]


def keys(settings: Settings) -> list[Finding]:
    """Whether the keys could be guessed. Production does not start with such a SECRET_KEY."""
    secret, audit = split_keys(settings.secret_key.get_secret_value()), settings.audit_keys
    if not secret:
        found = [good("secret key", f"kept in {settings.kept_key.absolute()}, for development")]
    elif problems := key_problems("SECRET_KEY", secret):
        found = [note("secret key", f"production refuses it: {problem}") for problem in problems]
    else:
        found = [good("secret key", "SECRET_KEY is set")]
    return [*found, *(note("audit key", problem) for problem in (key_problems("AUDIT_KEY", audit) if audit else []))]


def address(settings: Settings) -> Finding:
    """Who reaches the server."""
    if settings.listens_on_loopback:
        return good("address", f"{settings.host}, which only this machine reaches")
    if settings.is_production:
        return good("address", settings.host)
    text = f"{settings.host}, where others reach a development server and its known administrator, as allowed"
    return note("address", text)


def proxies(settings: Settings) -> Finding:
    """Whose X-Forwarded-For is believed."""
    allowed = settings.forwarded_allow_ips
    if "*" in allowed:
        return note("proxies", "FORWARDED_ALLOW_IPS=* believes what any client says of its address")
    return good("proxies", f"X-Forwarded-For is believed from {allowed or 'nobody'}")


def origins(settings: Settings) -> Finding:
    """Whose pages may call."""
    origins = sorted(settings.origins)
    if not settings.is_production:
        return good("origins", "pages of any origin may call, in development")
    if not origins:
        return note("origins", "no page of another origin may call; CORS_ORIGINS names those of old clients")
    if OPAQUE & settings.origins:
        return note("origins", f"{', '.join(origins)}: null is every page that hides its address")
    return good("origins", f"pages of {', '.join(origins)} may call")


def public_url(settings: Settings) -> list[Finding]:
    """Whether people reach a production server by HTTPS."""
    if not settings.is_production or settings.public_url.startswith("https://"):
        return []
    if not settings.public_url:
        text = "PUBLIC_URL is not set, so cookies are marked for HTTPS only where the proxy sends X-Forwarded-Proto"
        return [note("public address", text)]
    return [note("public address", f"{settings.public_url} is not https://, so cookies are not marked for HTTPS")]


def workers(settings: Settings) -> list[Finding]:
    """Whether several processes have what they share."""
    if settings.workers == 1:
        return []
    found = []
    if settings.effective_database_url.startswith("sqlite"):
        text = f"{settings.workers} workers on SQLite wait for each other's writes: use PostgreSQL, or WORKERS=1"
        found.append(note("workers", text))
    if not settings.redis_url:
        text = (
            f"without REDIS_URL each of the {settings.workers} workers counts limits for itself, and subscriptions"
            " receive the events of their own worker alone"
        )
        found.append(note("Redis", text))
    return found
