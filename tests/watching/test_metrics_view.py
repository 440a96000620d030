"""Who may read the metrics, and that a scrape succeeds whatever is gone."""

import re
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY
from pydantic import SecretStr
from starlette.requests import Request

from models.settings import Environment, Settings
from resolvers.scope import Services
from schema.metrics_view import LOOKUPS, PASSWORDS, MetricsView
from tests.support.keys import PRODUCTION_KEY
from watching.metrics import Samples
from watching.request_ids import request_id

TOKEN = "0123456789abcdef"


def settings_of(folder: Path, **changes: Any) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder,
        secret_key=SecretStr(PRODUCTION_KEY),
        password_cost=4,
    ).model_copy(update=changes)


def asking(port: int = 8070, **headers: str) -> Request:
    sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "server": ("127.0.0.1", port), "headers": sent})


async def test_the_metrics_are_open_in_development_and_closed_in_production(tmp_path: Path) -> None:
    production = {"environment": Environment.PRODUCTION}
    token = {"metrics_token": SecretStr(f"{TOKEN}\n")}
    bearer = asking(authorization=f"bearer {TOKEN}")
    cases: list[tuple[dict[str, Any], Request, int]] = [
        ({}, asking(), 200),
        (production, asking(), 404),
        (production, bearer, 404),
        (token, asking(), 401),
        (token, bearer, 200),
        ({**production, **token}, bearer, 200),
        ({**production, **token}, asking(authorization=f"Bearer {TOKEN}0"), 401),
        ({**production, **token}, asking(authorization="Bearer \xe9"), 401),
        ({**production, **token}, asking(authorization=TOKEN), 401),
        ({**production, "metrics_port": 9000}, asking(), 404),
        ({**production, "metrics_port": 9000}, asking(9000), 200),
        ({**production, **token, "metrics_port": 9000}, asking(9000), 401),
        ({**token, "metrics_port": 9000}, bearer, 404),
    ]
    services = Services.from_settings(settings_of(tmp_path))

    found = [
        (await MetricsView(services, settings_of(tmp_path, **changes), Samples()).send(request)).status_code
        for changes, request, _ in cases
    ]

    await services.close()
    assert found == [status for *_, status in cases]


async def test_a_scrape_succeeds_without_database_and_redis(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, redis_url="redis://127.0.0.1:9")  # and the database has no tables
    services = Services.from_settings(settings)

    reply = await MetricsView(services, settings, Samples()).send(asking())

    await services.close()
    lines = bytes(reply.body).decode().splitlines()
    assert {"careergraph_database_up 0.0", "careergraph_redis_up 0.0"} <= set(lines)
    assert not [line for line in lines if line.startswith("careergraph_queue_length{")]


async def test_samples_follow_gauges_and_totals() -> None:
    state = {"found": 10.0, "waiting": 3.0}
    samples = Samples()
    samples.total(LOOKUPS.labels("documents", "hit"), lambda: state["found"])
    samples.gauge(PASSWORDS, lambda: state["waiting"])
    labels = {"cache": "documents", "result": "hit"}
    before = REGISTRY.get_sample_value("careergraph_operation_cache_lookups_total", labels) or 0

    state["found"] = 14
    samples.take()
    samples.take()

    assert REGISTRY.get_sample_value("careergraph_operation_cache_lookups_total", labels) == before + 4
    assert REGISTRY.get_sample_value("careergraph_password_queue_length") == 3


def _id_of(*headers: tuple[bytes, bytes]) -> str:
    return request_id({"headers": [*headers]})


def test_an_id_is_taken_from_the_caller_where_it_can_be_one() -> None:
    taken = [b"0af7651916cd43dd8448eb211c80319c", b"c0ffee00-1234-4abc-9def-000000000000", b"A.b_c~d-1", b"x" * 64]
    refused = [b"x" * 65, b"", b"two words", b'quote"', b"line\nbreak", b"\xc3\xa9"]

    assert [_id_of((b"x-request-id", value)).encode() for value in taken] == taken
    assert _id_of((b"x-request-id", b"same"), (b"x-request-id", b"same")) == "same"
    made = [_id_of((b"x-request-id", value)) for value in refused]
    made += [_id_of(), _id_of((b"x-request-id", b"one"), (b"x-request-id", b"two"))]
    assert all(re.fullmatch("[0-9a-f]{16}", id_) for id_ in made)
    assert len(set(made)) == len(made)
