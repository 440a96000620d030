"""What texts mean, as one vector for each resume and feed, made by a model of sentences.

The model gets the terms that the rest of matching reads, by their names and in their order, and no other word: what is
personal is not among them, so that it cannot move a vector. The vector is the mean of its lines, as whole numbers from
-127 to 127 of one byte each.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from resolvers.matching import lexicon, text
from resolvers.matching.documents import FeedDocument, ResumeDocument
from resolvers.matching.history import dated
from resolvers.matching.profile import Meaning

MAX_TERMS: Final = 300
"""So many terms of a resume or feed are encoded: the first ones, those of the last jobs first."""
LINE: Final = 12
"""The terms that are encoded at a time; about a sentence."""
MAX_PART: Final = 2000
"""So many characters of each text are read."""

_SCALE: Final = 127.0


class Encoder(Protocol):
    """A model of sentences."""

    @property
    def name(self) -> str:
        """What is stored beside its vectors; another name means that they are made again."""

    def encode(self, lines: Sequence[str]) -> NDArray[np.float32]:
        """A vector of length 1 for each line."""


def of_resume(document: ResumeDocument, encoder: Encoder) -> Meaning:
    """What a resume means."""
    jobs = (said for job, *_ in dated(document) for said in (job.position, job.description))
    return _of((document.position, *jobs, document.self_evaluation), encoder)


def of_feed(document: FeedDocument, encoder: Encoder) -> Meaning:
    """What a feed means."""
    parts = (document.title, " ".join(document.keywords), document.skill_required, document.job_description)
    return _of(parts, encoder)


def likeness(one: Meaning, others: Sequence[Meaning]) -> list[float]:
    """The cosine between a text and each of others, of the same model."""
    if not others:
        return []
    mine = _numbers(one)
    theirs = np.stack([_numbers(other) for other in others])
    lengths = np.linalg.norm(theirs, axis=1) * np.linalg.norm(mine)
    return [float(value) for value in (theirs @ mine) / np.maximum(lengths, 1.0)]


def _numbers(meaning: Meaning) -> NDArray[np.float32]:
    return np.frombuffer(meaning.vector, np.int8).astype(np.float32)


def _of(parts: Iterable[str], encoder: Encoder) -> Meaning:
    names: list[str] = []
    for part in parts:
        if len(names) < MAX_TERMS:
            names.extend(map(lexicon.name_of, text.terms(part[:MAX_PART])))
    if not names:
        return Meaning(encoder.name, b"")
    lines = [" ".join(names[start : start + LINE]) for start in range(0, min(len(names), MAX_TERMS), LINE)]
    mean = encoder.encode(lines).mean(axis=0)
    length = float(np.linalg.norm(mean)) or 1.0
    return Meaning(encoder.name, np.rint(mean * (_SCALE / length)).astype(np.int8).tobytes())
