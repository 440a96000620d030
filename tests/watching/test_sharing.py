"""Several processes that count together, and what stays of those that were killed."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.support.processes import ROOT

COUNTING = """
import os, signal, sys
from pathlib import Path
from watching.sharing import share, worker_ended
share(Path(sys.argv[1]))
import asyncio
from prometheus_client import Counter, Gauge, Histogram
from watching.exposition import scraped
counted = Counter("counted_total", "", ["by"])
took = Histogram("took", "", buckets=(1, 2))
is_open = Gauge("is_open", "", multiprocess_mode="livesum")
counted.labels("parent").inc(5)

def scrape():
    lines = asyncio.run(scraped({"asked": ("", "", {"": 7.0})})).decode().splitlines()
    return sorted(line for line in lines if not line.startswith("#"))

children = []
for number in (1, 2, 3):
    child = os.fork()
    if not child:
        counted.labels("workers").inc(number)
        took.observe(number)
        is_open.set(number)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    children.append(child)
alive = scrape()
for child in children:
    worker_ended(child)
dead = scrape()
print(*alive, "--", *dead, sep="\\n", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
STARTING = """
import sys
from pathlib import Path
from watching.sharing import share, shared_folder
share(Path(sys.argv[1]))
print(len(list(Path(sys.argv[1]).glob("run-*"))), shared_folder().parent == Path(sys.argv[1]))
"""


def run(script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", script, folder], cwd=ROOT, capture_output=True, text=True, check=False)


def test_what_killed_workers_counted_stays_and_what_they_had_open_does_not(tmp_path: Path) -> None:
    killed = run(COUNTING, tmp_path)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    alive, _, dead = killed.stdout.partition("--\n")
    counts = {
        "asked 7.0",
        'counted_total{by="parent"} 5.0',
        'counted_total{by="workers"} 6.0',
        'took_bucket{le="+Inf"} 3.0',
        'took_bucket{le="1.0"} 1.0',
        'took_bucket{le="2.0"} 2.0',
        "took_count 3.0",
        "took_sum 6.0",
    }
    assert set(alive.splitlines()) == counts | {"is_open 6.0"}
    assert set(dead.splitlines()) == counts | {"is_open 0.0"}
    (left,) = tmp_path.glob("run-*")
    assert {path.name for path in left.glob("counter_ended*")} == {"counter_ended.db"}

    started = run(STARTING, tmp_path)

    assert started.stdout == "1 True\n", started.stderr
    assert not list(tmp_path.glob("run-*"))
