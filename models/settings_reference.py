"""What each setting means, as data: `docs/configuration.md` is made of it, and misspelt names are compared with it.

A setting is a field of `models.settings.Settings` and an entry here; then `python -m cli export-settings
docs/configuration.md`. Defaults, choices and limits are taken from the field.
"""

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a setting does, in Markdown."""

    text: str
    default: str = ""
    """The default in words, where the field's own says little."""


IN_DEVELOPMENT = "`1` in development"
IN_PRODUCTION = "`1` in production"

SECTIONS: dict[str, dict[str, Meaning]] = {
    "Server": {
        "host": Meaning("the address to listen on"),
        "port": Meaning("the port"),
        "workers": Meaning(
            "number of processes; with more than one, use PostgreSQL, and Redis (`REDIS_URL`) for shared limits"
        ),
        "environment": Meaning("`production` neither loads demonstration data nor writes messages to a folder"),
        "data_dir": Meaning(
            "the embedded database, `storage/` (uploads), `outbox/`, the development key: all state outside the"
            " database",
            default="`./data`",
        ),
        "public_url": Meaning(
            "the address that people reach the server at, for links in messages and the addresses of images; with"
            " `https://` cookies are marked for HTTPS"
        ),
        "cors_origins": Meaning(
            "in production, the [origins](#pages-of-other-origins), separated by commas, whose pages may call the"
            " server; in development all may"
        ),
        "forwarded_allow_ips": Meaning(
            "the proxies whose `X-Forwarded-For` is believed: addresses and networks, separated by commas"
        ),
        "allow_public_development": Meaning(
            "`1`: development may listen on an address that other machines reach, with an administrator whose password"
            " is known"
        ),
        "log_level": Meaning("the least important messages that are logged"),
    },
    "Database and Redis": {
        "database_url": Meaning(
            "`sqlite:///file.db` or `postgresql://user:password@host/name`", default="SQLite in `DATA_DIR`"
        ),
        "redis_url": Meaning(
            "`redis://host:6379/0`: limits and subscription events shared by all workers; while it is gone each worker"
            " counts for itself"
        ),
        "sqlite_busy_seconds": Meaning("time that a write waits for another writing process before the reply is 503"),
        "sqlite_synchronous": Meaning(
            "`FULL`: acknowledged writes survive a power failure; `NORMAL`: faster, but a power failure may lose the"
            " last transactions"
        ),
    },
    "Uploads": {
        "storage_url": Meaning(
            "`s3://bucket/prefix`: uploads in an [S3-compatible store](operations.md#uploads-in-an-object-store)",
            default="`storage/` in `DATA_DIR`",
        ),
        "s3_endpoint_url": Meaning("the address of a store that is not Amazon's: `https://s3.example.com`"),
        "s3_path_style": Meaning(
            "whether the bucket stands in the path of an object's address (MinIO, Ceph), or in its host (Alibaba OSS)",
            default="`1` with `S3_ENDPOINT_URL`",
        ),
        "aws_region": Meaning("the region of the bucket"),
        "aws_access_key_id": Meaning("a key that may list the bucket and get, put and delete objects under the prefix"),
        "aws_secret_access_key": Meaning("its secret"),
    },
    "Keys and passwords": {
        "secret_key": Meaning(
            "signs tokens; at least 32 random bytes, `openssl rand -hex 32`",
            default="development keeps its own in `DATA_DIR`",
        ),
        "audit_key": Meaning(
            "seals the [audit trail](security.md#audit); set it to the old `SECRET_KEY` when that is replaced, so that"
            " the trail stays valid",
            default="`SECRET_KEY`",
        ),
        "password_cost": Meaning("bcrypt's cost"),
        "password_change_required": Meaning(
            "whether a user with an initial password (of an imported student, or set by an administrator) must change"
            " it before doing anything else",
            default=IN_PRODUCTION,
        ),
    },
    "Development and tests": {
        "demo_data": Meaning("`0` starts empty but for the administrator", default=IN_DEVELOPMENT),
        "code_echo": Meaning("`0`: replies of the developer platform omit verification codes", default=IN_DEVELOPMENT),
        "captcha_test_answer": Meaning("the answer to every captcha, for tests"),
    },
    "Messages": {
        "mail_from": Meaning("the sender of e-mails: `Careergraph <no-reply@example.com>`"),
        "smtp_host": Meaning("the mail server"),
        "smtp_port": Meaning("its port"),
        "smtp_tls": Meaning("how the connection is encrypted"),
        "smtp_username": Meaning("for mail servers that require authentication"),
        "smtp_password": Meaning("its password"),
        "sms_key_id": Meaning("an Alibaba Cloud access key with permission for Short Message Service"),
        "sms_key_secret": Meaning("its secret"),
        "sms_sign_name": Meaning("the signature of short messages"),
        "sms_template": Meaning("the code of a template with the variable `code`"),
        "sms_url": Meaning("the service's endpoint"),
    },
    "Limits of clients": {
        "codes_per_client": Meaning("verification codes that one IP address may request per hour"),
        "registrations_per_network": Meaning(
            "accounts that one network (an IPv4 address, or the /64 of an IPv6 address) may register per hour, over all"
            " APIs"
        ),
        "guesses_per_network": Meaning(
            "wrong passwords and codes from unknown clients that are checked per 15 minutes and client network (an IPv4"
            " address, or an IPv6 /64). In production, first sign-ins of imported students count too: raise it if a"
            " whole campus signs in from one address"
        ),
        "guesses_per_service": Meaning("the same for all networks together"),
        "slow_client_seconds": Meaning(
            "time after which a client that sends nothing, sends an incomplete request or does not read its reply is"
            " disconnected ([security](security.md#connections))"
        ),
        "connections_per_client": Meaning(
            "open connections allowed per process for a client network (an IPv4 address, an IPv6 /64); proxies in"
            " `FORWARDED_ALLOW_IPS` are exempt"
        ),
        "websocket_operations": Meaning("concurrent operations per WebSocket, including subscriptions"),
        "websocket_messages": Meaning("messages per minute and WebSocket"),
        "websocket_message_bytes": Meaning("maximum size of a WebSocket message"),
        "websocket_init_seconds": Meaning("time within which a WebSocket must be initialised"),
        "websocket_send_seconds": Meaning(
            "time that a client may leave sent data unread before its WebSocket is closed"
        ),
        "websocket_session_seconds": Meaning("interval at which a subscription without events rechecks its session"),
    },
    "The graph": {
        "graphql_depth": Meaning("maximum levels of a client's operation ([limits](limits.md))"),
        "graphql_tokens": Meaning("maximum tokens of a client's operation"),
        "graphql_cost": Meaning("maximum cost of an operation"),
        "graphql_cost_anonymous": Meaning("maximum cost of an anonymous operation"),
        "graphql_cache_bytes": Meaning(
            "size of the cache of clients' documents and plans; anonymous clients may use a quarter of it"
        ),
        "graphql_seconds": Meaning("maximum duration of a query"),
        "persisted_queries": Meaning("maximum number of persisted queries; `0`: none"),
        "persisted_query_hours": Meaning("time after which Redis drops an unused persisted query"),
        "compiled_executor": Meaning(
            "`0`: graphql-core executes every operation, instead of the [compiled executor](executor.md)"
        ),
    },
    "The old APIs": {
        "wechat_base_url": Meaning("the WeChat API that exchanges mini-program codes"),
        "sign_cloud_wechat_app_id": Meaning(
            "the sign cloud's mini-program; without it, development accepts the code `dev-NAME` for the person NAME"
        ),
        "sign_cloud_wechat_app_secret": Meaning("its secret"),
        "attendance_wechat_app_id": Meaning("the attendance mini-program, likewise"),
        "attendance_wechat_app_secret": Meaning("its secret"),
        "sign_cloud_platform_codes": Meaning(
            "the values of `X-platform-code` that the sign cloud accepts, separated by commas; none: any"
        ),
    },
    "Talent": {
        "trial_feeds": Meaning("feeds in the trial package of a new recruiter"),
        "trial_contacts": Meaning("contacts in the trial package"),
        "trial_days": Meaning("days that the trial package lasts"),
        "trial_approval": Meaning(
            "whether an administrator must approve the recruiter before the trial package gives access to contacts"
            " ([talent](talent.md#packages))",
            default=IN_PRODUCTION,
        ),
        "matching": Meaning(
            "whether this process may compute recommendations; one of the eligible processes does, and keeps the"
            " resumes in memory"
        ),
    },
}
