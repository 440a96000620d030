"""A process that has imported the product and forks: its copies are servers.

A new interpreter takes three seconds of processor time until it has imported and built what every server has in common.
It is started with a socket, over which each request for a server comes with a socket of its own and the log. Over that
one goes the pid, and when the server has ended its exit code.
"""

import gc
import json
import os
import selectors
import socket
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

MESSAGE_BYTES = 1 << 16


def import_and_build() -> None:
    """Do what every server does before it looks at its settings, or does the same whatever they are."""
    import alembic.command  # of a first start
    import alembic.runtime.migration  # noqa: F401

    import server
    import workers  # noqa: F401
    from models.settings import Settings

    with TemporaryDirectory() as folder:
        server.create_app(Settings(_env_file=None, data_dir=Path(folder), matching=False))  # type: ignore[call-arg]
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208  # the only thread that a fork copies
        raise RuntimeError("Threads were started, which copies would lack.")
    gc.collect()
    gc.freeze()  # or the copies' collections would walk all of it, and so have their own


def main() -> int:
    """Fork until nobody can ask for it any more; in each copy, be a server."""
    control = socket.socket(fileno=int(sys.argv[1]))
    import_and_build()
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not control:
                    asked_by, pid = key.data
                    selector.unregister(key.fileobj)
                    os.close(key.fd)
                    _tell(asked_by, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                    asked_by.close()
                    continue
                message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 2)
                if not message:
                    return 0
                asked_by, log = socket.socket(fileno=descriptors[0]), descriptors[1]
                pid = os.fork()
                if pid == 0:
                    for other in (control, asked_by, *(key.data[0] for key in selector.get_map().values() if key.data)):
                        other.close()
                    break
                os.close(log)
                _tell(asked_by, pid)
                selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (asked_by, pid))
            else:
                continue
            break
    return _serve(json.loads(message), log)


def _tell(asked_by: socket.socket, number: int) -> None:
    try:
        asked_by.sendall(f"{number}\n".encode())
    except OSError:  # who asked is gone
        return


def _serve(environment: dict[str, str], log: int) -> int:
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["server.py"]
    import server

    return server.main()


if __name__ == "__main__":
    sys.exit(main())
