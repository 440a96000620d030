"""INSERT statements of several rows.

A statement costs either database more than a row does: SQLite looks for the table's last id in a list of all tables,
and keeps copies of the pages that a statement with a trigger changes.
"""

import re
from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import chain

from models.db.prepared import Values

ROWS = 25
"""The rows of such a statement: more save little, and statements take some 32,000 parameters."""
_PARAMETER = re.compile(r"\$([0-9]+)")


def statements(sql: str, values: Sequence[Values]) -> list[tuple[str, Sequence[Values]]]:
    """The statements that insert rows of these values, each with the values of its executions."""
    whole = len(values) - len(values) % ROWS
    several = [list(chain.from_iterable(values[start : start + ROWS])) for start in range(0, whole, ROWS)]
    found: list[tuple[str, Sequence[Values]]] = [(_of_several(sql), several)] if several else []
    return [*found, (sql, values[whole:])] if values[whole:] else found


@lru_cache(maxsize=256)
def _of_several(sql: str) -> str:
    """An INSERT of one row with parameters and nothing else as values, as SQLAlchemy writes it, for several rows."""
    head, begins, rest = sql.partition(" VALUES (")
    # SQLAlchemy has PostgreSQL return the ids, which nobody reads here.
    row, conflicts, conflict = rest.partition(" RETURNING ")[0].partition(") ON CONFLICT")
    if not conflicts:
        row = row.removesuffix(")")
    if not begins or "?" in conflict or "$" in conflict:
        raise ValueError(f"Only values may have parameters here: {sql}")
    width = len(_PARAMETER.findall(row))
    rows = [_PARAMETER.sub(partial(_moved, place * width), row) for place in range(ROWS)]
    return f"{head}{begins}{'), ('.join(rows)}){conflicts.removeprefix(')')}{conflict}"


def _moved(by: int, found: re.Match[str]) -> str:
    return f"${int(found[1]) + by}"
