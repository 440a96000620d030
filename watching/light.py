"""structlog without Rich, which it imports if it is there, with Pygments behind it.

They take 7 MB and 0.06 s of each start, and show tracebacks in a way that `watching.logs` does not use.
"""

import sys

RICH = "rich"


def import_structlog() -> None:
    """Import structlog as if Rich were not installed, unless either is imported already."""
    if RICH in sys.modules:
        return
    sys.modules[RICH] = None  # type: ignore[assignment]  # how Python notes that an import shall fail
    try:
        import structlog  # noqa: F401
    finally:
        del sys.modules[RICH]
