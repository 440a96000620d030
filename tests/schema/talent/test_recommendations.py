"""Recommendations in the graph: which are shown, in which order, by which filters, and what a page costs."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from models.db import Database
from models.settings import Settings
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.recommendations import AcquiredContact, Recommendation, RecommendationComment, WatchedResume
from models.talent.targets import JobTarget, TargetArea
from models.talent.vocabulary import TalentLevel
from resolvers.matching.documents import Component, Fact, FactKind, Reason
from resolvers.talent import matches
from schema.engine.node_id import encode
from tests.schema.replies import top_level
from tests.support.clients import Clock, Person, Product
from tests.support.feeds import (
    COMMENT,
    MARK,
    REASONS,
    candidate,
    named,
    new_feed,
    new_recruiter,
    new_resumes,
    recommended,
)
from tests.support.platform import done
from tests.support.statements import counted

QUERY = """query($id: ID!, $filter: RecommendationFilter, $first: Int! = 100, $after: String, $page: Int) {
  node(id: $id) { ... on Feed {
    recommendationCount unreadCount
    recommendations(filter: $filter, first: $first, after: $after, page: $page) {
      totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { databaseId }
    }
  } }
}"""
HIDE = """mutation($input: RecommendationInput!) { hideRecommendation(input: $input) {
  recommendation { hiddenAt } errors { code path }
} }"""
RESTORE = """mutation($input: RecommendationInput!) { restoreRecommendation(input: $input) {
  recommendation { hiddenAt } errors { code path }
} }"""
READ = """mutation($input: RecommendationInput!) { readRecommendation(input: $input) {
  recommendation { readAt } errors { code path }
} }"""
VIEW = """mutation($input: ViewFeedInput!) { viewFeed(input: $input) { feed { id } errors { code path } } }"""
EXPLAINED = """{ viewer { feeds(first: 12) { nodes { recommendations(first: 5) { totalCount nodes {
  score titleScore keywords isWatched reasons { component points max evidence missing asked held met unmet }
  marks { mark } comments { content } feed { title }
  resume {
    position workYears jobTarget { salaryMin areas domains { name } } jobs { company } studies { school }
    certifications { kind } awards { competition } employmentGoal { targetJob } contact { name }
  }
} } } } } }"""
FEW, MANY = 2, 12
COMPARED = ("asked", "held", "met", "unmet")


async def add(database: Database, clock: Clock, model: type, **values: Any) -> None:
    times = {"created_at": clock.now, "updated_at": clock.now}
    async with database.transaction() as transaction:
        await transaction.execute(insert(table_of(model)), {**values, **times})


async def page(product: Product, person: Person, feed: int, **variables: Any) -> dict[str, Any]:
    data = await product.data(QUERY, {"id": encode("Feed", feed), **variables}, person=person)
    return dict(data["node"])


async def listed(product: Product, person: Person, feed: int, **variables: Any) -> list[int]:
    """The numbers of the recommendations of a page."""
    found = (await page(product, person, feed, **variables))["recommendations"]
    if variables.get("first") is None:
        assert found["totalCount"] == len(found["nodes"])
    return [node["databaseId"] for node in found["nodes"]]


async def change(database: Database, number: int, **values: Any) -> None:
    table = table_of(Recommendation)
    async with database.transaction() as transaction:
        await transaction.execute(update(table).where(table.c.id == number).values(values))


async def test_the_newest_come_first_and_of_those_the_best(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    a, b, c, d, e = await new_resumes(database, clock, 5)
    older = {"displayed_at": clock.now - timedelta(seconds=1)}
    low = await recommended(database, clock, feed, a, score=10)
    old = await recommended(database, clock, feed, b, score=99, **older)
    first_equal = await recommended(database, clock, feed, c, score=50)
    second_equal = await recommended(database, clock, feed, d, score=50)
    oldest = await recommended(database, clock, feed, e, score=100, displayed_at=clock.now - timedelta(days=1))

    assert await listed(product, person, feed) == [second_equal, first_equal, low, old, oldest]

    walked, after = [], None
    for _ in range(5):
        found = (await page(product, person, feed, first=1, after=after))["recommendations"]
        walked += [node["databaseId"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        assert found["pageInfo"]["hasNextPage"] == (len(walked) < 5)
    assert walked == [second_equal, first_equal, low, old, oldest]


async def test_what_does_not_fit_any_more_is_shown_while_somebody_did_something_about_it(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    found = await new_resumes(database, clock, 8)
    gone = {"is_current": False}
    rows = [await recommended(database, clock, feed, resume, **gone) for resume in found]
    untouched, read, marked, commented, acquired, by_another, sent, by_partner = rows
    await change(database, read, read_at=clock.now)
    await change(database, marked, mark="no_will")
    await add(database, clock, RecommendationComment, recommendation_id=commented, content="好")
    await add(database, clock, AcquiredContact, user_id=person.id, resume_id=found[4], package_id=None)
    await add(database, clock, AcquiredContact, user_id=other.id, resume_id=found[5], package_id=None)
    await change(database, sent, sent=True)
    await change(database, by_partner, by_partner=True)

    assert await listed(product, person, feed) == [by_partner, sent, acquired, commented, marked]
    assert (await page(product, person, feed))["recommendationCount"] == 5
    assert not {untouched, by_another} & set(await listed(product, person, feed))


async def test_a_secret_resume_appears_nowhere(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, resume = await candidate(product)
    number = await recommended(database, clock, feed, resume, sent=True, mark="no_will")
    await change(
        database, await recommended(database, clock, feed, (await new_resumes(database, clock, 1))[0]), score=1
    )
    secret = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) {
      resume { id } errors { code }
    } }"""
    assert number in await listed(product, person, feed)

    await done(product, secret, owner, visibility="SECRET")

    assert number not in await listed(product, person, feed)
    found = await page(product, person, feed)
    assert (found["recommendationCount"], found["unreadCount"]) == (1, 1)
    node = "query($id: ID!) { node(id: $id) { id } }"
    for id_ in (encode("Recommendation", number), encode("CandidateResume", resume)):
        assert await product.data(node, {"id": id_}, person=person) == {"node": None}
    for mutation in (HIDE, RESTORE, READ):
        assert await refused_there(product, mutation, person, feed, resume) == ["NOT_FOUND"]
    assert await refused_there(product, MARK, person, feed, resume, mark="ENTRY") == ["NOT_FOUND"]
    assert await refused_there(product, COMMENT, person, feed, resume, content="好") == ["NOT_FOUND"]
    rows = await database.fetch(select(table_of(Recommendation)).where(table_of(Recommendation).c.id == number))
    assert (rows[0].hidden_at, rows[0].read_at, rows[0].mark) == (None, None, "no_will")

    await done(product, secret, owner, visibility="PUBLIC")

    assert number in await listed(product, person, feed)


