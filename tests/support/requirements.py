"""Says, before the tests run, what this machine lacks and what is left out because of that."""

import shutil
import sys

from tests.support.postgresql import binaries

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def missing() -> list[str]:
    """One line for each thing that is not installed."""
    lines = []
    if binaries() is None:
        lines.append("PostgreSQL is missing: tests on PostgreSQL are left out. apt-get install postgresql")
    if shutil.which("redis-server") is None:
        lines.append("Redis is missing: tests with Redis are left out. apt-get install redis-server")
    if shutil.which("prometheus") is None:
        lines.append(
            "Prometheus is missing: tests of the dashboard and the alerts are left out. apt-get install prometheus"
        )
    if shutil.which("npm") is None:
        lines.append("npm is missing: tests of the explorer and of clients from npm are left out. apt-get install npm")
    if shutil.which("systemd-analyze") is None:
        lines.append("systemd is missing: a test of its unit is left out. apt-get install systemd")
    if not any(map(shutil.which, CHROMIUM)):
        lines.append("Chromium is missing: tests in a browser are left out. apt-get install chromium")
    return lines


if __name__ == "__main__":
    for line in missing():
        print(line, file=sys.stderr)
