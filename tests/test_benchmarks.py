"""The benchmark runs: its figures are its own business."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.load import Call, LoadFailed, burst
from tests.support.processes import ROOT, Server

TINY = shlex.split("--rounds 1 --seconds 0.2 --users 10 --clock-ins 60 --posts 12 --comments 6 --adds 5")
CALLS = ["REST clock_in/search", "GraphQL viewer", "GraphQL nested posts", "REST clock_in/add"]


def test_it_compares_both_servers_and_reports_every_call(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *TINY, "--json", figures],
        cwd=ROOT,
        env={"PATH": str(tmp_path), "TMPDIR": str(tmp_path)},  # without wrk
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    results = json.loads(figures.read_bytes())
    assert [result["name"] for result in results] == CALLS
    assert [name for name in CALLS if name not in done.stdout] == []
    for result in results:
        assert result["ratio"] > 0
        for side in ("product", "baseline"):
            assert result[side]["requests_per_second"] > 0
            assert 0 < result[side]["p50_ms"] <= result[side]["p99_ms"]
    assert list(tmp_path.iterdir()) == [figures]


def test_a_call_that_is_refused_is_no_figure(server: Server) -> None:
    with pytest.raises(LoadFailed, match="404"):
        burst(server.url, [Call("GET", "/api/v1/nothing", "no token")])
