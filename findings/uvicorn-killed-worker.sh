#!/usr/bin/env bash
# uvicorn 0.54.0 with several workers asks each in turn whether it answers, and waits up to timeout_worker_healthcheck
# seconds. When a worker dies after it was asked, nobody tells the supervisor: it holds the worker's end of the pipe
# open itself, so it goes on waiting for the whole time, and starts the replacement only then. A worker that dies
# between two questions is replaced at once. Who sets a long time for workers that are slow to start gets both.
# Seen on Linux, Python 3.11, with 8 s: 0.4 s between questions, 7.0 s while asked.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uvicorn==0.54.0
cat > "$folder/app.py" <<'PYTHON'
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})
PYTHON
cat > "$folder/seen.py" <<'PYTHON'
import os, pathlib, re, signal, socket, subprocess, sys, time

folder = pathlib.Path(sys.argv[1])
log = folder / "log"
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--workers", "2",
           "--timeout-worker-healthcheck", "8"]
server = subprocess.Popen(command, cwd=folder, stderr=log.open("w"))


def matches(pattern):
    return re.findall(pattern, log.read_text())


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return found


def replaced_after(pid):
    """Seconds from the death of a worker until the supervisor says so."""
    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    until(lambda: re.search(rf"Child process \[{pid}\] died", log.read_text()))
    return time.monotonic() - began


try:
    first, second = map(int, until(lambda: len(found := matches(r"Started server process \[(\d+)\]")) >= 2 and found)[:2])
    until(lambda: len(matches("Application startup complete")) >= 2)
    between = replaced_after(first)
    until(lambda: len(matches("Application startup complete")) >= 3)
    os.kill(second, signal.SIGSTOP)  # a busy worker: it is asked, and does not answer yet
    time.sleep(1.2)  # the supervisor asks every half second
    asked = replaced_after(second)
finally:
    server.send_signal(signal.SIGTERM)
    server.wait(30)
print(f"uvicorn 0.54.0: a worker killed between questions is replaced after {between:.1f} s, one killed while asked after {asked:.1f} s")
assert between < 4 <= asked, "uvicorn behaves differently now"
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder"
