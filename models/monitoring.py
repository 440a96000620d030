"""The settings of metrics, logs and traces."""

import contextlib
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator

from models.settings_sources import FromEnvironment

MIN_METRICS_TOKEN = 16
PRODUCTION = "production"


class MonitoringSettings(FromEnvironment):
    """A part of the settings. `docs/monitoring.md` explains them."""

    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    metrics_token: SecretStr = SecretStr("")
    slow_operation_seconds: float = Field(default=1.0, gt=0)
    otel_exporter_otlp_endpoint: str = ""
    otel_exporter_otlp_traces_endpoint: str = ""
    otel_exporter_otlp_protocol: Literal["http/protobuf"] = "http/protobuf"
    otel_service_name: str = "careergraph"

    @field_validator("metrics_port", mode="before")
    @classmethod
    def _no_port(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def traces_endpoint(self) -> str:
        """The URL that traces are sent to, or ""."""
        base = self.otel_exporter_otlp_endpoint.rstrip("/")
        return self.otel_exporter_otlp_traces_endpoint or (base and f"{base}/v1/traces")

    def monitoring_problems(self, port: int) -> list[str]:
        """What of these settings cannot be used by a server on this port, one sentence each."""
        found = []
        if self.metrics_port == port:
            found.append("METRICS_PORT is the same as PORT: the metrics need a port of their own.")
        token = self.metrics_token.get_secret_value()
        if token and len(token.strip()) < MIN_METRICS_TOKEN:
            found.append(
                f"METRICS_TOKEN is shorter than {MIN_METRICS_TOKEN} characters:"
                " set it to the output of `openssl rand -hex 16`."
            )
        if self.traces_endpoint and not self.traces_endpoint.startswith(("http://", "https://")):
            name = "TRACES_ENDPOINT" if self.otel_exporter_otlp_traces_endpoint else "ENDPOINT"
            found.append(f"OTEL_EXPORTER_OTLP_{name} is no URL with http:// or https://.")
        return found


def logs_are_json() -> bool:
    """Whether log lines are JSON, even if the rest of the configuration cannot be used."""
    with contextlib.suppress(ValidationError, UnicodeDecodeError):
        return _JustEnvironment().environment == PRODUCTION
    return False


class _JustEnvironment(FromEnvironment):
    environment: str = ""
