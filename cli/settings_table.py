"""`export-settings`."""

from collections.abc import Iterator
from enum import EnumType
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from cli.generated import Generated
from models.settings import Settings
from models.settings_reference import SECTIONS, Meaning

TABLE = Generated("export-settings docs/configuration.md")


def settings_table() -> str:
    """Every setting by section, in Markdown."""
    return "\n".join(f"### {title}\n\n{''.join(_rows(section))}" for title, section in SECTIONS.items())


def export_settings(file: Path | None) -> None:
    """Replace the tables of the page, or print them."""
    TABLE.write(settings_table(), file)


def _rows(section: dict[str, Meaning]) -> Iterator[str]:
    yield "| variable | default | values | meaning |\n|---|---|---|---|\n"
    for name, meaning in section.items():
        field = Settings.model_fields[name]
        yield f"| `{name.upper()}` | {meaning.default or _default(field)} | {_values(field)} | {meaning.text} |\n"


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value == "":
        return "none"
    return f"`{int(value) if isinstance(value, bool) else value}`"


def _values(field: FieldInfo) -> str:
    """What the field takes: its choices, its limits, or nothing where any text will do."""
    kind: Any = next((each for each in get_args(field.annotation) if each is bool), field.annotation)
    if kind is bool:
        return "`0`, `1`"
    if kind is SecretStr:
        return "secret"
    choices = get_args(kind) if get_origin(kind) is Literal else list(kind) if isinstance(kind, EnumType) else []
    if choices:
        return ", ".join(f"`{choice}`" for choice in choices)
    limits = {
        name: getattr(each, name) for each in field.metadata for name in ("ge", "gt", "le") if hasattr(each, name)
    }
    match limits:
        case {"ge": low, "le": high}:
            return f"{low} to {high}"
        case {"gt": low, "le": high}:
            return f"over {low}, up to {high}"
        case {"ge": low}:
            return f"at least {low}"
        case {"gt": low}:
            return f"over {low}"
    return ""
