"""Demonstration data for development: a class of students over some weeks, up to yesterday.

Each domain has a module here with a function that loads its part; `PARTS` lists them. The same day gives
the same data.
"""

from resolvers.demonstration.loading import load_demonstration
from resolvers.demonstration.students import DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD

__all__ = ["DEMONSTRATION_ACCOUNT", "DEMONSTRATION_PASSWORD", "load_demonstration"]
