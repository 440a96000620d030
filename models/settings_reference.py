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
        "shutdown_seconds": Meaning("time within which the server ends after SIGTERM ([processes](#processes))"),
        "log_level": Meaning("the least important messages that are logged"),
    },
    "Database and Redis": {
        "database_url": Meaning(
            "`sqlite:///file.db` or `postgresql://user:password@host/name`, with [libpq's parameters](#database)",
            default="SQLite in `DATA_DIR`",
        ),
        "database_wait_seconds": Meaning(
            "time that the start and commands wait for a database that does not take connections yet"
        ),
        "redis_url": Meaning(
            "`redis://host:6379/0`, `rediss://…` or `unix:///path?db=0`: limits, persisted queries and subscription"
            " events shared by all workers ([Redis](#redis))"
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
            "signs tokens and encrypts id numbers; at least 32 random bytes, `openssl rand -hex 32`. A list with commas"
            " replaces a key: [Keys](#keys)",
            default="development keeps its own in `DATA_DIR`",
        ),
        "audit_key": Meaning(
            "seals the [audit trail](security.md#audit) instead; may be a list as well, of which the first seals",
            default="a key in the database, encrypted with `SECRET_KEY`",
        ),
        "password_cost": Meaning("bcrypt's cost"),
        "password_change_required": Meaning(
            "whether a user with an initial password (of an imported student, or set by an administrator) must change"
            " it before doing anything else",
            default=IN_PRODUCTION,
        ),
        "password_change_in_old_apis": Meaning(
            "whether the same holds in the old APIs ([users](users.md#passwords-that-others-know))"
        ),
        "one_time_password_hours": Meaning(
            "how long a password that an administrator or the command line issued can be used"
        ),
    },
    "Monitoring": {
        "slow_operation_seconds": Meaning(
            "duration from which an operation is logged as `slow_operation` ([monitoring](monitoring.md#logs))"
        ),
        "metrics_port": Meaning(
            "a port of its own for `/metrics`, which `PORT` then does not serve ([monitoring](monitoring.md#metrics))",
            default="none",
        ),
        "metrics_host": Meaning("the address of that port"),
        "metrics_token": Meaning(
            "the bearer token that `/metrics` requires, at least 16 characters: `openssl rand -hex 16`. In production"
            " without this and `METRICS_PORT`, `/metrics` is 404"
        ),
        "otel_exporter_otlp_endpoint": Meaning(
            "the OpenTelemetry collector that [traces](monitoring.md#traces) are sent to, such as"
            " `http://127.0.0.1:4318`"
        ),
        "otel_exporter_otlp_traces_endpoint": Meaning("the complete URL for traces, instead"),
        "otel_exporter_otlp_protocol": Meaning("the only one that is supported"),
        "otel_service_name": Meaning("the service's name in traces"),
    },
    "Retention, in days": {
        "retention_codes_days": Meaning(
            "verification codes, from their expiry: they are valid for five minutes, and the rows contain addresses"
        ),
        "retention_messages_days": Meaning(
            'messages that were sent or failed, from the last attempt: time to answer "I got no message"; a waiting'
            " message is never deleted, and lives a day at most"
        ),
        "retention_notifications_days": Meaning(
            "notifications, read or not: a year of study; what they are about stays"
        ),
        "retention_client_requests_days": Meaning(
            "what old clients reported about themselves (address, place): China's Cybersecurity Law asks for network"
            " logs of at least six months (article 21); then they are personal data without a purpose"
        ),
        "retention_sessions_days": Meaning(
            "sessions, from their expiry or end: they open nothing any more; time to examine an incident"
        ),
        "retention_recommendations_days": Meaning(
            "recommendations that do not fit any more and that neither the recruiter nor the candidate acted on: a"
            " resume that fits again is recommended again"
        ),
        "retention_deleted_days": Meaning(
            "what people deleted and can restore: posts, comments, work logs, awards, resumes, feeds; then it is gone"
        ),
        "retention_uploads_days": Meaning(
            "images that were uploaded without signing in and that nobody claimed, with their files: forms are"
            " submitted within minutes"
        ),
        "retention_audit_days": Meaning("audit events; `0`: for ever, otherwise at least 365"),
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
        "sms_template_english": Meaning(
            "the code of a template in English, for readers of English; without it they get `SMS_TEMPLATE`"
        ),
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
        "compiled_statements": Meaning(
            "`0`: the database makes only rows, no [parts of replies](executor.md#replies-that-a-statement-makes)"
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
        "semantic_matching": Meaning(
            "whether recommendations also compare what texts mean, with a model of sentences that takes 150 MB of"
            " memory and 0.05 s of CPU time for a resume ([matching](matching.md#meaning))"
        ),
    },
}
