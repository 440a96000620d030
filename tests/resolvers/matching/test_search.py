"""The index leaves most resumes unscored, and finds the same as if it scored every one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from random import Random

import pytest

from models.talent.vocabulary import TalentLevel
from resolvers.matching import loosening
from resolvers.matching.documents import Component, FeedDocument
from resolvers.matching.evidence import code
from resolvers.matching.feeds import CompiledFeed, compile_feed
from resolvers.matching.index import Index
from resolvers.matching.profile import ANYWHERE, HAS_AREAS, HAS_DOMAINS, HAS_JOBS, HAS_TEXT, Profile
from resolvers.matching.reach import Reach
from resolvers.matching.rows import OneRow
from resolvers.matching.scoring import MAXIMA, MINIMUM_SCORE, UNIT, Scores, fits, least, score
from resolvers.matching.search import Search
from resolvers.matching.titles import Title, parse
from tests.support.matching import feed

DOCUMENTS = [
    feed(
        "Python开发",
        keywords=["django", "redis", "陶艺"],
        job_description="负责后端接口的设计，保证稳定与性能",
        skill_required="本科及以上学历，三年以上经验，熟悉 MySQL",
        salary_min=10_000,
        salary_max=20_000,
        levels=[TalentLevel.SENIOR],
        areas=["杭州", "上海"],
        domains=["金融"],
        company_preferences=["一线互联网人才"],
    ),
    feed("护士", feed_id=2, skill_required="护理、急诊、静脉输液"),
    feed("匠人", feed_id=3, keywords=["陶艺"], job_description="陶艺、釉料、窑炉与拉坯", areas=["全国"]),
    feed("", feed_id=4, keywords=["React", "前端 性能"], levels=[TalentLevel.JUNIOR, TalentLevel.EXPERT]),
]
TITLES = [
    *map(parse, ["Python开发", "Java开发", "后端开发", "护士", "护士长", "陶艺匠人", "匠人", "前端开发"]),
    Title(),
]
PLACES = ["a:杭州", "p:浙江", "a:宁波", "a:上海", ANYWHERE]
OTHERS = ["w:其他", "s:photoshop", "d:金融", "g:一线互联网人才", *PLACES]
MANY, SIZE = 30, 8
FULL = MAXIMA[Component.TEXT] * UNIT


def someone(chance: Random, resume_id: int, terms: list[str]) -> Profile:
    """Any profile: with ties, and with anything missing."""
    held = chance.sample(terms, chance.choice([0, 2, 5, 12, len(terms) // 2]))
    codes = [code(chance.choice([0.0, 0.3, 0.7, 1.0]), chance.randrange(4)) for _ in held]
    if chance.random() < 0.25:  # the whole text, and no skill
        held, codes = terms, [code(0.0, 3)] * len(terms)
    salary = chance.choice([-1, 9_000, 15_000, 40_000])
    jobs = [(title, chance.choice([70, 100])) for title in chance.sample(TITLES, chance.randrange(3)) if title]
    return Profile(
        resume_id=resume_id,
        level=chance.randrange(-1, 4),
        years=chance.choice([-1, 0, 4, 30]),
        degree=chance.randrange(-1, 4),
        salary_min=salary,
        salary_max=salary if salary < 0 else salary + chance.choice([0, 8_000]),
        length=sum(each % 4 for each in codes),
        flags=chance.choice([0, HAS_TEXT, HAS_TEXT | HAS_AREAS, HAS_TEXT | HAS_AREAS | HAS_DOMAINS | HAS_JOBS]),
        wish=chance.choice(TITLES),
        jobs=tuple(jobs),
        terms=tuple(held),
        codes=bytes(codes),
    )


def histories(chance: Random, terms: list[str]) -> Iterator[tuple[Index, dict[int, Profile]]]:
    """An index with small blocks now and then while resumes come, change and go, and what it should hold."""
    index, held = Index(SIZE), dict[int, Profile]()
    for step in range(1, 4 * MANY):
        resume_id = chance.randrange(1, 2 * MANY)
        if chance.random() < 0.25:
            index.remove(resume_id)
            held.pop(resume_id, None)
        else:
            # Some say the same as others.
            same = chance.random() < 0.2 and held
            profile = chance.choice([*held.values()]) if same else someone(chance, resume_id, terms)
            held[resume_id] = replace(profile, resume_id=resume_id)
            index.put(held[resume_id])
        if step % MANY == 0:
            yield index, held


def more(wanted: CompiledFeed, index: Index, profile: Profile, scores: Scores) -> list[int]:
    fit = partial(fits, minimum=MINIMUM_SCORE)
    found: list[int] = loosening.more(wanted, OneRow(profile), index, scores, fit).tolist()
    return found


def check(index: Index, held: Mapping[int, Profile], wanted: CompiledFeed) -> int:
    """Compare the best, their points and the hints with what every resume's own score says; how many fit."""
    scored = {key: score(wanted, OneRow(profile), index) for key, profile in held.items()}
    for key, scores in scored.items():
        rows = OneRow(held[key])
        reached = Reach(wanted, index, rows.nearness(wanted.wanted)).over(rows, 0)[1][0]
        text = scores.points[Component.TEXT][0]
        assert reached == scores.total[0] if text == FULL else reached >= scores.total[0]
    ordered = sorted(held, key=lambda key: (-scored[key].total[0], key))
    search = Search(wanted, index)
    for limit, minimum in ((1, MINIMUM_SCORE), (5, 0), (3, 55), (100, MINIMUM_SCORE)):
        fitting = [key for key in ordered if fits(scored[key], minimum)[0]]
        best = search.best(limit, minimum)
        assert best.resume_ids.tolist() == fitting[:limit]
        for match in search.explained(best, limit):
            points = {reason.component: round(reason.points * 100) for reason in match.reasons}
            assert points == {component: each.item() for component, each in scored[match.resume_id].points.items()}
    each_more = [more(wanted, index, held[key], scores) for key, scores in scored.items()]
    counts = [sum(each) for each in zip(*each_more, strict=True)]
    assert search.hints(MINIMUM_SCORE) == loosening.hints(loosening.conditions(wanted), counts)
    return len(fitting)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: f"feed {document.feed_id}")
def test_finds_the_same_as_scoring_every_resume(document: FeedDocument) -> None:
    chance = Random(document.feed_id)  # noqa: S311 no secrets here
    wanted = compile_feed(document)
    asked = [term for term, _ in wanted.text_terms] + [term for need in wanted.needs for term in need.terms]
    terms = list(dict.fromkeys([*asked, *OTHERS]))
    numbers = []
    for index, held in histories(chance, terms):
        assert len(index) == len(held)
        assert [key for key in range(2 * MANY) if key in index] == sorted(held)
        for term in terms:
            assert index.frequency(term) == sum(term in profile.terms for profile in held.values())
        numbers.append(check(index, held, wanted))
    assert max(numbers) > 5


def test_points_are_rounded_to_the_score_that_is_asked_for() -> None:
    assert least(40) == 39_50
    assert least(0) < 0
