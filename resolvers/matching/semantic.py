"""Matching that compares what texts mean too, where the setting asks for it.

The engine finds and scores as ever. Then the text component of each match is moved by how alike feed and resume are in
meaning, which is the same for a pair whether its feed or its resume is matched.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from resolvers.matching import meaning
from resolvers.matching.bounds import MAX_EVIDENCE
from resolvers.matching.documents import Component, Fact, FactKind, FeedDocument, Match, Reason, ResumeDocument
from resolvers.matching.engine import MINIMUM_SCORE, Engine, Found
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.meaning import Encoder
from resolvers.matching.profile import Meaning, Profile
from resolvers.matching.scoring import MAXIMA, UNIT

USUAL: Final = 0.4
"""The likeness that moves nothing: that of most pairs, which have nothing but the language of resumes in common."""
MOVED: Final = 0.8
"""The part of the text's points that a likeness higher by 1 would add."""


class SemanticEngine(Engine):
    """Holds the meaning of each resume beside its profile."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self._encoder = encoder
        self._meanings: dict[int, Meaning] = {}

    def profile(self, document: ResumeDocument) -> Profile:
        """The profile, with what the resume means."""
        return replace(super().profile(document), meaning=meaning.of_resume(document, self._encoder))

    def compile(self, document: FeedDocument) -> CompiledFeed:
        """The feed, with what it means."""
        return replace(super().compile(document), meaning=meaning.of_feed(document, self._encoder))

    def load(self, content: bytes) -> None:
        """Hold a stored profile. Raises ValueError for one that has to be made again.

        One that this model has not read is held nevertheless: it is found by its words meanwhile.
        """
        profile = Profile.loads(content)
        self.put(profile)
        if not self._knows(profile.meaning):
            raise ValueError("This profile has no meaning of this model.")

    def put(self, profile: Profile) -> None:
        """Hold a resume, in place of what is held of it."""
        if profile.meaning and self._knows(profile.meaning):
            self._meanings[profile.resume_id] = profile.meaning
        else:
            self._meanings.pop(profile.resume_id, None)
        super().put(profile)

    def remove(self, resume_id: int) -> None:
        """Forget a resume."""
        super().remove(resume_id)
        self._meanings.pop(resume_id, None)

    def find(self, feed: CompiledFeed | FeedDocument, limit: int, *, minimum: int = MINIMUM_SCORE) -> Found:
        """The best by their words, in the order of their moved scores."""
        if isinstance(feed, FeedDocument):
            feed = self.compile(feed)
        found = super().find(feed, limit, minimum=minimum)
        moved = self._moved(feed.meaning, found.matches, [self._meanings.get(each.resume_id) for each in found.matches])
        fitting = [match for match in moved if match.score >= minimum]
        return found._replace(matches=sorted(fitting, key=lambda match: (-_hundredths(match.reasons), match.resume_id)))

    def match_resume(
        self, profile: Profile, feeds: Sequence[CompiledFeed], *, minimum: int = MINIMUM_SCORE
    ) -> list[Match | None]:
        """How a resume fits each feed, with its moved score."""
        fits: list[Match | None] = []
        for feed, match in zip(feeds, super().match_resume(profile, feeds, minimum=minimum), strict=True):
            moved = self._moved(feed.meaning, [match], [profile.meaning])[0] if match else None
            fits.append(moved if moved and moved.score >= minimum else None)
        return fits

    def _knows(self, known: Meaning | None) -> bool:
        return known is not None and known.model == self._encoder.name

    def _moved(
        self, wanted: Meaning | None, matches: Sequence[Match], meanings: Sequence[Meaning | None]
    ) -> list[Match]:
        moved = list(matches)
        if wanted is None or not wanted.vector:
            return moved
        known = [(place, each) for place, each in enumerate(meanings) if each and self._knows(each) and each.vector]
        alike = meaning.likeness(wanted, [each for _, each in known])
        for (place, _), value in zip(known, alike, strict=True):
            moved[place] = _with_likeness(matches[place], value)
        return moved


def _with_likeness(match: Match, likeness: float) -> Match:
    reasons = tuple(
        _moved_text(reason, likeness) if reason.component is Component.TEXT and not reason.missing else reason
        for reason in match.reasons
    )
    return replace(match, reasons=reasons, score=(_hundredths(reasons) + UNIT // 2) // UNIT)


def _moved_text(reason: Reason, likeness: float) -> Reason:
    """What is alike is held; it is evidence where it earns points."""
    most = MAXIMA[Component.TEXT]
    points = min(float(most), max(0.0, reason.points + most * MOVED * (likeness - USUAL)))
    points = round(points * UNIT) / UNIT
    told = Fact(FactKind.ALIKE, (round(100 * max(0.0, likeness)),))
    evidence = (told, *reason.evidence)[:MAX_EVIDENCE] if points > reason.points else reason.evidence
    return reason._replace(points=points, held=(told, *reason.held)[:MAX_EVIDENCE], evidence=evidence)


def _hundredths(reasons: Sequence[Reason]) -> int:
    return sum(round(reason.points * UNIT) for reason in reasons)
