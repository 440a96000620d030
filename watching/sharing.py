"""Metrics of several processes: each writes files of its own, and a scrape adds them up.

prometheus-client decides when it is imported where its values are, so this comes first and does not import it. The
files of a worker that has ended are added to one file, so that they become no more with the years.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus-client keeps its values if this is set."""
_HANDED_OVER = "CAREERGRAPH_METRICS"
_ALIVE, _FOLDING = "alive", "folding"
_kept: list[int] = []


def share(folder: Path) -> None:
    """Keep the values in a new folder below this one, for this process and those that are forked from it.

    Folders of servers that have ended, however they did, are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / "starting", fcntl.LOCK_EX):
        for other in folder.glob("run-*"):
            if not _is_alive(other):
                shutil.rmtree(other, ignore_errors=True)
        own = Path(tempfile.mkdtemp(prefix="run-", dir=folder))
        # Until the last process that was forked from this one ends, however it ends.
        descriptor = os.open(own / _ALIVE, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _kept.append(descriptor)
    os.environ[VARIABLE] = str(own)
    atexit.register(_remove, own, os.getpid())


def hand_over() -> None:
    """Let the program that takes the place of this one, in this process, count on in the same folder."""
    if found := shared_folder():
        for descriptor in _kept:
            os.set_inheritable(descriptor, True)
        os.environ[_HANDED_OVER] = str(found)


def keep_sharing() -> bool:
    """Count on where the program before this one did, if it left its folder; otherwise share none."""
    if "prometheus_client" in sys.modules:
        raise RuntimeError("prometheus_client is imported already: workers would not count together")
    os.environ.pop(VARIABLE, None)
    left = os.environ.pop(_HANDED_OVER, "")
    if not left:
        return False
    os.environ[VARIABLE] = left
    atexit.register(_remove, Path(left), os.getpid())
    return True


def shared_folder() -> Path | None:
    """The folder of the values, or None if they are in the memory of this process."""
    found = os.environ.get(VARIABLE)
    return Path(found) if found else None


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[None]:
    """While the block runs, no worker's values move from one file to another."""
    with _locked(folder / _FOLDING, fcntl.LOCK_SH):
        yield


def worker_ended(pid: int) -> None:
    """Keep what a worker counted, and forget what it had open."""
    folder = shared_folder()
    if folder is None or not folder.is_dir():
        return
    from prometheus_client.multiprocess import mark_process_dead

    with _locked(folder / _FOLDING, fcntl.LOCK_EX):
        mark_process_dead(pid, str(folder))
        for kind in ("counter", "histogram"):
            _fold(folder / f"{kind}_{pid}.db", folder / f"{kind}_ended.db")


def _fold(source: Path, target: Path) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    if not source.exists():
        return
    total = MmapedDict(str(target))
    for key, value, *_ in MmapedDict.read_all_values_from_file(str(source)):
        total.write_value(key, total.read_value(key)[0] + value, 0.0)
    total.close()
    source.unlink()


def _is_alive(folder: Path) -> bool:
    try:
        with _locked(folder / _ALIVE, fcntl.LOCK_EX | fcntl.LOCK_NB):
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


@contextlib.contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _remove(folder: Path, pid: int) -> None:
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)
