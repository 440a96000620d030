"""What is measured of matching, printed and kept."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.matching import quality, speed, whole
from benchmarks.matching.graded import FEEDS, HELD_OUT_SEEDS, RESUMES


def everything(console: Console, sizes: Sequence[int], feed_count: int) -> dict[str, Any]:
    """How well with the held-out seeds, and how fast; smaller numbers make smaller graded sets too."""
    graded = quality.Size(min(FEEDS, feed_count), min(RESUMES, *sizes))
    values = quality.report(console, HELD_OUT_SEEDS, graded)
    return {"quality": quality.summary(values), "speed": how_fast(console, sizes, feed_count)}


def how_fast(console: Console, sizes: Sequence[int], feed_count: int, *, engine_alone: bool = False) -> dict[str, Any]:
    """How fast the engine is, and the whole path through the database."""
    engine, database = [], []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="careergraph-matching-") as folder:
            profiles = Path(folder) / "profiles"
            engine.append(speed.measure(size, feed_count, profiles))
            if not engine_alone:
                database.append(whole.measure(size, feed_count, profiles))
    speed.report(console, engine)
    found: dict[str, Any] = {"engine": [asdict(each) for each in engine]}
    if engine_alone:
        return found
    whole.report(console, database)
    return found | {
        "database": [asdict(each) for each in database],
        "goals": [
            {"line": line.name, "goal": line.goal, "met": line.is_met_by(database)} for line in whole.LINES if line.goal
        ],
    }
