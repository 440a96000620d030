"""Filters of lists for a part of a text, which find the same rows on both databases."""

from sqlalchemy import BindParameter, Boolean, ColumnElement, bindparam, false, func, or_, select

from models.db.prepared import check_text
from models.folding import fold
from models.search import contains
from resolvers.search.sources import SEARCHED, SearchKind

MAX_SEARCHED = 2000
"""The longest text to search for: nothing that is searched to the letter is longer."""


def containing(part: str | None) -> str | None:
    """A text as `holds` looks for it; None and "" match everything. Raises InvalidInput for what is no text."""
    if not part:
        return None
    check_text(part)
    return fold(part[:MAX_SEARCHED]) or None


def holds(
    kind: SearchKind, row_id: ColumnElement[int], parameter: str, **fields: ColumnElement[str] | None
) -> ColumnElement[bool]:
    """Whether one of the fields holds the text that is bound to the parameter, in any case and width.

    Where the object was not indexed yet, the fields' own columns are looked at, as far as it has them.
    """
    part: BindParameter[str] = bindparam(parameter)
    indexed = SEARCHED[kind].words
    folded = or_(*(contains(indexed.c[name], part) for name in fields))
    found = select(folded).where(indexed.c.id == row_id).scalar_subquery()
    own = (contains(func.lower(column), part) for column in fields.values() if column is not None)
    return func.coalesce(found, or_(false(), *own), type_=Boolean)
