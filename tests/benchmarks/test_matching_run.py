"""The commands run: their figures are their own business."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from benchmarks.matching import speed, stored
from benchmarks.matching.search_engine import search_engines
from models.statements import table_of
from models.talent.recommendations import ResumeProfile
from resolvers.matching.documents import Component
from resolvers.matching.profile import Profile
from resolvers.scope import Scope, Services
from resolvers.talent.documents import resume_documents
from tests.support.processes import ROOT

TIMEOUT = 300
PROFILES = table_of(ResumeProfile)


def run(module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_faults_are_looked_for_with_tuning_seeds() -> None:
    printed = run("benchmarks.matching", "quality", "--feeds", "2", "--resumes", "30", "--faults")

    assert "Grade 0, but among the first ten and before grade 2 or 3" in printed
    assert "Grade 2 or 3, but too far behind" in printed


def check_speed(found: dict[str, Any], sizes: Sequence[int], feeds: int) -> None:
    """There is a figure of the right magnitude for everything, for each number of resumes."""
    for part in ("engine", "database"):
        assert [(figures["resumes"], figures["feeds"]) for figures in found[part]] == [(size, feeds) for size in sizes]
    for figures in [*found["engine"], *found["database"]]:
        for times in (value for value in figures.values() if isinstance(value, dict)):
            assert 0 < times["median"] <= times["worst"]
        assert figures["memory_mb"] > 0
    assert all(figures["recommendations"] > 0 for figures in found["database"])
    assert [goal["goal"] for goal in found["goals"]] == ["< 2000", "< 1000", "≤ 1.3×", "≤ 1.3×"]


def test_the_benchmark_measures_matching_too(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    tiny = ("--only", "matching", "--resumes", "40", "--feeds", "4")

    printed = run("benchmarks", *tiny, "--json", str(figures))

    assert "growth" in printed
    assert "a new feed until it is written" in printed
    rankings = ["Careergraph", "plain BM25", *search_engines(), "keyword count", "recency", "random"]
    ablations = [*(f"without {component}" for component in Component), "words alone"]
    assert [name for name in [*rankings, *ablations, "held-out-1"] if name not in printed] == []
    assert "tuning" not in printed
    found = json.loads(figures.read_bytes())
    assert set(found) == {"matching"}
    results = found["matching"]["quality"]
    assert {result["ranking"] for result in results} == {*rankings, *ablations}
    assert {result["metric"] for result in results} == {"nDCG@10", "Recall@50", "AUC"}
    for result in results:
        assert 0 <= result["low"] <= result["mean"] <= result["high"] <= 1
    check_speed(found["matching"]["speed"], (40,), 4)


async def test_resumes_that_come_again_have_everything_and_ids_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (speed, stored):
        monkeypatch.setattr(module, "DIFFERENT", 20)
    speed.store(50, tmp_path / "profiles")
    await asyncio.to_thread(stored.fill, tmp_path, 50, 3, tmp_path / "profiles")

    services = Services.from_settings(stored.settings_in(tmp_path))
    scope = Scope(services, now=services.clock())
    found = await resume_documents(scope, range(1, 60))
    kept = await services.database.fetch(select(PROFILES.c.resume_id, PROFILES.c.content))
    await services.close()

    assert list(found) == list(range(1, 51))
    for resume_id in range(21, 51):
        assert found[resume_id] == replace(found[resume_id - 20], resume_id=resume_id)
    profiles = {row.resume_id: Profile.loads(row.content) for row in kept}
    assert set(profiles) == set(found)
    for resume_id, document in found.items():
        assert profiles[resume_id].terms == Profile.of(document).terms
