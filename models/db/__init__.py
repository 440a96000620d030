"""The one way to the database: fetch, fetch one, and a transaction.

Reads run outside transactions, each seeing what was committed when it began. Writes run in a
`Transaction`, which begins with its first statement. On SQLite there is one writer at a time; a second
waits its turn in this process, and up to the busy timeout for another process.
"""

from models.db.database import Database
from models.db.interface import Load, Parameters, Reader, Transaction, observing, watch
from models.db.outages import is_reference_broken

__all__ = ["Database", "Load", "Parameters", "Reader", "Transaction", "is_reference_broken", "observing", "watch"]
