"""`update-messages`."""

import ast
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from cli.running import out
from models.errors import DomainError
from models.language import CATALOGUE

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("auth", "models", "resolvers", "rest_compat", "schema")
OTHERS: Final = ("Message", "UnreadableTable", "Damaged", "bad_request")
"""What takes a message as its first argument besides the errors of the business."""


def keywords() -> frozenset[str]:
    """The names of what takes a message as its first argument."""
    errors = [DomainError]
    for error in errors:
        errors += error.__subclasses__()
    return frozenset(error.__name__ for error in errors) | frozenset(OTHERS)


def sources() -> Iterator[Path]:
    """The files that may hold messages."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def messages_in(path: Path, names: Collection[str]) -> Iterator[str]:
    """The messages of a module: first arguments of calls, which Babel's own extraction mixes up with the others.

    Raises SyntaxError for a text that is put together, which no catalogue could have.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        text = node.args[0]
        if name not in names:
            continue
        if isinstance(text, ast.JoinedStr | ast.BinOp | ast.IfExp):
            raise SyntaxError(f"{path}:{text.lineno}: {name} takes a text as it stands, and its values beside it.")
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield text.value


def extracted() -> Catalog:
    """The messages of the source, without translations."""
    names, catalog = keywords(), Catalog()
    for path in sources():
        for message in messages_in(path, names):
            catalog.add(message, locations=[(str(path.relative_to(ROOT)), 0)])
    return catalog


def catalogue() -> Catalog:
    """The Chinese catalogue as it is kept."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def renewed() -> tuple[bytes, int]:
    """The file of the catalogue as the source wants it, and how many messages have no translation in it.

    New messages come without one; those that the source has no more are dropped.
    """
    catalog, file = catalogue(), BytesIO()
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    write_po(file, catalog, width=100, ignore_obsolete=True, sort_by_file=True, include_lineno=False)
    return file.getvalue(), sum(not message.string for message in catalog if message.id)


def update_messages() -> None:
    """Renew the file of the catalogue."""
    content, missing = renewed()
    CATALOGUE.write_bytes(content)
    out.print(f"Wrote {CATALOGUE.relative_to(ROOT)}: {missing} messages have no translation yet.", markup=False)
