"""Uploaded images: decoded and re-encoded, so that only the pixels are stored."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO

from models.errors import InvalidInput
from resolvers.colours import to_srgb

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_SIDE = 6000
JPEG_QUALITY = 85

_FIELD = "file"


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An image as this product wrote it."""

    content: bytes
    media_type: str
    suffix: str


@dataclass(frozen=True, slots=True)
class _Format:
    name: str
    media_type: str
    suffix: str
    has_alpha: bool
    options: dict[str, int]


_JPEG = _Format("JPEG", "image/jpeg", "jpg", False, {"quality": JPEG_QUALITY})
_FORMATS = {
    "JPEG": _JPEG,
    # A photograph of a telephone that brings a second picture along, of which the first is kept.
    "MPO": _JPEG,
    "PNG": _Format("PNG", "image/png", "png", True, {}),
    "WEBP": _Format("WEBP", "image/webp", "webp", True, {"quality": 90}),
}


class ImageEncoder:
    """Encodes images away from the event loop, at most `concurrency` at a time; more callers wait in order."""

    def __init__(self, *, concurrency: int = 2) -> None:
        self._pool = ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="images")

    async def encode(self, content: bytes) -> EncodedImage:
        """The image upright and without metadata, in the format it came in. Raises InvalidInput for anything else.

        Accepted are PNG, JPEG and WEBP of one frame, at most 5 MB, 25 megapixels and 6000 pixels a side.
        """
        if len(content) > MAX_BYTES:
            raise InvalidInput(
                "The file is larger than {megabytes} MB.", field=_FIELD, megabytes=MAX_BYTES // 1024 // 1024
            )
        return await asyncio.get_running_loop().run_in_executor(self._pool, _encode, content)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False)


def _encode(content: bytes) -> EncodedImage:
    from PIL import Image, ImageOps  # by the thread that encodes the first image, not at the start

    # A decoder raises whatever it likes at a malformed file: all of it means that this is no image.
    try:
        image = Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP"))
        format_ = _FORMATS[image.format or ""]
    except Exception as error:
        raise InvalidInput("The file is not a PNG, JPEG or WEBP image.", field=_FIELD) from error
    with image:
        if max(image.size) > MAX_SIDE or image.width * image.height > MAX_PIXELS:
            raise InvalidInput(
                "An image has at most {side} pixels a side and {maximum} megapixels.",
                field=_FIELD,
                side=MAX_SIDE,
                maximum=MAX_PIXELS // 1000000,
            )
        if getattr(image, "is_animated", False) and image.format != "MPO":
            raise InvalidInput("The image is animated; send one frame.", field=_FIELD)
        try:
            ImageOps.exif_transpose(image, in_place=True)
            picture = to_srgb(image, keeps_alpha=format_.has_alpha)
        except Exception as error:
            raise InvalidInput("The image is damaged.", field=_FIELD) from error
    picture.info.clear()  # comments, colour profiles and the like, which the encoders would carry over
    encoded = BytesIO()
    picture.save(encoded, format_.name, **format_.options)
    return EncodedImage(encoded.getvalue(), format_.media_type, format_.suffix)
