"""uvicorn, and its worker processes: copies of one that is ready, which one supervises.

uvicorn would start each worker as a new interpreter, which imports and builds everything again: two workers took twice
as long as one until the first reply. Forked from a process that is ready and has no threads, a worker serves at once,
and so does the one that replaces it when it dies. uvicorn's own supervisor looks at its workers in turn, and waits for
each: while one hangs it neither sees that another died nor heeds a signal.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import wait

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE

from models.settings import Settings
from schema.engine.http.transport import BoundedHttp
from schema.engine.websocket.transport import BoundedWebSocket
from serving import GracefulServer, kept_metrics_sockets, metrics_sockets, notify
from watching.sharing import hand_over, worker_ended

HANGS_SECONDS = 60.0
"""A worker that gave no sign of life for so long is killed; one that is starting on a busy machine is not dead."""
AGAIN_SECONDS = 1.0
"""How long after one that could not start, such as without its database, another is started."""
LOOK_SECONDS = 0.02
"""How often to look whether workers have ended that were told to."""
TAKEOVER = "CAREERGRAPH_TAKEOVER"
"""What a supervisor leaves to the program that takes its place: its listeners, the lifeline and the workers."""
NONE = -1
"""The descriptor of no listener."""
CHECK = "--check"
"""What tells the program to find out whether it could start, and to end."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)

log = structlog.get_logger("workers")


def serve(app: ASGIApp, settings: Settings) -> int:
    """Serve until a signal ends it, with as many processes as the configuration says; the exit code."""
    if settings.workers > 1:
        # Otherwise the first worker to wake takes all connections that wait, and the others have little to do.
        os.environ.setdefault("UV_TCP_SINGLE_ACCEPT", "1")
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        log_config=None,  # what `watching.logs` configured is for uvicorn too
        log_level=settings.log_level.lower(),
        server_header=False,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        http=BoundedHttp,
        ws=BoundedWebSocket,
        ws_max_size=settings.websocket_message_bytes,
    )
    if settings.workers > 1 or TAKEOVER in os.environ:
        # Here, so that the workers share what it imports: the protocols, uvloop.
        config.load()
        config.get_loop_factory()
        return Supervisor(config, settings).run()
    metrics = metrics_sockets(settings)
    server = GracefulServer(config, settings.shutdown_seconds, tell=notify)
    with contextlib.suppress(KeyboardInterrupt):
        server.run([config.bind_socket(), *metrics] if metrics else None)
    return 0 if server.started else STARTUP_FAILURE


