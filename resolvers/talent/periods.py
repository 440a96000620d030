"""Parses the periods of jobs and studies from free text."""

import re
from datetime import date

_MONTH = re.compile(r"(?P<year>(?:19|20)\d{2})(?:\s*[-./年]\s*(?P<month>0?[1-9]|1[0-2])(?!\d))?")


def parsed(text: str) -> date | None:
    """The first day of the year and month that a text begins with: 2022, 2022-09, 2022.9, 2022/09/01, 2022年9月.

    None for everything else, such as 至今.
    """
    found = _MONTH.match(text.strip())
    if found is None:
        return None
    return date(int(found["year"]), int(found["month"] or 1), 1)


def months(start: date | None, end: date | None, *, today: date) -> int:
    """The months from a first to a last month, both counted; until today where there is no end; 0 without a start."""
    if start is None or start > today:
        return 0
    last = min(end or today, today)
    return max(0, (last.year - start.year) * 12 + last.month - start.month + 1)
