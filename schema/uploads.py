"""Uploaded images in the graph."""

import datetime

import strawberry
from starlette.datastructures import UploadFile

from auth.policies import public, with_parent
from models.errors import InvalidInput, TooManyRequests
from models.uploads import ImageFolder
from resolvers import uploads
from resolvers.images import MAX_BYTES
from schema.engine.context import Info
from schema.engine.fields import column, from_row, resolved
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import enum_type, input_type, root_type, value_type

enum_type(
    ImageFolder,
    description="What an image is for.",
    values={
        ImageFolder.AVATAR: "A person's picture, which everybody may see.",
        ImageFolder.LICENSED_PHOTO: "持证照片, which the owner and reviewers may see.",
        ImageFolder.AWARD_PICTURE: "获奖照片, which the owner and reviewers may see.",
        ImageFolder.ID_CARD: "身份证照片, which the owner and whoever the resume is handed to may see.",
    },
)


@value_type(description="An uploaded image.", policy=with_parent)
class UploadedImage:
    """A row of `uploads`."""

    folder: ImageFolder = column("What it is for.")
    original_name: str = column("What its file was called, without folders and what cannot be printed.")
    kilobytes: int = column("The size of what is stored, in KB, rounded up.")
    client: str = column("The address it was sent from.")
    created_at: datetime.datetime = column("When it was uploaded.")
    updated_at: datetime.datetime = column("When it was last changed.")

    @resolved("Where to fetch it, and what forms name it by; a private one's is signed for an hour.")
    def path(self, info: Info) -> str:
        """Forms take it with or without the signature."""
        return uploads.shown_path(info.context.scope, ImageFolder(self.folder), self.name)  # type: ignore[attr-defined]

    @resolved("The whole address of `path`.")
    def url(self, info: Info) -> str:
        """Under PUBLIC_URL, or where the caller reached the server."""
        return f"{info.context.base_url}{self.path(info)}"


@input_type(description="An image to upload, in a multipart request.")
class UploadImageInput:
    """The input of `uploadImage`."""

    folder: ImageFolder = strawberry.field(description="What it is for.")
    file: UploadFile = strawberry.field(
        description="A PNG, JPEG or WEBP of one frame, at most 5 MB, 25 megapixels and 6000 pixels a side."
    )


@payload_type(description="The result of `uploadImage`.")
class UploadImagePayload:
    """The image, or INVALID_INPUT."""

    image: UploadedImage | None = changed("The image as it is stored: encoded anew, without metadata.")


@root_type
class UploadsMutation:
    """Mutations."""

    @mutation(
        "Upload an image of the caller. Signed out, an ID_CARD may be uploaded, at most 20 an hour: it is"
        " removed after a day unless the resume of somebody signed in names it.",
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
