"""The inverted index: what it answers depends on what it holds, and on nothing else."""

import math
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.talent.vocabulary import TalentLevel
from resolvers.matching import ranking
from resolvers.matching.documents import ResumeDocument
from resolvers.matching.engine import Engine, compile_feed
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.index import Index
from resolvers.matching.profile import Profile
from resolvers.matching.rows import OneRow
from tests.support.matching import feed, job, resume

FEEDS = [
    feed(
        "Python开发",
        keywords=["django", "后端", "陶艺"],
        job_description="负责后端接口的设计，保证稳定",
        salary_min=10_000,
        salary_max=20_000,
        levels=[TalentLevel.SENIOR],
        areas=["杭州"],
        domains=["金融"],
        company_preferences=["一线互联网人才"],
    ),
    feed("产品运营", feed_id=2, skill_required="熟悉社群运营、数据分析"),
]

texts = st.lists(
    st.sampled_from(["Python", "Django", "后端", "产品运营", "社群", "数据分析", "陶艺", "接口设计", "稳定", "护理"]),
    max_size=6,
).map("，".join)
resumes = st.builds(
    lambda resume_id, position, work, said, area, salary: resume(
        resume_id,
        position=position,
        jobs=[job(position, work, company="腾讯")] if work else [],
        self_evaluation=said,
        areas=[area] if area else [],
        salary_min=salary,
    ),
    st.integers(1, 8),
    st.sampled_from(["", "Python开发", "Java开发", "产品运营", "产品经理", "陶艺师"]),
    texts,
    texts,
    st.sampled_from(["", "杭州", "宁波", "北京"]),
    st.sampled_from([None, 9_000, 15_000]),
)


@cache
def feeds() -> list[CompiledFeed]:
    """Ready to be matched, which reads the lexicon."""
    return [compile_feed(wanted) for wanted in FEEDS]


@settings(deadline=None)
@given(st.lists(resumes | st.integers(1, 8), max_size=25))
def test_any_history_equals_a_rebuild(history: list[ResumeDocument | int]) -> None:
    grown, held = Engine(), dict[int, Profile]()
    for change in history:
        if isinstance(change, int):
            grown.remove(change)
            held.pop(change, None)
        else:
            profile = Profile.of(change)
            grown.put(profile)
            held[profile.resume_id] = profile
    rebuilt = Engine()
    for resume_id in sorted(held, key=lambda key: -key):
        rebuilt.put(held[resume_id])
    assert len(grown) == len(rebuilt) == len(held)
    for wanted in feeds():
        assert grown.match_feed(wanted, 100, minimum=0) == rebuilt.match_feed(wanted, 100, minimum=0)
        assert grown.match_feed(wanted, 2, minimum=0) == rebuilt.match_feed(wanted, 100, minimum=0)[:2]
    for profile in held.values():
        assert grown.match_resume(profile, feeds()) == rebuilt.match_resume(profile, feeds())


def test_a_removed_resume_leaves_nothing() -> None:
    index = Index()
    index.put(Profile.of(resume(1, self_evaluation="陶艺")))
    index.remove(1)
    index.remove(1)
    assert len(index) == 0
    assert 1 not in index
    assert index.frequency("w:陶艺") == 0
    assert index.number("w:陶艺") is None
    assert index.statistics.average_length == 0


def test_blocks_that_lost_much_are_packed_together() -> None:
    """Nothing but the titles grows with the changes that there were."""
    index = Index(block_size=10)
    profile = Profile.of(resume(1, self_evaluation="陶艺"))
    for number in range(300):
        index.put(replace(profile, resume_id=number % 20, terms=("w:陶艺", f"w:{number}"), codes=b"\1\1"))
    assert len(index) == index.frequency("w:陶艺") == 20
    assert index.frequency("w:299") == 1
    assert index.frequency("w:250") == 0
    assert sum(block.size for block in index.blocks) <= 20 / 3 * 4 + 10
    assert (index.number("w:299") or 0) < 60


def test_bm25_is_the_formula() -> None:
    index = Index()
    profiles = [
        Profile.of(resume(resume_id, self_evaluation=said))
        for resume_id, said in ((3, "陶艺"), (2, "陶艺"), (1, "陶艺、钟表、钟表"), (4, "钟表"))
    ]
    for profile in profiles:
        index.put(profile)
    average = (1 + 1 + 3 + 1) / 4
    idf = math.log(1 + (4 - 3 + 0.5) / (3 + 0.5))
    short, long = (2 * idf * 3 / (1 + 2 * (0.25 + 0.75 * length / average)) for length in (1, 3))
    found = [ranking.bm25(OneRow(profile), index, [("w:陶艺", 2.0)])[0] for profile in profiles]
    assert found == [pytest.approx(short), pytest.approx(short), pytest.approx(long), 0]
