"""What a feed that hardly anybody fits could do without."""

from dataclasses import replace
from typing import Any

from models.talent.vocabulary import TalentLevel
from resolvers.matching.documents import Component, Hint, StudyDocument
from resolvers.matching.engine import Engine, compile_feed
from resolvers.matching.feeds import CompiledFeed
from resolvers.matching.loosening import FEW
from resolvers.matching.profile import Profile
from tests.support.matching import feed, job, resume

WANTED = feed(
    "仓库管理员",
    keywords=["Kubernetes", "Redis", "叉车"],
    job_description="货物入库、盘点与出库",
    skill_required="硕士及以上学历",
    levels=[TalentLevel.EXPERT],
    areas=["杭州"],
    salary_min=5_000,
    salary_max=6_000,
    domains=["电子商务"],
    company_preferences=["一线互联网人才"],
)
WITHOUT: dict[Component, dict[str, Any]] = {
    Component.LEVEL: {"levels": (), "years": None},
    Component.DEGREE: {"degree": -1},
    Component.AREA: {"places": ()},
    Component.SALARY: {"salary": None},
    Component.DOMAIN: {"domains": ()},
    Component.COMPANY: {"groups": ()},
}


def engine() -> Engine:
    """People who do such work, at other places, for other pay and so on."""
    held = Engine()
    for number in range(1, 60):
        held.put(
            Profile.of(
                resume(
                    number,
                    position="仓库管理员" if number % 3 else "司机",
                    jobs=[
                        job(
                            "仓库管理员" if number % 4 else "出纳",
                            f"货物{'入库' if number % 5 else '出库'}与{'盘点' if number % 2 else '叉车'}",
                        )
                    ],
                    studies=[StudyDocument("某大学", degree="college" if number % 2 else "master")],
                    level=TalentLevel.JUNIOR if number % 7 else TalentLevel.EXPERT,
                    areas=["北京" if number % 4 else "杭州"],
                    salary_min=6_000 + number * 200,
                    salary_max=90_000,
                    domains=["游戏"] if number % 3 else ["电子商务"],
                )
            )
        )
    held.remove(59)
    return held


def fitting(held: Engine, wanted: CompiledFeed) -> set[int]:
    return {match.resume_id for match in held.match_feed(wanted, 100)}


def test_each_hint_counts_who_would_fit_without_the_condition() -> None:
    held, wanted = engine(), compile_feed(WANTED)
    hints = held.find(wanted, 100).hints
    now = fitting(held, wanted)
    assert len(now) < FEW
    expected = {
        Hint(component, len(fitting(held, replace(wanted, **changes)) - now)) for component, changes in WITHOUT.items()
    }
    for need in wanted.needs:
        without = replace(wanted, needs=tuple(other for other in wanted.needs if other is not need))
        expected.add(Hint(Component.SKILLS, len(fitting(held, without) - now), need.name))
    useful = {hint for hint in expected if hint.would_fit}

    assert hints is not None
    assert len(useful) > 3
    assert set(hints) == useful
    assert [hint.would_fit for hint in hints] == sorted((hint.would_fit for hint in hints), reverse=True)


def test_the_only_keyword_can_be_dropped_too() -> None:
    held = engine()
    loose = replace(WANTED, keywords=["Kubernetes"], job_description="货物入库与出库", levels=[], skill_required="")
    wanted = compile_feed(loose)
    without = replace(wanted, needs=())
    (hint,) = [each for each in held.find(wanted, 0).hints or () if each.component == Component.SKILLS]
    assert hint == Hint(Component.SKILLS, len(fitting(held, without) - fitting(held, wanted)), "Kubernetes")
    assert hint.would_fit > FEW


def test_a_feed_that_enough_people_fit_needs_no_hint() -> None:
    held = engine()
    found = held.find(feed("仓库管理员", keywords=["叉车"]), 100)
    assert len(found.matches) >= FEW
    assert found.hints is None
    assert held.find(feed("护士", keywords=["护理"]), 100) == ([], ())
