"""Uploaded images in the graph."""

import datetime

import strawberry
from starlette.datastructures import UploadFile

from auth.policies import public, with_parent
from models.errors import InvalidInput, TooManyRequests
from models.uploads import ImageFolder
from resolvers import files, uploads
from resolvers.images import MAX_BYTES
from schema.engine.context import Info
from schema.engine.deprecation import deprecated
from schema.engine.fields import column, from_row, resolved
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import enum_type, input_type, root_type, value_type
from schema.files import File, file_of

enum_type(
    ImageFolder,
    description="The purpose of an image.",
    values={
        ImageFolder.AVATAR: "A public avatar.",
        ImageFolder.LICENSED_PHOTO: "持证照片, visible to the owner and reviewers.",
        ImageFolder.AWARD_PICTURE: "获奖照片, visible to the owner and reviewers.",
        ImageFolder.ID_CARD: "身份证照片, visible to the owner and to readers of the resume.",
    },
)


@value_type(description="An uploaded image.", policy=with_parent)
class UploadedImage:
    """A row of `uploads`."""

    folder: ImageFolder = column("The purpose.")
    original_name: str = column("The original file name, without folders and unprintable characters.")
    kilobytes: int = column("The stored size, in KB, rounded up.")
    client: str = column("The client address of the upload.")
    created_at: datetime.datetime = column("The time of the upload.")
    updated_at: datetime.datetime = column("The time of the last change.")

    @resolved("The image as a file.")
    def file(self, info: Info) -> File:
        """Of the row."""
        return file_of(info, files.original(self))

    @resolved("The path for fetching it and for inputs; that of a private image is signed for an hour.")
    def path(self, info: Info) -> str:
        """Forms take it with or without the signature."""
        return uploads.shown_path(info.context.scope, ImageFolder(self.folder), self.name)  # type: ignore[attr-defined]

    @deprecated("file")
    @resolved("The full URL of `path`.")
    def url(self, info: Info) -> str:
        """Under PUBLIC_URL, or where the caller reached the server."""
        return f"{info.context.base_url}{self.path(info)}"


@input_type(description="An image to upload, in a multipart request.")
class UploadImageInput:
    """The input of `uploadImage`."""

    folder: ImageFolder = strawberry.field(description="The purpose.")
    file: UploadFile = strawberry.field(
        description="A PNG, JPEG or WEBP of one frame, at most 5 MB, 25 megapixels and 6000 pixels per side."
    )


@payload_type(description="The result of `uploadImage`.")
class UploadImagePayload:
    """The image, or INVALID_INPUT."""

    image: UploadedImage | None = changed("The stored image: re-encoded, without metadata.")


@root_type
class UploadsMutation:
    """Mutations."""

    @mutation(
        "Upload an image of the caller. Anonymous callers may upload an ID_CARD, at most 20 per hour, which is deleted"
        " after a day unless the resume of a user refers to it; signed-in ones upload at most 100 images per day.",
        policy=public,
        errors=(InvalidInput, TooManyRequests),
        exclusive=True,
    )
    async def upload_image(self, info: Info, input: UploadImageInput) -> UploadImagePayload:
        """Whatever is no such image is refused with INVALID_INPUT."""
        row = await uploads.upload_image(
            info.context.scope,
            folder=input.folder,
            original_name=input.file.filename or "",
            content=await input.file.read(MAX_BYTES + 1),
        )
        return UploadImagePayload(image=from_row(UploadedImage, row))
