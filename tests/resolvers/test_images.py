"""Encoding uploaded images anew: what is kept, and what is refused."""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from models.errors import InvalidInput
from resolvers.images import MAX_BYTES, ImageEncoder
from tests.support.images import decoded, encoded
from tests.support.profiles import ADOBE_RGB, DISPLAY_P3, cmyk_profile, grey_profile, rgb_profile

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
ORIENTATION, MAKER, COMMENT, GPS = 0x0112, 0x010F, 0x9286, 0x8825
ROTATED = 6
"""Turn the picture by 90 degrees to see it upright."""


@pytest.fixture
def encoder() -> Iterator[ImageEncoder]:
    encoder = ImageEncoder()
    yield encoder
    encoder.close()


def exif() -> Image.Exif:
    data = Image.Exif()
    data[ORIENTATION] = ROTATED
    data[MAKER] = "SECRETPHONE"
    data.get_ifd(GPS)[1] = "N"
    return data


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def animated(format_: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    file = io.BytesIO()
    frames[0].save(file, format_, save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue()


def two_pictures_in_one_jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(file, "MPO", save_all=True, append_images=[Image.new("RGB", (20, 20))])
    return file.getvalue()


@pytest.mark.parametrize(
    ("format_", "mode", "kept_mode", "media_type", "suffix"),
    [
        ("JPEG", "RGB", "RGB", "image/jpeg", "jpg"),
        ("JPEG", "L", "RGB", "image/jpeg", "jpg"),
        ("JPEG", "CMYK", "RGB", "image/jpeg", "jpg"),
        ("PNG", "RGB", "RGB", "image/png", "png"),
        ("PNG", "RGBA", "RGBA", "image/png", "png"),
        ("PNG", "P", "RGB", "image/png", "png"),
        ("PNG", "1", "RGB", "image/png", "png"),
        ("PNG", "I;16", "RGB", "image/png", "png"),
        ("WEBP", "RGB", "RGB", "image/webp", "webp"),
        ("WEBP", "RGBA", "RGBA", "image/webp", "webp"),
    ],
)
async def test_what_cameras_and_programs_write_is_kept(
    encoder: ImageEncoder, format_: str, mode: str, kept_mode: str, media_type: str, suffix: str
) -> None:
    image = await encoder.encode(encoded(format_, mode=mode))

    kept = decoded(image.content)
    assert (image.media_type, image.suffix) == (media_type, suffix)
    assert (kept.format, kept.mode, kept.size) == (format_, kept_mode, (40, 30))


async def test_the_picture_itself_survives(encoder: ImageEncoder) -> None:
    image = await encoder.encode(encoded("PNG"))

    assert decoded(image.content).getpixel((20, 15)) == (200, 30, 30)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
async def test_metadata_is_gone_and_the_picture_upright(encoder: ImageEncoder, format_: str) -> None:
    options: dict[str, Any] = {"comment": b"SECRETCOMMENT"} if format_ == "JPEG" else {}
    sent = encoded(format_, (40, 30), exif=exif(), icc_profile=b"SECRETPROFILE", xmp=b"<x>SECRETXMP</x>", **options)
    assert b"SECRET" in sent

    image = await encoder.encode(sent)

    kept = decoded(image.content)
    assert kept.size == (30, 40)
    assert dict(kept.getexif()) == {}
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(kept.info)
    assert b"SECRET" not in image.content


P3, ADOBE = rgb_profile(DISPLAY_P3, 2.2), rgb_profile(ADOBE_RGB, 2.19921875)
ORANGE = (200, 100, 50)
NOT_TRANSFORMED = {
    "no profile": b"",
    "nonsense": b"SECRETPROFILE",
    "cut in the directory": P3[:150],
    "cut in the curves": P3[:-30],
    "of a device link": P3[:12] + b"link" + P3[16:],
    "of another kind of picture": grey_profile(1.0),
    "sRGB": rgb_profile(DISPLAY_P3, 2.2, "sRGB IEC61966-2.1"),
}


def filled(format_: str, mode: str, colour: Any, profile: bytes) -> bytes:
    """A picture of one colour, without loss."""
    exact: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}
    file = io.BytesIO()
    Image.new(mode, (16, 16), colour).save(file, format_, icc_profile=profile, **exact.get(format_, {}))
    return file.getvalue()


async def test_colours_of_a_profile_are_told_in_srgb(encoder: ImageEncoder) -> None:
    """The numbers are those of the published matrices, but for rounding in formats with loss."""
    pictures = {
        ("PNG", "RGB", ORANGE, P3): (216, 93, 24),
        ("PNG", "RGB", (90, 160, 60), P3): (59, 164, 33),
        ("PNG", "RGB", ORANGE, ADOBE): (227, 100, 42),
        ("PNG", "RGB", (255, 255, 255), ADOBE): (255, 255, 255),
        ("PNG", "RGBA", (*ORANGE, 77), P3): (216, 93, 24, 77),
        ("PNG", "L", 128, grey_profile(1.0)): (188, 188, 188),
        ("PNG", "L", 128, P3): (129, 129, 129),
        ("JPEG", "RGB", ORANGE, P3): (216, 93, 25),
        ("JPEG", "CMYK", (0, 0, 0, 0), cmyk_profile()): (255, 255, 255),
        ("JPEG", "CMYK", (0, 0, 0, 255), cmyk_profile()): (48, 48, 48),
        ("JPEG", "CMYK", (255, 0, 0, 0), cmyk_profile()): (171, 171, 171),
    }

    for (format_, mode, colour, profile), expected in pictures.items():
        kept = decoded((await encoder.encode(filled(format_, mode, colour, profile))).content)
        assert (kept.getpixel((8, 8)), kept.info.get("icc_profile")) == (expected, None), (format_, mode, colour)


async def test_a_profile_that_says_nothing_leaves_the_numbers(encoder: ImageEncoder) -> None:
    for name, profile in NOT_TRANSFORMED.items():
        kept = decoded((await encoder.encode(filled("PNG", "RGB", ORANGE, profile))).content)
        assert kept.getpixel((8, 8)) == ORANGE, name
    cyan = decoded((await encoder.encode(filled("JPEG", "CMYK", (255, 0, 0, 0), P3))).content)
    assert cyan.getpixel((8, 8)) == (0, 255, 255)


@pytest.mark.parametrize(("clear", "expected"), [(None, (1, 1, 1)), (255, (1, 1, 1, 0))])
async def test_a_grey_scan_of_16_bits_keeps_its_shades(
    encoder: ImageEncoder, clear: int | None, expected: tuple[int, ...]
) -> None:
    row = struct.pack("<4H", 0, 255, 32768, 65535)
    scan = Image.frombytes("I;16", (4000, 300), row * 1000 * 300)
    file = io.BytesIO()
    scan.save(file, "PNG", **({} if clear is None else {"transparency": clear}))

    kept = decoded((await encoder.encode(file.getvalue())).content)

    opaque = () if clear is None else (255,)
    for y in (0, 299):
        shades = [kept.getpixel((x, y)) for x in range(4)]
        assert shades == [(0, 0, 0, *opaque), expected, (128, 128, 128, *opaque), (255, 255, 255, *opaque)]


async def test_texts_in_a_png_and_bytes_after_an_image_are_gone(encoder: ImageEncoder) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "SECRETTEXT")

    image = await encoder.encode(encoded("PNG", pnginfo=texts) + HTML)

    assert decoded(image.content).info == {}
    assert b"SECRET" not in image.content
    assert b"script" not in image.content


