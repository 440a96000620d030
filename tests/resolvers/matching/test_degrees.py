"""Degrees: what a feed asks for, what somebody holds, and what that is worth."""

import pytest

from resolvers.matching import degrees
from resolvers.matching.documents import Component, Fact, FactKind, StudyDocument
from tests.support.matching import feed, match, resume


@pytest.mark.parametrize(
    ("said", "degree"),
    [
        ("本科及以上学历", "bachelor"),
        ("1、统招本科，计算机相关专业", "bachelor"),
        ("学历要求：大专", "college"),
        ("大专以上学历，有经验者可放宽", "college"),
        ("硕士学位", "master"),
        ("研究生及以上学历", "master"),
        ("博士学历", "doctor"),
        ("高中以上", "senior"),
        ("本科或硕士毕业", "bachelor"),
        ("本科（含）以上", "bachelor"),
        ("本科及以上学历，硕士优先", "bachelor"),
        ("本科及以上学历(硕士优先)", "bachelor"),
        ("大学本科，或者相当", "bachelor"),
        ("硕士或者以上学历", "master"),
        ("本科计算机相关专业毕业", "bachelor"),
        ("本科以上学历优先", None),
        ("Teach at a high school; bachelor's degree", "bachelor"),
        ("硕士及以上学历者更佳", None),
        ("學歷：碩士以上", "master"),
        ("985/211院校毕业", None),
        ("学历不限", None),
        ("负责高中毕业班教学", None),
        ("对接大专院校与研究生导师", None),
        ("Bachelor's degree or above in Computer Science", "bachelor"),
        ("Bachelor’s degree required; Master's degree preferred", "bachelor"),
        ("BS/MS in a related field", "bachelor"),
        ("Master of Science", "master"),
        ("PhD in statistics", "doctor"),
        ("High school diploma or GED", "senior"),
        ("Scrum master and sales associate", None),
        ("大专（本科优先）", "college"),
        ("本科学历优先，大专亦可", "college"),
        ("中专/高中/技校", "senior"),
        ("985/211硕士研究生", "master"),
        ("MBA学历", "master"),
        ("国家统招二本以上", "bachelor"),
        ("本硕均可", "bachelor"),
        ("本科在读", "bachelor"),
        ("BSN required", "bachelor"),
        ("MS in CS or related", "master"),
        ("Masters in Computer Science", "master"),
        ("M.Tech / B.E.", "bachelor"),
        ("University degree", "bachelor"),
        ("graduate degree", "master"),
        ("undergraduate degree", "bachelor"),
        ("优先：硕士以上学历", None),
        ("Preferred: PhD", None),
        ("BA (business analyst)", None),
        ("Master's touch", None),
        ("bachelor party planning", None),
        ("MS Office", None),
        ("", None),
    ],
)
def test_what_is_asked(said: str, degree: str | None) -> None:
    assert degrees.asked(said) == (-1 if degree is None else degrees.DEGREES.index(degree))


@pytest.mark.parametrize(
    ("typed", "degree"),
    [
        ("bachelor", "bachelor"),
        ("senior", "senior"),
        ("other", None),
        ("", None),
        ("大学本科", "bachelor"),
        ("硕士研究生", "master"),
        ("专升本", "bachelor"),
        ("大专", "college"),
        ("MBA", "master"),
        ("B.Sc. Physics", "bachelor"),
        ("Ph.D.", "doctor"),
        ("Junior high school", "junior"),
        ("High school", "senior"),
        ("没有", None),
        ("MS", "master"),
        ("LLM", "master"),
        ("BCom", "bachelor"),
        ("MBBS", "bachelor"),
        ("JD", "doctor"),
        ("DPhil", "doctor"),
        ("大学", "bachelor"),
        ("二本", "bachelor"),
        ("本硕连读", "master"),
        ("硕博连读", "doctor"),
        ("A.A.S.", "college"),
        ("ＢＳＣ", "bachelor"),
    ],
)
def test_what_is_held(typed: str, degree: str | None) -> None:
    assert degrees.held(typed) == (-1 if degree is None else degrees.DEGREES.index(degree))


def test_a_degree_is_worth_by_how_far_it_is_below_and_the_highest_counts() -> None:
    wanted = feed("会计", skill_required="硕士及以上学历")

    def told(*held: str) -> tuple[float, bool, tuple[object, ...], tuple[object, ...]]:
        found = match(wanted, resume(studies=[StudyDocument("某大学", degree=degree) for degree in held]))
        (part,) = [each for each in found.reasons if each.component == Component.DEGREE]
        assert part.asked == (Fact(FactKind.DEGREE_ASKED, ("master",)),)
        return part.points, part.missing, part.held, part.unmet

    lacking = (Fact(FactKind.DEGREE_ASKED, ("master",)),)
    assert told("bachelor", "doctor") == (4.0, False, (Fact(FactKind.DEGREE, ("doctor",)),), ())
    assert told("master") == (4.0, False, (Fact(FactKind.DEGREE, ("master",)),), ())
    assert told("bachelor") == (1.6, False, (Fact(FactKind.DEGREE, ("bachelor",)),), lacking)
    assert told("大专") == (0.4, False, (Fact(FactKind.DEGREE, ("college",)),), lacking)
    assert told("senior") == (0.0, False, (Fact(FactKind.DEGREE, ("senior",)),), lacking)
    assert told("other") == told() == (2.0, True, (), ())
