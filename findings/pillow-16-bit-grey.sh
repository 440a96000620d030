#!/usr/bin/env bash
# Pillow 13.0.0 opens a grey PNG of 16 bits (a scan, an X-ray) as mode "I;16". convert("L"), convert("RGB") and
# convert("RGBA") do not scale it to 8 bits but clip it: everything above 255 of 65535 is white, without a warning.
# 16-bit colour is scaled, so that only grey scans turn white. The one transparent shade of such a picture (tRNS) is
# compared after the clipping: of shade 255 all that became white is transparent, of shade 1000 nothing is.
# Image.paste(number, box) writes the low byte of the number into both bytes of each pixel: 256 is 0, 255 is 65535;
# without a box, or with a mask, it writes the number.
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
pasted = []
for number in (255, 256, 1000):
    into = Image.new("I;16", (2, 1))
    into.paste(number, (0, 0, 1, 1))
    pasted.append(into.getpixel((0, 0)))
print(f"{scan.mode}: {values} becomes {shades}, expected [0, 1, 128, 255]; alpha {alphas}, expected [255, 0, 255, 255]")
print(f"255, 256 and 1000 pasted into a box are {pasted}")
assert scan.mode == "I;16" and scan.has_transparency_data
assert shades == colours == [0, 255, 255, 255] and alphas == [255, 0, 0, 0], "Pillow scales 16-bit grey now"
assert pasted == [65535, 0, 59624], "Pillow pastes 16-bit grey now"
PYTHON
