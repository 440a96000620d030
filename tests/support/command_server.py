"""Runs commands of `python -m cli` in copies of one process, which imports the product once, for scripts with many.

`stand_in` writes a program `python` that has its command run there, with its own folder, environment and streams.
"""

import importlib
import os
import pkgutil
import signal
import socket
import struct
import subprocess
import sys
from ast import literal_eval
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import cli
from tests.support.processes import ROOT

STAND_IN = """#!{python} -SI
import os, socket, struct, sys
assert sys.argv[1:3] == ["-m", "cli"], sys.argv
given = repr((sys.argv[3:], dict(os.environ), os.getcwd())).encode()
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
socket.send_fds(server, [struct.pack("!I", len(given))], [0, 1, 2])
server.sendall(given)
sys.exit(struct.unpack("!i", server.recv(4, socket.MSG_WAITALL))[0])
"""


@contextmanager
def stand_in(folder: Path) -> Iterator[None]:
    """While the block runs, the folder has a program `python` that can run `-m cli` and its commands."""
    address = folder / "commands"
    program = folder / "python"
    program.write_text(STAND_IN.format(python=sys.executable, address=str(address)), encoding="utf-8")
    program.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.command_server", str(address)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield
    finally:
        server.terminate()
        server.communicate(timeout=30)


def main(address: str) -> None:
    """Serve until the process is ended."""
    for module in pkgutil.walk_packages(cli.__path__, "cli."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            if not os.fork():
                _run(connection)
            connection.close()


def _run(connection: socket.socket) -> NoReturn:
    """Run one command, as the process that asked for it would."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, streams, _, _ = socket.recv_fds(connection, 4, 3)
    content = connection.recv(struct.unpack("!I", length)[0], socket.MSG_WAITALL)
    arguments, environment, folder = literal_eval(content.decode())
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    status = 1
    try:
        from cli.app import app

        app(arguments, prog_name=environment.get("CAREERGRAPH_PROGRAM", "python -m cli"))
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(struct.pack("!i", status))
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
