"""Image files as people upload them, and uploading them."""

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

from models.settings import Settings
from tests.support.clients import Person, Product

UPLOAD = """
mutation($folder: ImageFolder!, $file: Upload!) {
  uploadImage(input: {folder: $folder, file: $file}) {
    image { folder originalName path kilobytes client createdAt }
    errors { code path }
  }
}
"""
PREFLIGHT = {"x-graphql-preflight": "1"}


def encoded(format_: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """A picture in a file format, red where it has colours; `options` are Pillow's."""
    red = {"RGB": (200, 30, 30), "RGBA": (200, 30, 30, 128)}
    file = io.BytesIO()
    Image.new(mode, size, red.get(mode, 0)).save(file, format_, **options)
    return file.getvalue()


def noise(size: tuple[int, int]) -> bytes:
    """A PNG that no encoding makes small."""
    file = io.BytesIO()
    Image.effect_noise(size, 80).save(file, "PNG")
    return file.getvalue()


def decoded(content: bytes) -> Image.Image:
    """The picture in a file."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def multipart(folder: str, content: bytes, name: str) -> dict[str, Any]:
    """The arguments of a request that uploads an image through the graph."""
    return with_file(UPLOAD, {"folder": folder, "file": None}, "file", content, name)


def with_file(query: str, variables: dict[str, Any], place: str, content: bytes, name: str) -> dict[str, Any]:
    """The arguments of a request that sends a file to the graph, at a place of the variables."""
    operations = {"query": query, "variables": variables}
    return {
        "data": {"operations": json.dumps(operations), "map": json.dumps({"file": [f"variables.{place}"]})},
        "files": {"file": (name, content, "application/octet-stream")},
    }


async def upload(
    product: Product, person: Person, folder: str = "AVATAR", content: bytes | None = None, name: str = "test.jpg"
) -> dict[str, Any]:
    """Upload an image through the graph: the payload."""
    response = await product.http.post(
        "/graphql",
        headers=person.bearer | PREFLIGHT,
        **multipart(folder, encoded() if content is None else content, name),
    )
    assert response.status_code == 200, response.text
    reply = response.json()
    assert "errors" not in reply, reply
    payload: dict[str, Any] = reply["data"]["uploadImage"]
    return payload


async def uploaded_path(product: Product, person: Person, folder: str = "AVATAR") -> str:
    """The path of a new image, as the reply shows it."""
    path: str = (await upload(product, person, folder))["image"]["path"]
    return path


def stored(settings: Settings) -> list[str]:
    """The files in the storage, by folder and name."""
    return [f"{file.parent.name}/{file.name}" for file in Path(settings.data_dir).glob("storage/*/*")]
