"""Uploaded files."""

from enum import StrEnum

from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class ImageFolder(StrEnum):
    """What an image is for. Only avatars are public."""

    AVATAR = "avatar"
    LICENSED_PHOTO = "licensed-photo"
    AWARD_PICTURE = "award-picture"
    ID_CARD = "id-card"


class Upload(Entity, table=True):
    """A stored file: its random name under its folder, and where it came from.

    Who was not signed in uploads for nobody, until somebody who knows the path claims the file.
    """

    __tablename__ = "uploads"
    __table_args__ = table_arguments()

    user_id: int | None = reference("users", index=True, nullable=True)
    folder: str = Field(max_length=32)
    name: str = Field(max_length=64, unique=True)
    original_name: str = Field(max_length=255)
    media_type: str = Field(max_length=64)
    kilobytes: int
    client: str = Field(max_length=64)
