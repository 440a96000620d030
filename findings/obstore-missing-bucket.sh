#!/usr/bin/env bash
# obstore 0.12.1 (Rust's object_store for Python) raises the builtin FileNotFoundError both for an object that is not there
# and for a bucket that is not there, of reads and of writes: a store whose bucket is misspelt, or was deleted, looks like an
# empty one to code that answers "no such file". FileNotFoundError is no subclass of obstore.exceptions.BaseError either, so
# that `except BaseError` around a write misses it. Only the text has the store's code (NoSuchBucket, NoSuchKey).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check obstore==0.12.1
cat > "$folder/seen.py" <<'PYTHON'
import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from obstore.exceptions import BaseError
from obstore.store import S3Store


class Store(BaseHTTPRequestHandler):
    """Answers as S3 does: the bucket `there` has no objects, and there is no other bucket."""

    def answer(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        code = b"NoSuchKey" if self.path.startswith("/there/") else b"NoSuchBucket"
        body = b"<Error><Code>" + code + b"</Code></Error>"
        self.send_response(404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = answer

    def log_message(self, *_):
        pass


async def raised(work):
    try:
        await work
    except Exception as error:
        return type(error).__name__, isinstance(error, BaseError), "NoSuchBucket" in str(error)


async def main(port):
    for bucket in ("there", "misspelt"):
        store = S3Store(bucket, endpoint=f"http://127.0.0.1:{port}", region="x", access_key_id="x",
                        secret_access_key="x", client_options={"allow_http": True})
        print(f"{bucket}: get", await raised(store.get_async("a.jpg")))
        if bucket == "misspelt":
            print(f"{bucket}: put", await raised(store.put_async("a.jpg", b"x")))


server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("(exception, is a BaseError, names NoSuchBucket)")
asyncio.run(main(server.server_port))
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
