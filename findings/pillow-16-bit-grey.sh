#!/usr/bin/env bash
# Pillow 13.0.0 opens a grey PNG of 16 bits (a scan, an X-ray) as mode "I;16". convert("L"), convert("RGB") and
# convert("RGBA") do not scale it to 8 bits but clip it: everything above 255 of 65535 is white, without a warning.
# Pillow's own scaling of 16-bit colour (mode RGB) works, so that only grey scans turn white. The transparent shade
# (tRNS) of such a picture is read, has_transparency_data says that there is one, and convert("RGBA") makes all opaque.
# Image.paste(65535, box) into an "I;16" clips its number at 255 as well.
# Seen on Linux, Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Pillow==13.0.0
"$folder/venv/bin/python" -W error - <<'PYTHON'
import io
import struct
from PIL import Image

values = (0, 255, 32768, 65535)
file = io.BytesIO()
Image.frombytes("I;16", (4, 1), struct.pack("<4H", *values)).save(file, "PNG", transparency=255)
scan = Image.open(file)
scan.load()
shades = [scan.convert("L").getpixel((x, 0)) for x in range(4)]
colours = [scan.convert("RGB").getpixel((x, 0))[0] for x in range(4)]
alphas = [scan.convert("RGBA").getpixel((x, 0))[3] for x in range(4)]
pasted = Image.new("I;16", (1, 1))
pasted.paste(65535, (0, 0, 1, 1))
print(f"{scan.mode}: {values} becomes {shades}, expected [0, 1, 128, 255]; alpha {alphas}, expected [255, 0, 255, 255]")
print(f"65535 pasted is {pasted.getpixel((0, 0))}")
assert scan.mode == "I;16" and scan.has_transparency_data
assert shades == colours == [0, 255, 255, 255] and alphas == [255] * 4, "Pillow scales 16-bit grey now"
PYTHON