async def test_the_first_picture_of_a_telephones_pair_is_kept(encoder: ImageEncoder) -> None:
    image = await encoder.encode(two_pictures_in_one_jpeg())

    kept = decoded(image.content)
    assert (kept.format, getattr(kept, "n_frames", 1)) == ("JPEG", 1)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0" * 1000, id="zeros"),
        pytest.param(SVG, id="svg"),
        pytest.param(HTML, id="html"),
        pytest.param(encoded("GIF", mode="P"), id="gif"),
        pytest.param(encoded("BMP"), id="bmp"),
        pytest.param(encoded("TIFF"), id="tiff"),
        pytest.param(animated("PNG"), id="animated png"),
        pytest.param(animated("WEBP"), id="animated webp"),
        pytest.param(encoded("JPEG", (400, 300))[:-200], id="truncated jpeg"),
        pytest.param(encoded("PNG", (400, 300))[:-60], id="truncated png"),
        pytest.param(encoded("WEBP", (400, 300))[:-60], id="truncated webp"),
        pytest.param(encoded("JPEG")[:20], id="the header of a jpeg"),
        pytest.param(png_claiming(100, 100), id="png with less than it promises"),
        pytest.param(png_claiming(30000, 30000), id="bomb"),
        pytest.param(png_claiming(10000, 10000), id="smaller bomb"),
        pytest.param(png_claiming(6001, 10), id="too wide"),
        pytest.param(png_claiming(10, 6001), id="too high"),
        pytest.param(png_claiming(5001, 5000), id="too many pixels"),
        pytest.param(encoded("JPEG").ljust(MAX_BYTES + 1, b"\0"), id="too many bytes"),
    ],
)
async def test_what_is_no_such_image_is_refused(encoder: ImageEncoder, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await encoder.encode(content)

    assert refusal.value.field == "file"


async def test_the_largest_image_is_taken(encoder: ImageEncoder) -> None:
    image = await encoder.encode(encoded("PNG", (6000, 4166)).ljust(MAX_BYTES, b"\0"))

    assert decoded(image.content).size == (6000, 4166)
