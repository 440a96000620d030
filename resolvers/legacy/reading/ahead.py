"""Reading in a process of its own, while the rows before are written: where there is a processor for it."""

import gc
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from models.db.prepared import Preparer
from resolvers.legacy.mapping import KindMapping, SourceMapping
from resolvers.legacy.reading.prepared import Here, Part
from resolvers.legacy.reading.rows import Source, UnreadableSource

RARELY = (100_000, 20, 50)
"""When to look for garbage: after some batches, since each row makes some dozen objects."""
SECONDS = 10
"""How long it is waited for the end of the process."""


@contextmanager
def reading(source: Source, mapping: SourceMapping, preparer: Preparer) -> Iterator["Here | Ahead"]:
    """What reads the rows of a source. To be entered before anything starts threads: the process is forked.

    The files are open in both processes, and their places are shared: only the new process reads from now on.
    """
    here = Here(source, mapping, preparer)
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1:
        yield here
        return
    forking = multiprocessing.get_context("fork")
    ours, theirs = forking.Pipe()
    process = forking.Process(target=_read, args=(here, mapping, ours, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Ahead(ours)
    finally:
        ours.close()
        process.join(SECONDS)
        if process.is_alive():
            process.kill()
            process.join()


class Ahead:
    """Rows that another process reads, up to a part ahead."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def parts(self, mapped: KindMapping, *, skip: int, at_once: int) -> Iterator[Part]:
        """The rows of a kind, without the first `skip`. Raises UnreadableSource."""
        try:
            self._connection.send((mapped.kind.name, skip, at_once))
            while (found := self._received()) is not None:
                yield found
        except (EOFError, OSError):
            raise UnreadableSource("The process that reads has ended: run the command again, and it goes on.") from None

    def _received(self) -> Part | None:
        found: Part | UnreadableSource | None = pickle.loads(self._connection.recv_bytes())  # noqa: S301 -- ours
        if isinstance(found, UnreadableSource):
            raise found
        return found


def _read(here: Here, mapping: SourceMapping, ours: Connection, theirs: Connection) -> None:
    """Send the rows that are asked for, until nobody is there any more."""
    ours.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command ends first, and then this
    gc.freeze()
    gc.set_threshold(*RARELY)
    kinds = {mapped.kind.name: mapped for mapped in mapping.kinds}

    def send(value: Any) -> None:
        theirs.send_bytes(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))

    try:
        while True:
            name, skip, at_once = theirs.recv()
            try:
                for part in here.parts(kinds[name], skip=skip, at_once=at_once):
                    send(part)
            except UnreadableSource as error:
                send(error)
            else:
                send(None)
    except (EOFError, OSError):
        pass
