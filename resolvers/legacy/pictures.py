"""Pictures of a predecessor: found in a folder by the paths that its rows name, and kept as if they were uploaded."""

import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from auth.storage import Storage
from models.errors import InvalidInput
from models.statements import table_of
from models.uploads import AvatarSize, ImageFolder, Upload
from resolvers import files, uploads
from resolvers.images import MAX_BYTES, EncodedImage
from resolvers.legacy import values
from resolvers.legacy.values import Refused
from resolvers.scope import Scope

CLIENT = "import"
"""What stands in place of the address that a picture was uploaded from."""
MAX_PATH = 1024
_ADD = insert(table_of(Upload)).returning(table_of(Upload).c.id)


class Pictures:
    """The folder with a predecessor's files, if there is one. A dry run keeps none of them."""

    def __init__(self, folder: Path | None, *, keeps: bool) -> None:
        self._folder = None if folder is None else folder.resolve()
        self._keeps = keeps

    async def store(self, scope: Scope, folder: ImageFolder, owner_id: int, path: Any) -> tuple[int, str]:
        """Keep the picture at a path for somebody: the id of its row, and its path here. Raises Refused."""
        named = values.text(path, "path", max_length=MAX_PATH, required=True)
        try:
            with self._found(named).open("rb") as file:
                image = await scope.services.images.encode(
                    file.read(MAX_BYTES + 1), tuple(AvatarSize) if folder is ImageFolder.AVATAR else ()
                )
        except InvalidInput as error:
            raise Refused(f"{named}: {error}") from None
        except OSError as error:
            raise Refused(f"{named} cannot be read: {error.strerror}.") from None
        name = f"{secrets.token_hex(16)}.{image.suffix}"
        if self._keeps:
            await _keep(scope.services.storage, scope, folder, name, image)
        row = {
            "user_id": owner_id,
            "folder": folder,
            "name": name,
            "original_name": uploads.harmless_name(named) or name,
            "media_type": image.media_type,
            "kilobytes": -(-len(image.content) // 1024),
            "bytes": len(image.content),
            "width": image.width,
            "height": image.height,
            "client": CLIENT,
            "created_at": scope.now,
            "updated_at": scope.now,
        }
        upload_id = await scope.transaction.fetch_value(_ADD, row)
        await files.remember_variants(scope, upload_id, image.smaller)
        return upload_id, uploads.path_of(folder, name)

    def _found(self, named: str) -> Path:
        """The file of a path or address: as it stands, or without what it begins with."""
        if self._folder is None:
            raise Refused(f"{named} was not moved in: --files names no folder of pictures.")
        parts = [part for part in uploads.unsigned(named).split("/") if part not in ("", ".", "..")]
        for start in range(len(parts)):
            path = self._folder.joinpath(*parts[start:]).resolve()
            if path.is_relative_to(self._folder) and path.is_file():
                return path
        raise Refused(f"{named} is not in the folder of pictures.")


async def _keep(storage: Storage, scope: Scope, folder: ImageFolder, name: str, image: EncodedImage) -> None:
    """Store a picture; it becomes an orphan, and is swept, if its batch is taken back."""
    await storage.put(folder, name, image.content)
    if folder is ImageFolder.AVATAR:
        await files.put_variants(scope, name, image.smaller)
