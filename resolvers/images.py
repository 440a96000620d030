"""Uploaded images: decoded and re-encoded, so that only the pixels are stored."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, TypeVar

from models.errors import InvalidInput
from resolvers.colours import to_srgb

if TYPE_CHECKING:
    from PIL import Image

T = TypeVar("T")
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
    width: int
    height: int
    smaller: Mapping[int, bytes]
    """Copies in WEBP, by the most pixels of their longer side: of those sides that the image is longer than."""


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

    async def encode(self, content: bytes, sides: Collection[int] = ()) -> EncodedImage:
        """The image upright and without metadata, in the format it came in, and smaller copies of these sides.

        Raises InvalidInput for anything else.
        Accepted are PNG, JPEG and WEBP of one frame, at most 5 MB, 25 megapixels and 6000 pixels a side.
        """
        if len(content) > MAX_BYTES:
            raise InvalidInput(
                "The file is larger than {megabytes} MB.", field=_FIELD, megabytes=MAX_BYTES // 1024 // 1024
            )
        return await self._run(partial(_encode, content, sides))

    async def shrink(self, content: bytes, side: int) -> bytes:
        """A smaller copy, in WEBP, of an image that `encode` made. Raises InvalidInput where it is damaged."""
        return await self._run(partial(_shrink, content, side))

    async def measure(self, content: bytes) -> tuple[int, int]:
        """The width and height of an image that `encode` made. Raises InvalidInput where it is damaged."""
        return await self._run(partial(_measure, content))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False)


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """The size of a picture whose longer side has at most so many pixels; none is enlarged."""
    longer = max(width, height)
    if longer <= side:
        return width, height
    # Rounded half up, in whole numbers: whoever tells the size of a copy must not be off by one.
    return tuple(max(1, (2 * pixels * side + longer) // (2 * longer)) for pixels in (width, height))  # type: ignore[return-value]


def _encode(content: bytes, sides: Collection[int]) -> EncodedImage:
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
    return EncodedImage(
        _saved(picture, format_),
        format_.media_type,
        format_.suffix,
        *picture.size,
        smaller={side: _small(picture, fitted(*picture.size, side)) for side in sides if max(picture.size) > side},
    )


def _shrink(content: bytes, side: int) -> bytes:
    with _stored(content) as image:
        try:
            size = fitted(*image.size, side)
            # A decoder of JPEG leaves out what a copy of this size does not need.
            image.draft(None, fitted(*image.size, 2 * side))
            picture = image.convert("RGBA" if image.has_transparency_data else "RGB")
        except Exception as error:
            raise InvalidInput("The image is damaged.", field=_FIELD) from error
    return _small(picture, size)


def _measure(content: bytes) -> tuple[int, int]:
    with _stored(content) as image:
        return image.size


def _stored(content: bytes) -> "Image.Image":
    from PIL import Image

    try:
        return Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP"))
    except Exception as error:
        raise InvalidInput("The image is damaged.", field=_FIELD) from error


def _small(picture: "Image.Image", size: tuple[int, int]) -> bytes:
    from PIL import Image

    return _saved(picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3), _FORMATS["WEBP"])


def _saved(picture: "Image.Image", format_: _Format) -> bytes:
    encoded = BytesIO()
    picture.save(encoded, format_.name, **format_.options)
    return encoded.getvalue()
