"""`update-messages`."""

import ast
from collections.abc import Collection, Iterator
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


def update_messages() -> None:
    """Take over new messages without a translation, and drop those that the source has no more."""
    catalog = catalogue()
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalog, width=100, ignore_obsolete=True, sort_by_file=True, include_lineno=False)
    missing = [message.id for message in catalog if message.id and not message.string]
    out.print(f"Wrote {CATALOGUE.relative_to(ROOT)}: {len(missing)} messages have no translation yet.", markup=False)
