"""A throwaway Prometheus that scrapes one server."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.postgresql import free_port

PATIENCE = 60


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus."""

    url: str

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series of an instant query, which must be valid."""
        encoded = urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/query?{encoded}", timeout=30) as reply:
                answer = json.load(reply)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{expression}: {error.read().decode()}") from error
        assert answer["status"] == "success", answer
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def value(self, expression: str) -> float:
        """The value of a query that has one series, or 0 where it has none."""
        found = self.query(expression)
        assert len(found) <= 1, found
        return float(found[0]["value"][1]) if found else 0.0

    def wait_for(self, expression: str) -> None:
        """Return once the query has a series that is a number."""
        deadline = time.monotonic() + PATIENCE
        while not [series for series in self.query(expression) if series["value"][1] != "NaN"]:
            assert time.monotonic() < deadline, f"No series: {expression}"
            time.sleep(0.2)


@contextmanager
def running_prometheus(folder: Path, *, target: str, token: str, rules: Path) -> Iterator[Prometheus]:
    """A Prometheus that scrapes the target every second, until the block ends."""
    program = shutil.which("prometheus")
    if program is None:
        raise RuntimeError("Prometheus is not installed")
    folder.mkdir(parents=True)
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [
            {
                "job_name": "careergraph",
                "authorization": {"credentials": token},
                "static_configs": [{"targets": [target]}],
            }
        ],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    url = f"127.0.0.1:{free_port()}"
    options = {
        "config.file": folder / "prometheus.yml",
        "storage.tsdb.path": folder / "data",
        "web.listen-address": url,
        "log.level": "warn",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, *(f"--{name}={value}" for name, value in options.items())], stderr=log)
    try:
        prometheus = Prometheus(f"http://{url}")
        _wait_until_ready(process, prometheus, folder / "log")
        yield prometheus
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(process: "subprocess.Popen[bytes]", prometheus: Prometheus, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{prometheus.url}/-/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"Prometheus did not start:\n{log.read_text()}")
