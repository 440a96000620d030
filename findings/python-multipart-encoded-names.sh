#!/usr/bin/env bash
# python-multipart 0.0.34 passes over `filename*=` in a part's Content-Disposition, as RFC 7578 says that it must not be
# sent. For Starlette 1.10.0 a part with that parameter alone is no file then, but a field: its bytes are decoded as text
# (a picture comes as a str of Latin-1 characters), it counts as a field, and it ends at 1 MB. No error says so. Clients
# send it for names that are not ASCII; requests with urllib3 1.24 does, and a file with an ASCII name works.
# Seen on Linux, Python 3.11: the same picture is an UploadFile as "a.jpg" and a str as "图.jpg".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check starlette==1.10.0 python-multipart==0.0.34 urllib3==1.24.3
cat > "$folder/seen.py" <<'PYTHON'
import asyncio

from starlette.requests import Request
from urllib3.filepost import encode_multipart_formdata

PICTURE = b"\xff\xd8\xff\xe0 a picture"


async def received(name: str) -> object:
    body, type_ = encode_multipart_formdata([("file", (name, PICTURE, "image/jpeg"))])

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", type_.encode())]
    form = await Request({"type": "http", "method": "POST", "headers": headers}, receive).form()
    return body.split(b"\r\n")[1].decode(), type(form["file"]).__name__


for name in ("a.jpg", "图.jpg"):
    print(*asyncio.run(received(name)), sep=" -> ")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
grep -q 'filename="a.jpg" -> UploadFile' "$folder/seen"
grep -q "filename\*=utf-8''%E5%9B%BE.jpg -> str" "$folder/seen"
