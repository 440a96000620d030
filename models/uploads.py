"""Uploaded files."""

from enum import IntEnum, StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class ImageFolder(StrEnum):
    """What an image is for. Only avatars are public."""

    AVATAR = "avatar"
    LICENSED_PHOTO = "licensed-photo"
    AWARD_PICTURE = "award-picture"
    ID_CARD = "id-card"


class AvatarSize(IntEnum):
    """How large an avatar is shown: the most pixels of its longer side."""

    SMALL = 64
    MEDIUM = 256
    LARGE = 512


class Upload(Entity, table=True):
    """A stored file: its random name under its folder, and where it came from.

    Who was not signed in uploads for nobody, until somebody who knows the path claims the file. Size and measures are
    null for files of older releases that were not measured yet.
    """

    __tablename__ = "uploads"
    __table_args__ = table_arguments(
        # What no release has measured yet: empty once the sweeps have been through.
        Index("ix_uploads_unmeasured", "id", sqlite_where=text("width IS NULL"), postgresql_where=text("width IS NULL"))
    )

    user_id: int | None = reference("users", index=True, nullable=True)
    folder: str = Field(max_length=32)
    name: str = Field(max_length=64, unique=True)
    original_name: str = Field(max_length=255)
    media_type: str = Field(max_length=64)
    kilobytes: int
    client: str = Field(max_length=64)
    bytes: int | None = None
    width: int | None = None
    height: int | None = None


class UploadVariant(Entity, table=True):
    """A smaller copy of an avatar that is stored beside it: `side` is the most pixels that its longer side may have."""

    __tablename__ = "upload_variants"
    __table_args__ = table_arguments(UniqueConstraint("upload_id", "side"))

    upload_id: int = reference("uploads")
    side: int
    bytes: int
