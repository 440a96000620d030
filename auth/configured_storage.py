"""The storage that the configuration asks for."""

from auth.storage import LocalFolder, Storage
from models.settings import Settings


def local_folder(settings: Settings) -> LocalFolder:
    """The folder of this machine, where files are unless STORAGE_URL says otherwise."""
    return LocalFolder(settings.data_dir / "storage")


def configured_storage(settings: Settings) -> Storage:
    """The local folder, or the store that STORAGE_URL names."""
    if not settings.storage_url:
        return local_folder(settings)
    from auth.object_storage import ObjectStorage  # with its client, which only this needs

    return ObjectStorage(settings)
