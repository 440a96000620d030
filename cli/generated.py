"""Pages with a part that a command writes: it stands between two marks, and the rest is left as it is."""

from dataclasses import dataclass
from pathlib import Path

import typer

from cli.running import fail, out

END = "<!-- The table ends here. -->\n"


@dataclass(frozen=True, slots=True)
class Generated:
    """A part of a page, by the command that writes it."""

    command: str

    @property
    def begin(self) -> str:
        """The line before it."""
        return f"<!-- `python -m cli {self.command}` writes this table. -->\n"

    def put_into(self, page: str, part: str) -> str:
        """The page with the part between the two marks. Raises ValueError if it has none."""
        before, begin, rest = page.partition(self.begin)
        _, end, after = rest.partition(END)
        if not (begin and end):
            raise ValueError
        return "".join([before, begin, part, end, after])

    def write(self, part: str, file: Path | None) -> None:
        """Replace the part in the file, or print it."""
        if file is None:
            typer.echo(part, nl=False)
            return
        try:
            file.write_text(self.put_into(file.read_text(encoding="utf-8"), part), encoding="utf-8")
        except OSError as error:
            raise fail(f"{file} cannot be written: {error.strerror}.") from None
        except ValueError:
            raise fail(f"{file} has no marks for the table: {self.begin.strip()} and {END.strip()}") from None
        out.print(f"Wrote {file}.", markup=False)
