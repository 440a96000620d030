"""Matching by meaning, with the model that the setting turns on."""

from dataclasses import replace

import pytest

from resolvers.matching import meaning
from resolvers.matching.documents import Component, Fact, FactKind, Match, Reason
from resolvers.matching.engine import Engine
from resolvers.matching.profile import Meaning, Profile
from resolvers.matching.semantic import SemanticEngine
from resolvers.matching.sentence_encoder import SentenceEncoder
from tests.resolvers.matching.test_fairness import ENGLISH_FLIPS, ENGLISH_PLACES, FLIPS, PLACES
from tests.support.matching import feed, job, resume

WANTED = feed("账房", skill_required="给单位管账、报税，把单子入账", areas=["北京"])
BOOKKEEPER = resume(1, jobs=[job("", "替厂里记流水，按月去税局交税")])
NURSE = resume(2, jobs=[job("", "Looks after patients on a hospital ward at night")])
SILENT = resume(3, areas=["北京"])


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.fixture(scope="module")
def engine(encoder: SentenceEncoder) -> SemanticEngine:
    engine = SemanticEngine(encoder)
    for document in (NURSE, BOOKKEEPER, SILENT):
        engine.put(engine.profile(document))
    return engine


def text_of(match: Match) -> Reason:
    (reason,) = [reason for reason in match.reasons if reason.component is Component.TEXT]
    return reason


def test_a_likeness_of_meaning_decides_where_no_word_is_shared(engine: SemanticEngine) -> None:
    plain = Engine()
    for document in (NURSE, BOOKKEEPER, SILENT):
        plain.put(Profile.of(document))

    by_words = {match.resume_id: match for match in plain.match_feed(WANTED, 9, minimum=0)}
    found = engine.match_feed(WANTED, 9, minimum=0)

    assert text_of(by_words[1]).points == text_of(by_words[2]).points == 0
    matches = {match.resume_id: match for match in found}
    order = [match.resume_id for match in found]
    assert order.index(1) < order.index(2)
    (alike,) = text_of(matches[1]).evidence
    assert isinstance(alike, Fact)
    assert alike.kind is FactKind.ALIKE
    (percent,) = alike.values
    assert isinstance(percent, int)
    assert 43 <= percent <= 55
    assert text_of(matches[1]).held[0] == alike
    assert text_of(matches[1]).points == pytest.approx(24 * 0.8 * (percent / 100 - 0.4), abs=0.1)
    # What is less alike than most takes points away, but there are none; who says nothing has no likeness.
    assert text_of(matches[2]).points == 0
    assert text_of(matches[2]).evidence == ()
    assert matches[3] == by_words[3]
    for match in found:
        assert match.score == int(sum(reason.points for reason in match.reasons) + 0.5)


def test_both_directions_agree(engine: SemanticEngine) -> None:
    compiled = engine.compile(WANTED)
    by_feed = {match.resume_id: match for match in engine.match_feed(compiled, 9, minimum=0)}

    for document in (NURSE, BOOKKEEPER, SILENT):
        assert engine.match_resume(engine.profile(document), [compiled], minimum=0) == [by_feed[document.resume_id]]
    least = by_feed[1].score
    assert [match.resume_id for match in engine.match_feed(compiled, 9, minimum=least) if match.score < least] == []


def test_a_profile_that_this_model_has_not_read_is_made_again(engine: SemanticEngine) -> None:
    known = engine.profile(BOOKKEEPER)
    assert known.meaning is not None
    assert len(known.meaning.vector) == 512
    assert Profile.loads(known.dumps()) == known
    assert engine.profile(SILENT).meaning == Meaning("use-multilingual-3", b"")

    engine.load(known.dumps())
    Engine().load(known.dumps())
    other = Meaning("another model", known.meaning.vector)
    for outdated in (Profile.of(BOOKKEEPER), replace(known, meaning=other)):
        made_again = SemanticEngine(SentenceEncoder())
        with pytest.raises(ValueError, match="no meaning"):
            made_again.load(outdated.dumps())
        assert 1 in made_again  # found by its words meanwhile


def test_what_is_personal_moves_no_meaning(encoder: SentenceEncoder) -> None:
    for place, flips, work in (
        (PLACES[1], FLIPS, "负责总账、纳税申报与年度审计配合，熟练使用金蝶"),
        (ENGLISH_PLACES[0], ENGLISH_FLIPS, "General ledger, tax returns and audits in SAP"),
    ):
        plain = meaning.of_resume(resume(self_evaluation=place.format("", work)), encoder)
        for values in flips.values():
            assert meaning.of_resume(resume(self_evaluation=place.format(values[0], work)), encoder) == plain, values[0]
