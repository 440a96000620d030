"""The configuration: environment variables, or the same names in `.env`."""

from enum import StrEnum
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator

from models.database_url import database_problems, normalised, sqlite_path, sqlite_url
from models.keys import kept_secret, kept_secret_problems, key_problems, split_keys
from models.monitoring import MonitoringSettings
from models.origins import ANY_ORIGIN, OPAQUE, normalised_origin, origin_problems
from models.redis_url import redis_problems
from models.retention import RetentionSettings
from models.settings_checks import proxy_problems, storage_problems
from models.settings_sources import credentials_folder, unreadable


class Environment(StrEnum):
    """`development` seeds data and writes messages to a folder; `production` does neither."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ConfigurationError(Exception):
    """The configuration cannot be used; the message says what to change."""


class Settings(MonitoringSettings, RetentionSettings):
    """One field an environment variable of the same name, in capitals. `models.settings_reference` explains them."""

    host: str = "127.0.0.1"
    port: int = Field(default=8070, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    environment: Environment = Environment.DEVELOPMENT
    data_dir: Path = Path("data")
    database_url: str = ""
    database_wait_seconds: float = Field(default=30, ge=0, le=3600)
    redis_url: str = ""
    public_url: str = ""
    cors_origins: str = ""
    allow_public_development: bool = False
    forwarded_allow_ips: str = "127.0.0.1"
    secret_key: SecretStr = SecretStr("")
    audit_key: SecretStr = SecretStr("")
    demo_data: bool | None = None
    captcha_test_answer: str = ""
    code_echo: bool | None = None
    codes_per_client: int = Field(default=60, ge=1)
    registrations_per_network: int = Field(default=60, ge=1)
    guesses_per_network: int = Field(default=100, ge=1)
    guesses_per_service: int = Field(default=3000, ge=1)
    password_change_required: bool | None = None
    password_change_in_old_apis: bool = True
    shutdown_seconds: float = Field(default=30, ge=1, le=3600)
    slow_client_seconds: float = Field(default=30, gt=0)
    connections_per_client: int = Field(default=256, ge=1)
    websocket_operations: int = Field(default=50, ge=1)
    websocket_messages: int = Field(default=600, ge=1)
    websocket_message_bytes: int = Field(default=1024 * 1024, ge=1024)
    websocket_init_seconds: float = Field(default=10, gt=0)
    websocket_send_seconds: float = Field(default=30, gt=0)
    websocket_session_seconds: float = Field(default=30, gt=0)
    mail_from: str = ""
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    sms_url: str = "https://dysmsapi.aliyuncs.com"
    sms_key_id: str = ""
    sms_key_secret: SecretStr = SecretStr("")
    sms_sign_name: str = ""
    sms_template: str = ""
    sms_template_english: str = ""
    wechat_base_url: str = "https://api.weixin.qq.com"
    sign_cloud_wechat_app_id: str = ""
    sign_cloud_wechat_app_secret: SecretStr = SecretStr("")
    attendance_wechat_app_id: str = ""
    attendance_wechat_app_secret: SecretStr = SecretStr("")
    sign_cloud_platform_codes: str = ""
    storage_url: str = ""
    s3_endpoint_url: str = ""
    s3_path_style: bool | None = None
    aws_region: str = "us-east-1"
    aws_access_key_id: str = ""
    aws_secret_access_key: SecretStr = SecretStr("")
    matching: bool = True
    semantic_matching: bool = False
    trial_feeds: int = Field(default=3, ge=0, le=1000)
    trial_contacts: int = Field(default=20, ge=0, le=100_000)
    trial_days: int = Field(default=30, ge=1, le=3650)
    trial_approval: bool | None = None
    graphql_depth: int = Field(default=20, ge=1, le=60)
    graphql_cost: int = Field(default=250_000, ge=100)
    graphql_cost_anonymous: int = Field(default=50_000, ge=100)
    graphql_cache_bytes: int = Field(default=64_000_000, ge=1_000_000)
    graphql_tokens: int = Field(default=4000, ge=100, le=20_000)
    graphql_seconds: float = Field(default=30, gt=0)
    persisted_queries: int = Field(default=1000, ge=0, le=100_000)
    persisted_query_hours: int = Field(default=24, ge=1, le=100_000)
    password_cost: int = Field(default=12, ge=4, le=16)
    one_time_password_hours: int = Field(default=72, ge=1, le=8760)
    compiled_executor: bool = True
    compiled_statements: bool = True
    sqlite_synchronous: Literal["FULL", "NORMAL", "OFF"] = "FULL"
    sqlite_busy_seconds: float = Field(default=30, gt=0, le=600)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator(
        "demo_data", "code_echo", "trial_approval", "password_change_required", "s3_path_style", mode="before"
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("data_dir", mode="before")
    @classmethod
    def _is_named(cls, value: object) -> object:
        if isinstance(value, str) and not value.strip():  # or the working directory became private at start
            raise ValueError("it is empty: leave it out for ./data")
        return value

    @property
    def is_production(self) -> bool:
        """Whether this is a production server."""
        return self.environment is Environment.PRODUCTION

    @property
    def loads_demo_data(self) -> bool:
        """Whether demonstration data is loaded: by default in development, never in production."""
        return not self.is_production and self.demo_data is not False

    @property
    def echoes_codes(self) -> bool:
        """Whether replies hold the code that was sent: by default in development, never in production."""
        return not self.is_production and self.code_echo is not False

    @property
    def reviews_trials(self) -> bool:
        """Whether trial packages open contacts only once an administrator approved: by default in production."""
        return self.is_production if self.trial_approval is None else self.trial_approval

    @property
    def confines_sessions(self) -> bool:
        """Whether at the graph a session opens nothing but the change of a password that others know.

        By default in production.
        """
        if self.password_change_required is None:
            return self.is_production
        return self.password_change_required

    @property
    def confines_old_apis(self) -> bool:
        """Whether the same holds in the old APIs."""
        return self.confines_sessions and self.password_change_in_old_apis

    @property
    def link_base(self) -> str:
        """What links in messages begin with."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose pages may call, besides the server's own; `ANY_ORIGIN` alone for all, in development."""
        if not self.is_production:
            return frozenset({ANY_ORIGIN})
        named = frozenset(map(normalised_origin, self._named_origins))
        return named | OPAQUE if OPAQUE & named else named

    @property
    def _named_origins(self) -> list[str]:
        return [origin.strip() for origin in self.cors_origins.split(",") if origin.strip()]

    @property
    def listens_on_loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def uses_path_style(self) -> bool:
        """Whether the bucket stands in the path of an object's address, not in its host: by default at an endpoint."""
        return bool(self.s3_endpoint_url) if self.s3_path_style is None else self.s3_path_style

    @property
    def platform_codes(self) -> frozenset[str]:
        """The values of X-platform-code that the sign cloud accepts; none means any."""
        return frozenset(code.strip() for code in self.sign_cloud_platform_codes.split(",") if code.strip())

    @property
    def wechat_programs(self) -> dict[str, tuple[str, str]]:
        """The app id and the secret of each mini-program; empty where it is not configured."""
        return {
            "sign_cloud": (self.sign_cloud_wechat_app_id, self.sign_cloud_wechat_app_secret.get_secret_value()),
            "attendance": (self.attendance_wechat_app_id, self.attendance_wechat_app_secret.get_secret_value()),
        }

    @property
    def effective_database_url(self) -> str:
        """The URL of the database, with the name that SQLAlchemy has for the asynchronous driver."""
        return normalised(self.database_url) or sqlite_url((self.data_dir / "careergraph.db").resolve())

    @cached_property
    def signing_keys(self) -> tuple[str, ...]:
        """The keys of `SECRET_KEY`, or in development one that `DATA_DIR` keeps."""
        configured = split_keys(self.secret_key.get_secret_value())
        if configured or self.is_production:
            return configured or ("",)  # which `problems` refuses
        return (kept_secret(self.kept_key),)

    @property
    def kept_key(self) -> Path:
        """The file of the key that development keeps where `SECRET_KEY` is not set."""
        return self.data_dir / "secret_key"

    @property
    def audit_keys(self) -> tuple[str, ...]:
        """The keys of `AUDIT_KEY`; none where the audit trail is sealed with a key that the database keeps."""
        return split_keys(self.audit_key.get_secret_value())

    @property
    def sqlite_file(self) -> Path | None:
        """The file of an SQLite database."""
        url = self.effective_database_url
        return Path(sqlite_path(url)) if url.startswith("sqlite") else None

    def problems(self) -> list[str]:
        """What keeps this configuration from being used, one sentence each."""
        found = [*database_problems(self.effective_database_url), *redis_problems(self.redis_url)]
        if self.smtp_host and not self.mail_from:
            found.append("MAIL_FROM is missing: e-mail needs a sender.")
        if self.sms_key_id and not (
            self.sms_key_secret.get_secret_value() and self.sms_sign_name and self.sms_template
        ):
            found.append("SMS_KEY_ID also needs SMS_KEY_SECRET, SMS_SIGN_NAME and SMS_TEMPLATE.")
        for program, (app_id, secret) in self.wechat_programs.items():
            if bool(app_id) is not bool(secret):
                prefix = f"{program.upper()}_WECHAT_APP"
                found.append(f"{prefix}_ID and {prefix}_SECRET go together: set both or neither.")
        if self.storage_url:
            keys = self.aws_access_key_id and self.aws_secret_access_key.get_secret_value()
            found += storage_problems(self.storage_url, self.s3_endpoint_url, has_keys=bool(keys))
        found += origin_problems(self._named_origins)
        found += proxy_problems(self.forwarded_allow_ips)
        found += self.monitoring_problems(self.port)
        if not self.is_production:
            if not (self.listens_on_loopback or self.allow_public_development):
                found.append(
                    f"HOST={self.host} lets other machines in, and development has an administrator whose password"
                    " everybody knows: use HOST=127.0.0.1 or ENVIRONMENT=production, or set ALLOW_PUBLIC_DEVELOPMENT=1."
                )
            if not split_keys(self.secret_key.get_secret_value()):
                found += kept_secret_problems(self.kept_key)
            return found
        found += key_problems("SECRET_KEY", split_keys(self.secret_key.get_secret_value()))
        if self.audit_keys:
            found += key_problems("AUDIT_KEY", self.audit_keys)
        if ANY_ORIGIN in self._named_origins:
            found.append("CORS_ORIGINS lets every page call the server as its visitor: name the origins instead.")
        if "*" in self.forwarded_allow_ips:
            found.append(
                "FORWARDED_ALLOW_IPS=* believes what any client says of its address: name the addresses of the proxies."
            )
        if self.captcha_test_answer:
            found.append("CAPTCHA_TEST_ANSWER is for tests: unset it.")
        if self.code_echo:
            found.append("CODE_ECHO=1 shows codes to whoever asks for them: unset it.")
        if self.smtp_host and not self.public_url:
            found.append("PUBLIC_URL is missing: links in e-mails begin with it.")
        if self.demo_data:
            found.append("DEMO_DATA=1 is for development: unset it.")
        return found


def load_settings() -> Settings:
    """The settings of this process, or a ConfigurationError that names every fault."""
    try:
        settings = Settings(_secrets_dir=credentials_folder())  # type: ignore[call-arg]  # pydantic's own argument
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}." for e in error.errors()]
        raise ConfigurationError("\n".join(faults)) from None
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(unreadable(error)) from None
    if problems := settings.problems():
        raise ConfigurationError("\n".join(problems))
    return settings
