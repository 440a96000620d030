"""`export-users`."""

import os
from pathlib import Path

from cli.running import fail, out, read, settings
from resolvers.identity.export import export_users as exported


def export_users(file: Path) -> None:
    """Write the workbook that administrators can download."""
    content = read(settings(), exported)
    try:
        with open(file, "wb", opener=_private) as workbook:
            workbook.write(content)
    except OSError as error:
        raise fail(f"{file} cannot be written: {error.strerror}.") from None
    out.print(f"Wrote {file}.", markup=False)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
