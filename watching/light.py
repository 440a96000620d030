"""Libraries without what they import if it is there, and what a server has no use for, or only when it starts.

It would take 24 MB and a tenth of the processor time of each start.
"""

import importlib
import sys

UNUSED = {
    "structlog": "rich",  # which shows tracebacks in a way that `watching.logs` does not use, with Pygments behind it
    "jwt": "cryptography",  # for keys of other kinds than ours, with X.509 and SSH behind them
    "uvicorn": "watchfiles",  # which starts a server anew when its code changes
}


def import_light(library: str) -> None:
    """Import one of these libraries as if the other were not installed, unless either is imported already."""
    unused = UNUSED[library]
    if unused in sys.modules:
        return
    sys.modules[unused] = None  # type: ignore[assignment]  # how Python notes that an import shall fail
    try:
        importlib.import_module(library)
    finally:
        del sys.modules[unused]


def forget(library: str) -> None:
    """Give back what a library holds that nobody uses any more; it would be imported anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        vars(sys.modules.pop(name)).clear()  # functions and their module hold each other
