#!/usr/bin/env bash
# orjson 3.13.0: a small document costs ten times as much to encode if its bytes are kept. orjson writes into a block of
# 1024 bytes and shrinks it to the result by realloc. A result that is dropped leaves the block for the next call; those
# that are kept take a new one from the system's allocator each. Lines of a log that wait in a list to be written
# together cost more than a system call for each; added to a bytearray, they cost next to nothing.
# Seen on Linux, Python 3.11, glibc 2.36: 0.26 us dropped, 2.7 us kept in a list, 0.31 us added to a bytearray.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check orjson==3.13.0
cat > "$folder/seen.py" <<'PYTHON'
import time

import orjson

LINE = {"timestamp": "2026-11-30T14:00:00.000Z", "level": "info", "event": "request", "id": "0123456789abcdef",
        "method": "POST", "path": "/graphql", "status": 200, "client": "127.0.0.1", "milliseconds": 1.2}
COUNT = 1000


def dropped():
    for _ in range(COUNT):
        orjson.dumps(LINE)


def listed():
    kept = []
    for _ in range(COUNT):
        kept.append(orjson.dumps(LINE))


def added():
    kept = bytearray()
    for _ in range(COUNT):
        kept += orjson.dumps(LINE)


def microseconds(work):
    """The processor time of a line, at best."""
    best = 10**12
    for _ in range(200):
        began = time.process_time_ns()
        work()
        best = min(best, time.process_time_ns() - began)
    return best / COUNT / 1000


found = {work.__name__: microseconds(work) for work in (dropped, listed, added)}
print(*(f"{name}: {value:.2f} us" for name, value in found.items()), sep="\n")
assert found["listed"] > 3 * found["dropped"] > 2 * found["added"], found
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
