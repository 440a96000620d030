"""Rows and parameters that several groups of endpoints share."""

from auth.policies import signed_in
from rest_compat.binding import Parameter
from rest_compat.converters import File, Integer, Items, Password, Text
from rest_compat.developer_platform import failures
from rest_compat.developer_platform.shapes import TIMES, time
from rest_compat.endpoint import Endpoint, Outcome
from rest_compat.reply import Constant, Each

NUMBER = Integer(minimum=1, maximum=2**31 - 1)
"""The number of a dictionary's entry."""
FOLDERS = {"AVATAR": "avatar", "LICENSED_PHOTO": "licensed-photo", "AWARD_PICTURE": "award-picture"}


def text(variable: str, about: str, *, required: bool = True) -> Parameter:
    """A text parameter."""
    return Parameter(variable, Text(), required=required, about=about)


def password(variable: str, about: str) -> Parameter:
    """A password."""
    return Parameter(variable, Password(), required=True, about=about)


def entry(variable: str, about: str) -> Parameter:
    """A parameter that takes an entry of a dictionary."""
    return Parameter(variable, NUMBER, required=True, about=about)


def entries(variable: str, about: str) -> Parameter:
    """A parameter that takes entries of a dictionary."""
    return Parameter(variable, Items(NUMBER), required=True, about=about)


def dictionary(path: str, title: str, kind: str) -> Endpoint:
    """The row that lists a dictionary; one without entries is not found."""
    return Endpoint(
        "GET",
        path,
        title,
        "dictionary",
        signed_in,
        failures.WRONG_DATA,
        fixed={"kind": kind},
        reply=Each("dictionary", {"id": "number", "name": "name", **TIMES}),
        outcomes=(Outcome("dictionary", failures.NOT_FOUND, missing=True),),
    )


def upload(path: str, title: str, folder: str) -> Endpoint:
    """The row that takes an image."""
    return Endpoint(
        "POST",
        path,
        title,
        "upload_image",
        signed_in,
        failures.WRONG_DATA,
        body={"file": Parameter("input.file", File(), required=True, about="PNG、JPEG 或 WEBP 图片，最大 5 MB")},
        fixed={"input.folder": folder},
        reply={
            "name": "uploadImage.image.originalName",
            "type": Constant(FOLDERS[folder]),
            "path": "uploadImage.image.path",
            "size": "uploadImage.image.kilobytes",
            "request_ip": "uploadImage.image.client",
            "created_at": time("uploadImage.image.createdAt"),
            "updated_at": time("uploadImage.image.updatedAt"),
        },
    )
