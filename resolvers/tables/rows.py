"""What a table is, whatever file it comes from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from models.language import Message


class UnreadableTable(Exception):
    """The file is no table; the message says what to do, `values` are those in its braces."""

    def __init__(self, text: str, /, **values: object) -> None:
        self.message = Message(text, **values)
        super().__init__(str(self.message))


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its cells by column (from 0) as text, or the `problem` with all of it.

    `number` is what an editor or a spreadsheet shows beside it. `position` says how much of the table's
    size is read. `problems` are those of single cells, by column. `width` is how many cells a line of text has; 0 in
    a workbook, where each cell stands in its column whatever stands beside it.
    """

    number: int
    position: int
    cells: Mapping[int, str] = field(default_factory=dict)
    problems: Mapping[int, Message] = field(default_factory=dict)
    problem: Message | None = None
    width: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file: `name` is the sheet's, empty where there are no sheets. `rows` begins at the top each time."""

    name: str
    size: int
    rows: Callable[[], Iterator[Row]]