async def refused_there(
    product: Product, mutation: str, person: Person, feed: int, resume: int, **more: Any
) -> list[str]:
    data = await product.data(mutation, {"input": {**named(feed, resume), **more}}, person=person)
    (found,) = data.values()
    codes = [error["code"] for error in found.pop("errors")]
    assert set(found.values()) == {None}
    return codes


WISHES: Mapping[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "成都 low": ({"salary_min": 3000, "salary_max": 5000}, ("成都", "重庆")),
    "成都市 high": ({"salary_min": 20_000, "salary_max": None}, ("成都市",)),
    "北京": ({"salary_min": None, "salary_max": 8000}, ("北京",)),
    "silent": ({"salary_min": None, "salary_max": None}, ()),
}


BY_WISHES: Sequence[tuple[dict[str, Any], list[str]]] = [
    ({}, ["成都 low", "成都市 high", "北京", "silent"]),
    ({"areas": ["成都"]}, ["成都 low", "成都市 high", "silent"]),
    ({"areas": ["成都市"]}, ["成都 low", "成都市 high", "silent"]),
    ({"areas": ["重庆", " 北京 "]}, ["成都 low", "北京"]),
    ({"areas": ["成"]}, []),
    ({"areas": ["%"]}, []),
    ({"areas": ["", " "]}, ["成都 low", "成都市 high", "北京", "silent"]),
    ({"salaryMin": 5000}, ["成都 low", "成都市 high", "北京"]),
    ({"salaryMin": 5001}, ["成都市 high", "北京"]),
    ({"salaryMax": 3000}, ["成都 low"]),
    ({"salaryMax": 2999}, []),
    ({"salaryMin": 8000, "salaryMax": 20_000}, ["成都市 high", "北京"]),
    ({"salaryMin": 2_147_483_647}, []),
    ({"areas": ["成都"], "salaryMax": 3000}, ["成都 low"]),
]


