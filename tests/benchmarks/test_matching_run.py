"""The commands run: their figures are their own business."""

import json
import subprocess
import sys
from pathlib import Path

from resolvers.matching.documents import Component
from tests.support.processes import ROOT

TIMEOUT = 300


def run(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.matching", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_quality_compares_the_rankings_and_the_components(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"

    printed = run("quality", "--feeds", "4", "--resumes", "120", "--json", str(figures))

    rankings = ["Careergraph", "plain BM25", "keyword count", "recency", "random"]
    ablations = [*(f"without {component}" for component in Component), "words alone"]
    assert [name for name in [*rankings, *ablations, "held-out-1"] if name not in printed] == []
    assert "tuning" not in printed
    results = json.loads(figures.read_bytes())
    assert {result["ranking"] for result in results} == {*rankings, *ablations}
    assert {result["metric"] for result in results} == {"nDCG@10", "Recall@50", "AUC"}
    for result in results:
        assert 0 <= result["low"] <= result["mean"] <= result["high"] <= 1


def test_faults_are_looked_for_with_tuning_seeds() -> None:
    printed = run("quality", "--feeds", "4", "--resumes", "120", "--faults")

    assert "Grade 0, but among the first ten and before grade 2 or 3" in printed
    assert "Grade 2 or 3, but too far behind" in printed


def test_speed_shows_the_growth(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"

    printed = run("speed", "--sizes", "50", "100", "--feeds", "5", "--json", str(figures))

    assert "growth" in printed
    small, large = json.loads(figures.read_bytes())
    assert (small["resumes"], large["resumes"], small["feeds"]) == (50, 100, 5)
    for result in (small, large):
        assert 0 < result["new_feed_ms"] <= result["new_feed_worst_ms"]
        assert 0 < result["changed_resume_ms"] <= result["changed_resume_worst_ms"]
        assert result["memory_mb"] > 0
