"""`export-errors`."""

from pathlib import Path

from cli.generated import Generated
from schema.engine.mutations import declared_errors
from schema.schema import build_schema

TABLE = Generated("export-errors docs/graphql.md")


def error_table() -> str:
    """Each mutation with the codes that its payload can hold, in Markdown."""
    declared = declared_errors(build_schema()._schema)
    rows = [
        f"| `{name}` | {', '.join(f'`{code}`' for code in codes) or 'none'} |\n"
        for name, codes in sorted(declared.items())
    ]
    return "".join(["| mutation | codes |\n", "|---|---|\n", *rows])


def export_errors(file: Path | None) -> None:
    """Replace the table of the page, or print it."""
    TABLE.write(error_table(), file)