class Worker:
    """A process that serves: a copy of this one, or one that the program before this one started."""

    def __init__(self, pid: int, signs: int | None = None) -> None:
        self.pid = pid
        self.signs = signs
        """Where its signs of life are read from."""
        self.is_ready = signs is None
        self.seen = time.monotonic()
        self.status: int | None = None
        """How it ended, once it has."""

    def look(self) -> None:
        """Take its signs of life, and notice its end."""
        if self.signs is not None:
            with contextlib.suppress(BlockingIOError):
                while os.read(self.signs, 1024):
                    self.is_ready, self.seen = True, time.monotonic()
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                if self.signs is not None:
                    os.close(self.signs)
                    self.signs = None
                worker_ended(pid)

    def send(self, signal_number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.status is None:
            os.kill(self.pid, signal_number)


class Supervisor:
    """Starts workers, replaces those that die, and all of them one after the other when it is told to (SIGHUP)."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        self._config, self._shutdown_seconds = config, settings.shutdown_seconds
        self._workers: list[Worker] = []
        self._leaving: list[Worker] = []
        """Workers that were told to end, or whose successors are being started."""
        self._signals: list[int] = []
        self._check: subprocess.Popen[bytes] | None = None
        self._next_start = 0.0
        self._looked_at = time.monotonic()
        self._was_ready = self._is_reload_wanted = False
        left = os.environ.pop(TAKEOVER, "")
        if left:
            listener, metrics, self._lifeline_read, self._lifeline, *pids = map(int, left.split(","))
            self._metrics = kept_metrics_sockets(None if metrics == NONE else metrics, settings)
            self._listener = socket.socket(fileno=listener)
            if config.port not in {0, self._listener.getsockname()[1]}:
                log.warning("port_kept", port=self._listener.getsockname()[1], reason="HOST and PORT need a restart")
            self._leaving = [Worker(pid) for pid in pids]
            self._retiring = list(self._leaving)
        else:
            self._listener, self._metrics = config.bind_socket(), metrics_sockets(settings)
            self._lifeline_read, self._lifeline = os.pipe()
            self._retiring = []

    def run(self) -> int:
        """Supervise until a signal ends it; the exit code."""
        with self._heeding_signals() as woken:
            while True:
                self._look()
                if (failed := self._failed_at_start()) is not None:
                    self._end()
                    return failed
                self._start_missing()
                while self._signals:
                    number = self._signals.pop(0)
                    if number in {signal.SIGTERM, signal.SIGINT}:
                        return self._end()
                    if number == signal.SIGHUP:
                        self._is_reload_wanted = True
                self._begin_check()
                self._finish_check()
                wait([woken, *(worker.signs for worker in self._workers if worker.signs is not None)], timeout=1)
                with contextlib.suppress(BlockingIOError):
                    os.read(woken, 1024)

    @contextlib.contextmanager
    def _heeding_signals(self) -> Iterator[int]:
        """What becomes readable when a signal comes, which `_signals` then has."""
        woken, waker = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, lambda number, _frame: self._signals.append(number))
        yield woken

    def _look(self) -> None:
        for worker in (*self._workers, *self._leaving):
            worker.look()
        now = time.monotonic()
        if now > self._looked_at + HANGS_SECONDS / 2:
            for worker in self._workers:
                worker.seen = now  # this process was stopped itself, and they perhaps with it
        self._looked_at = now
        for worker in self._workers:
            if worker.status is None and now > worker.seen + HANGS_SECONDS:
                log.error("worker_hangs", pid=worker.pid)
                worker.send(signal.SIGKILL)
        self._leaving = [worker for worker in self._leaving if worker.status is None]
        self._retiring = [worker for worker in self._retiring if worker.status is None]

    def _failed_at_start(self) -> int | None:
        """The exit code of a worker that could not start, when none ever did: all would fail in the same way."""
        if self._was_ready or self._retiring or any(worker.is_ready for worker in self._workers):
            return None
        return next((worker.status for worker in self._workers if (worker.status or 0) > 0), None)

    def _start_missing(self) -> None:
        """Replace workers that died; for each that is ready, let one of the program before this one go."""
        for worker in [worker for worker in self._workers if worker.status is not None]:
            if time.monotonic() < self._next_start:
                return
            log.warning("worker_died", pid=worker.pid, status=worker.status)
            if not worker.is_ready:
                self._next_start = time.monotonic() + AGAIN_SECONDS
            self._workers.remove(worker)
        ready = sum(worker.is_ready for worker in self._workers)
        while len(self._workers) < self._config.workers and (not self._retiring or ready == len(self._workers)):
            self._workers.append(self._fork())
        while len(self._retiring) > self._config.workers - ready:
            self._retiring.pop().send(signal.SIGTERM)
        if ready == self._config.workers and not self._was_ready:
            self._was_ready = True
            notify("READY=1")
            log.info("workers_ready", count=ready)

    def _fork(self) -> Worker:
        signs, own = os.pipe()
        os.set_blocking(signs, False)
        os.set_blocking(own, False)
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # lest one is taken by the copy of our handler
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            os.close(own)
            return Worker(pid, signs)
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            os.close(self._lifeline)
            threading.Thread(target=self._end_with_supervisor, daemon=True).start()
            server = GracefulServer(self._config, self._shutdown_seconds, signs=own)
            with contextlib.suppress(KeyboardInterrupt):
                server.run([self._listener, *self._metrics])
            status = 0 if server.started else STARTUP_FAILURE
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _end_with_supervisor(self) -> None:
        """End when the supervisor is gone, so that no worker keeps the port of a server that was killed."""
        os.read(self._lifeline_read, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _begin_check(self) -> None:
        """See whether the program as it is now, with its configuration, could start; this one goes on meanwhile."""
        if self._is_reload_wanted and self._check is None and self._was_ready:
            self._is_reload_wanted = False
            notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
            log.info("reload_begins")
            self._check = subprocess.Popen([sys.executable, *sys.orig_argv[1:], CHECK])  # noqa: S603

    def _finish_check(self) -> None:
        if self._check is None or (status := self._check.poll()) is None:
            return
        self._check = None
        if status:
            log.error("reload_refused", reason="the new version or configuration cannot start: see the lines before")
            notify("READY=1")
            return
        self._replace_program()

    def _replace_program(self) -> None:
        """Become the program as it is now, which starts its own workers, and then lets these go."""
        pids = [worker.pid for worker in (*self._workers, *self._leaving) if worker.status is None]
        metrics = next((each.fileno() for each in self._metrics), NONE)
        left = (self._listener.fileno(), metrics, self._lifeline_read, self._lifeline)
        for descriptor in left:
            if descriptor != NONE:
                os.set_inheritable(descriptor, True)
        hand_over()
        os.environ[TAKEOVER] = ",".join(map(str, (*left, *pids)))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until it heeds signals itself
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the same program again

    def _end(self) -> int:
        """Let every worker end, and kill those that take too long; the exit code."""
        notify("STOPPING=1")
        if self._check is not None:
            self._check.kill()
        # Before the workers close it, so that the last of them takes what waits there, and nobody waits in vain.
        for listener in (self._listener, *self._metrics):
            listener.close()
        workers = [*self._workers, *self._leaving]
        for worker in workers:
            worker.send(signal.SIGTERM)
        deadline = time.monotonic() + self._shutdown_seconds
        killed: list[int] = []
        while running := [worker for worker in workers if worker.status is None]:
            if time.monotonic() > deadline and not killed:
                killed = [worker.pid for worker in running]
                log.error("workers_killed", pids=killed, reason="they did not end within SHUTDOWN_SECONDS")
                for worker in running:
                    worker.send(signal.SIGKILL)
            time.sleep(LOOK_SECONDS)
            for worker in running:
                worker.look()
        return 1 if killed else 0
