"""The colours of uploaded pictures, as sRGB of 8 bits: what they show stays when profiles and depth are dropped."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_STRIP_PIXELS = 1_000_000
"""Pillow's table of a channel is applied without letting go of the interpreter: so many pixels at a time."""
_DEVICES = {"scnr", "mntr", "prtr", "spac"}
"""The classes of profiles that say what a picture's numbers mean."""
_TO_8_BITS = [(value * 255 + 32767) // 65535 for value in range(65536)]


def to_srgb(image: Image.Image, *, keeps_alpha: bool) -> Image.Image:
    """The picture in mode RGB, or RGBA where it is transparent and may stay so.

    Its embedded profile is applied. One that is broken, or that is for another kind of picture, is ignored.
    """
    profile = image.info.get("icc_profile")
    has_alpha = keeps_alpha and image.has_transparency_data
    if image.mode.startswith("I;16"):
        image = _shallow(image, has_alpha=has_alpha)
    plain = _converted(image, profile) if profile else None
    if not has_alpha:
        return image.convert("RGB") if plain is None else plain
    whole = image.convert("RGBA")
    if plain is not None:
        plain.putalpha(whole.getchannel("A"))
    return whole if plain is None else plain


def _shallow(image: Image.Image, *, has_alpha: bool) -> Image.Image:
    """A grey picture of 16 bits in 8, from black to white; Pillow's own conversion clips it at 255."""
    from PIL import Image

    clear = image.info.get("transparency") if has_alpha else None
    grey = Image.new("L", image.size)
    alpha = Image.new("L", image.size, 255) if isinstance(clear, int) else None
    opaque = [255] * 65536
    if isinstance(clear, int) and 0 <= clear < 65536:
        opaque[clear] = 0
    rows = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height))).convert("I")
        grey.paste(strip.point(_TO_8_BITS, "L"), (0, top))
        if alpha is not None:
            alpha.paste(strip.point(opaque, "L"), (0, top))
    return grey if alpha is None else Image.merge("LA", (grey, alpha))


def _converted(image: Image.Image, content: bytes) -> Image.Image | None:
    """The picture without transparency in sRGB, or None where the profile does not say how."""
    from PIL import ImageCms

    # A profile is as hostile as the picture, and no reason to refuse it: whatever is wrong with it, it says nothing.
    with contextlib.suppress(Exception):
        source = ImageCms.ImageCmsProfile(BytesIO(content))
        about = source.profile
        if about.device_class not in _DEVICES or _is_srgb(about):
            return None
        mode = _mode_for(about.xcolor_space.strip(), image)
        if mode is not None:
            return ImageCms.profileToProfile(
                image.convert(mode),
                source,
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.PERCEPTUAL,
                outputMode="RGB",
            )
    return None


def _is_srgb(about: Any) -> bool:
    """Whether the numbers mean already what they are converted to, which rounding would change."""
    return (about.profile_description or "").startswith("sRGB")


def _mode_for(space: str, image: Image.Image) -> str | None:
    """The mode in which a profile of this colour space reads the picture; None where it is for other pictures."""
    is_cmyk, is_grey = image.mode == "CMYK", image.mode in {"1", "L", "LA"}
    if space == "CMYK":
        return "CMYK" if is_cmyk else None
    if space == "GRAY":
        return "L" if is_grey else None
    return "RGB" if space == "RGB" and not is_cmyk else None
