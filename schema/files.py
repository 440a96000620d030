"""Files in the graph: one shape for whatever can be fetched."""

import datetime
from typing import Any

import strawberry

from auth.policies import with_parent
from models.uploads import AvatarSize, ImageFolder
from resolvers import files, uploads
from schema.engine import node_id
from schema.engine.context import Info
from schema.engine.fields import column, resolved
from schema.engine.types import enum_type, value_type

DATA = "data:"
_IDS_OF_UPLOAD = 1024
"""An upload and its copies have ids of their own, which end in the side of the copy."""

enum_type(
    AvatarSize,
    description="The size of an avatar. It keeps its proportions and is not enlarged.",
    values={size: f"At most {size.value} pixels on the longer side." for size in AvatarSize},
)


@value_type(description="A file that can be fetched.", policy=with_parent)
class File:
    """A stored picture, a smaller copy of one, or what was made for the reply."""

    id: strawberry.ID = column("The opaque id: the same file has the same.")
    name: str = column("The file name for saving it.")
    url: str = column(
        "The URL to fetch it at. That of a private picture is signed for an hour; a file that was made for this reply"
        " is in its `data:` URL."
    )
    path: str = column(
        "The path, which inputs take and `url` ends with; empty for a file that was made for this reply."
    )
    media_type: str = column("The media type.")
    width: int | None = column("The width in pixels; null if it is no picture, or was not measured yet.")
    height: int | None = column("The height in pixels; null if it is no picture, or was not measured yet.")
    bytes: int | None = column(
        "The size in bytes; null if it was not measured yet. A smaller copy is measured when it is first fetched."
    )
    created_at: datetime.datetime = column("The time when it was uploaded or made.")

    @resolved("The content of a file that was made for this reply, in base64; empty for a stored one.")
    def content_base64(self) -> str:
        """What the data URL has."""
        return self.url.partition(",")[2] if self.url.startswith(DATA) else ""


def file_id(number: int) -> strawberry.ID:
    """The opaque id of a file; negative numbers are those of files that are made for a reply."""
    return strawberry.ID(node_id.encode("File", number))


def file_of(info: Info, shown: files.Shown) -> File:
    """A stored file in the graph; the path is signed for the caller."""
    path = uploads.shown_path(info.context.scope, ImageFolder(shown.folder), shown.stored_name)
    return File(
        id=file_id(shown.upload_id * _IDS_OF_UPLOAD + shown.side),
        name=shown.original_name,
        url=f"{info.context.base_url}{path}",
        path=path,
        media_type=shown.media_type,
        width=shown.width,
        height=shown.height,
        bytes=shown.bytes,
        created_at=shown.created_at,
    )


async def uploaded_file(info: Info, upload_id: int) -> File:
    """The stored file that a row refers to."""
    return file_of(info, files.original(await info.context.load(uploads.by_id, upload_id)))


async def avatar_file(info: Info, path: str, size: AvatarSize | None) -> File | None:
    """The avatar at a stored path, or its copy of a size."""
    row: Any = await info.context.load(files.by_name, path.rpartition("/")[2]) if path else None
    if row is None:
        return None
    if size is None:
        return file_of(info, files.original(row))
    variants = await info.context.load(files.variants_of_uploads, row.id)
    return file_of(info, files.smaller(row, size, variants))