async def test_candidates_are_filtered_by_what_they_wish(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    numbers = {}
    for name, resume in zip(WISHES, await new_resumes(database, clock, len(WISHES)), strict=True):
        salary, areas = WISHES[name]
        target = {"domains": [], "self_evaluation": "", "qq": "", "email": "", "shows_goals": False}
        await add(database, clock, JobTarget, resume_id=resume, **target, **salary)
        for area in areas:
            await add(database, clock, TargetArea, resume_id=resume, area=area)
        numbers[await recommended(database, clock, feed, resume)] = name
    table = table_of(Resume)
    async with database.transaction() as transaction:
        # Where somebody lives counts only for who names no city.
        await transaction.execute(update(table).values(current_city_name="成都市"))

    for filter_, found in BY_WISHES:
        shown = [numbers[number] for number in await listed(product, person, feed, filter=filter_)]
        assert sorted(shown) == sorted(found), filter_


BY_FATE: Sequence[tuple[dict[str, Any], list[str]]] = [
    ({"unread": True}, ["plain", "sent", "partner", "extended", "old"]),
    ({"sent": True}, ["sent"]),
    ({"byPartner": True}, ["partner"]),
    ({"sent": True, "byPartner": True}, ["sent", "partner"]),
    ({"titleMatch": True}, ["plain", "read", "sent", "partner", "old"]),
    ({"extendedMatch": True}, ["extended"]),
    ({"titleMatch": True, "extendedMatch": True}, ["plain", "read", "sent", "partner", "extended", "old"]),
    ({"days": 7}, ["plain", "read", "sent", "partner", "extended"]),
    ({"days": 15}, ["plain", "read", "sent", "partner", "extended", "old"]),
    ({"mark": "SEND_OFFER"}, ["read"]),
    ({"mark": "ENTRY"}, []),
    ({"hidden": True}, ["hidden"]),
    ({"hidden": True, "unread": True}, ["hidden"]),
]


async def test_recommendations_are_filtered_by_what_became_of_them(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    rows: dict[str, dict[str, Any]] = {
        "plain": {"title_score": 50},
        "read": {"read_at": clock.now, "mark": "send_offer"},
        "sent": {"sent": True},
        "partner": {"by_partner": True},
        "extended": {"title_score": 49},
        "old": {"displayed_at": clock.now - timedelta(days=7, seconds=1)},
        "hidden": {"hidden_at": clock.now},
    }
    numbers = {}
    for (name, values), resume in zip(rows.items(), await new_resumes(database, clock, len(rows)), strict=True):
        numbers[await recommended(database, clock, feed, resume, **values)] = name

    for filter_, found in BY_FATE:
        shown = [numbers[number] for number in await listed(product, person, feed, filter=filter_)]
        assert sorted(shown) == sorted(found), filter_
    counts = await page(product, person, feed)
    assert (counts["recommendationCount"], counts["unreadCount"]) == (6, 5)


SENSELESS: Sequence[tuple[dict[str, Any], str]] = [
    ({"filter": {"days": 0}}, "days"),
    ({"filter": {"days": 2_147_483_647}}, "days"),
    ({"filter": {"areas": ["城"] * 51}}, "areas"),
    ({"filter": {"areas": ["a\0"]}}, "NUL"),
    ({"first": 101}, "first"),
    ({"first": -1}, "first"),
    ({"page": 0}, "page"),
    ({"page": -5}, "page"),
    ({"page": 1, "after": "aWQ6MQ=="}, "page"),
    ({"after": "nonsense"}, "cursor"),
]


async def test_senseless_arguments_are_refused(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)

    for variables, name in SENSELESS:
        reply = await product.graphql(QUERY, {"id": encode("Feed", feed), **variables}, person=person)
        assert {code for code, _ in top_level(reply)} == {"INVALID_INPUT"}, variables
        assert name in reply["errors"][0]["message"]


async def test_hiding_and_restoring(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    (resume,) = await new_resumes(database, clock, 1)
    number = await recommended(database, clock, feed, resume)

    hidden = await done(product, HIDE, person, **named(feed, resume))
    clock.advance(hours=1)
    again = await done(product, HIDE, person, **named(feed, resume))

    assert hidden == again
    assert hidden["recommendation"]["hiddenAt"] is not None
    assert await listed(product, person, feed) == []
    assert await listed(product, person, feed, filter={"hidden": True}) == [number]

    restored = await done(product, RESTORE, person, **named(feed, resume))

    assert restored == await done(product, RESTORE, person, **named(feed, resume))
    assert restored["recommendation"]["hiddenAt"] is None
    assert await listed(product, person, feed) == [number]


async def test_the_first_reading_counts(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    (resume,) = await new_resumes(database, clock, 1)
    await recommended(database, clock, feed, resume)

    first = await done(product, READ, person, **named(feed, resume))
    clock.advance(hours=1)

    assert await done(product, READ, person, **named(feed, resume)) == first
    assert (await page(product, person, feed))["unreadCount"] == 0
    viewed = await product.data("{ viewer { feeds { nodes { viewedAt } } } }", person=person)
    assert viewed["viewer"]["feeds"]["nodes"][0]["viewedAt"].startswith("2026-03-02T03:00")


async def test_numbered_pages_show_each_row_once_while_others_come_and_go(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    found = await new_resumes(database, clock, 16)
    rows = [await recommended(database, clock, feed, resume, score=score) for score, resume in enumerate(found[:13])]
    unread = {"filter": {"unread": True}, "first": 5}
    clock.advance(seconds=1)
    await done(product, VIEW, person, feedId=encode("Feed", feed), page=1)
    clock.advance(seconds=1)

    shown = await listed(product, person, feed, page=1, **unread)
    for resume in found[8:13]:  # what the first page shows is read
        await done(product, READ, person, **named(feed, resume))
    for resume in found[13:]:  # and others come meanwhile
        await recommended(database, clock, feed, resume, score=100)
    await done(product, HIDE, person, **named(feed, found[7]))  # the first of the second page
    second = (await page(product, person, feed, page=2, **unread))["recommendations"]
    third = (await page(product, person, feed, page=3, **unread))["recommendations"]

    assert shown == rows[:7:-1]
    assert [node["databaseId"] for node in second["nodes"]] == rows[6:2:-1]
    assert second["pageInfo"]["hasNextPage"] is True
    assert second["totalCount"] == third["totalCount"] == 13 - 5 - 1 + 3
    assert [node["databaseId"] for node in third["nodes"]] == rows[2::-1]
    assert third["pageInfo"]["hasNextPage"] is False
    assert await listed(product, person, feed, page=4, **unread) == []

    clock.advance(seconds=1)
    await done(product, VIEW, person, feedId=encode("Feed", feed), page=1)

    assert (await listed(product, person, feed, page=1, **unread))[3:] == rows[6:4:-1]


async def test_a_later_page_is_one_of_the_list_that_was_begun(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    a, b = await new_resumes(database, clock, 2)
    old = await recommended(database, clock, feed, a)
    clock.advance(seconds=1)
    await done(product, VIEW, person, feedId=encode("Feed", feed), page=1)
    clock.advance(seconds=1)
    new = await recommended(database, clock, feed, b)

    await done(product, VIEW, person, feedId=encode("Feed", feed), page=2)

    assert await listed(product, person, feed, page=1, first=5) == [old]
    assert await listed(product, person, feed, first=5) == [new, old]


async def test_an_explanation_is_in_the_language_of_its_reader(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    (resume,) = await new_resumes(database, clock, 1)
    stored = {"points": 1, "max": 4, "missing": False}
    facts: list[Any] = [
        "Python",
        Fact(FactKind.LISTED, ("Django",)),
        Fact(FactKind.INFERRED, ("SQL",)),
        *(Fact(FactKind.LEVEL, (level.value,)) for level in (TalentLevel.JUNIOR, TalentLevel.EXPERT)),
        *(Fact(FactKind.YEARS, (years,)) for years in (6, 1)),
        Fact(FactKind.YEARS_OF_TRADE, (1, 6)),
        Fact(FactKind.ANYWHERE),
        "机器学习",
        Fact(FactKind.LISTED, ("小程序",)),
    ]
    asked = [
        *(Fact(FactKind.YEARS_ASKED, (years,)) for years in (3, 1)),
        Fact(FactKind.YEARS_ASKED, (3, 5)),
        Fact(FactKind.YEARS_USUAL, (8,)),
        Fact(FactKind.DEGREE_ASKED, ("bachelor",)),
        Fact(FactKind.DEGREE, ("master",)),
        Fact(FactKind.SALARY, (8_000, 12_000)),
    ]
    told = Reason(Component.SKILLS, 1, 4, evidence=(*facts,), asked=(*asked,), truncated=True)
    old = {"component": "level", "evidence": ["高级", "6 年经验"], **stored}
    await recommended(database, clock, feed, resume, reasons=[matches.stored(told), old])
    query = "{ viewer { feeds { nodes { recommendations { nodes { reasons {"
    query += " evidence asked held met unmet truncated } } } } } } }"

    async def said(language: str) -> list[dict[str, Any]]:
        headers = {**person.bearer, "Accept-Language": language}
        reply = await product.http.post("/graphql", json={"query": query}, headers=headers)
        assert reply.headers["content-language"] == language
        (node,) = reply.json()["data"]["viewer"]["feeds"]["nodes"][0]["recommendations"]["nodes"]
        found: list[dict[str, Any]] = node["reasons"]
        return found

    none: dict[str, Any] = {"held": [], "met": [], "unmet": []}
    # What an older version wrote stays as it was.
    unchanged = {"evidence": ["高级", "6 年经验"], "asked": [], **none, "truncated": False}
    assert await said("zh-Hans") == [
        {
            "evidence": [
                "Python",
                "Django（仅列出）",
                "SQL（由相关技能推断）",
                "初级",
                "专家",
                "6 年经验",
                "1 年经验",
                "6 年经验中有 1 年从事此类工作",
                "不限",
                "机器学习",
                "小程序（仅列出）",
            ],
            "asked": [
                "3 年及以上经验",
                "1 年及以上经验",
                "3–5 年经验",
                "8 年及以上经验（该级别通常要求）",
                "本科及以上",
                "硕士",
                "8000–12000 元/月",
            ],
            **none,
            "truncated": True,
        },
        unchanged,
    ]
    assert await said("en") == [
        {
            "evidence": [
                "Python",
                "Django (only listed)",
                "SQL (inferred from a related skill)",
                "Junior",
                "Expert",
                "6 years of experience",
                "1 year of experience",
                "1 of 6 years of experience in such work",
                "Anywhere",
                "Machine learning",
                "Mini program (only listed)",
            ],
            "asked": [
                "3 years of experience or more",
                "1 year of experience or more",
                "3 to 5 years of experience",
                "8 years of experience or more (usual for the level)",
                "Bachelor or higher",
                "Master",
                "8000–12000 yuan a month",
            ],
            **none,
            "truncated": True,
        },
        unchanged,
    ]


async def test_a_recommendation_explains_itself(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    target = {"salaryMin": 4000, "areas": ["成都"], "domains": [7], "workYears": 3}
    _, resume = await candidate(product, target=target)
    await recommended(database, clock, feed, resume)
    await add(database, clock, WatchedResume, user_id=person.id, feed_id=feed, resume_id=resume)

    data = await product.data(EXPLAINED, person=person)

    assert data["viewer"]["feeds"]["nodes"][0]["recommendations"] == {
        "totalCount": 1,
        "nodes": [
            {
                "score": 70,
                "titleScore": 80,
                "keywords": ["python"],
                "isWatched": True,
                "reasons": [
                    {**reason, "component": str(reason["component"]).upper(), **{key: [] for key in COMPARED}}
                    for reason in REASONS
                ],
                "marks": [],
                "comments": [],
                "feed": {"title": "Python开发"},
                "resume": {
                    "position": "后端开发工程师",
                    "workYears": 3,
                    "jobTarget": {"salaryMin": 4000, "areas": ["成都"], "domains": [{"name": "O2O"}]},
                    "jobs": [{"company": "远山科技"}],
                    "studies": [{"school": "重庆大学"}],
                    "certifications": [],
                    "awards": [],
                    "employmentGoal": None,
                    "contact": None,
                },
            }
        ],
    }


async def test_the_statements_of_feeds_and_their_recommendations_do_not_grow_with_them(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings, feeds=MANY)
    # The years of work are worked out from what other fields load, and may have that loaded once more.
    query = EXPLAINED.replace("workYears ", "")
    costs = []
    for count in (FEW, MANY):
        feeds = await product.data("{ viewer { feeds(first: 100) { totalCount } } }", person=person)
        for _ in range(count - feeds["viewer"]["feeds"]["totalCount"]):
            feed = await new_feed(product, person)
            for resume in await new_resumes(database, clock, count):
                await add(database, clock, TargetArea, resume_id=resume, area="成都")
                await recommended(database, clock, feed, resume)
        with counted() as statements:
            data = await product.data(query, person=person)
        costs.append(len(statements))
        nodes = data["viewer"]["feeds"]["nodes"]
        assert len(nodes) == count
        assert len(nodes[0]["recommendations"]["nodes"]) == min(5, count)

    # The caller and their row; the feeds; the pages and their totals; marks, comments, the feeds again; the
    # resumes with jobs and studies, targets, certifications, awards, goals and contacts.
    assert costs == [16, 16]


async def test_nobody_else_reads_a_recommendation(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, resume = await candidate(product)
    number = await recommended(database, clock, feed, resume)
    administrator = await product.administrator()
    node = "query($id: ID!) { node(id: $id) { ... on Recommendation { id score } } }"

    for caller in (other, owner, administrator):
        found = await product.data(node, {"id": encode("Recommendation", number)}, person=caller)
        assert found == {"node": None}
    found = await product.data(node, {"id": encode("Recommendation", number)}, person=person)
    assert found["node"]["score"] == 70
