"""What a job was really about: the trade that its years count in, what its title means there, and for whom it was."""

from datetime import date

import pytest

from resolvers.matching import employers, lexicon
from resolvers.matching.documents import Component, Fact, FactKind, JobDocument
from resolvers.matching.engine import compile_feed
from resolvers.matching.index import Index
from resolvers.matching.profile import Profile
from resolvers.matching.search import Search
from tests.support.matching import feed, job, match, resume

WAITER = job("服务员", "传菜与点单", start=date(2015, 1, 1), end=date(2022, 12, 31))
DEVELOPER = job("前端开发", "用 Vue 开发商城", start=date(2023, 1, 1), end=date(2024, 12, 31))
ODD = job("灵境编织师", "编织", start=date(2013, 1, 1), end=date(2014, 12, 31))


@pytest.mark.parametrize(
    ("title", "jobs", "years", "held"),
    [
        ("前端开发", [WAITER, DEVELOPER], None, Fact(FactKind.YEARS_OF_TRADE, (2, 10))),
        ("餐厅服务员", [WAITER, DEVELOPER], None, Fact(FactKind.YEARS_OF_TRADE, (8, 10))),
        ("前端开发", [DEVELOPER, ODD], None, Fact(FactKind.YEARS, (4,))),
        ("灵境编织师", [WAITER, DEVELOPER], None, Fact(FactKind.YEARS, (10,))),
        ("总经理", [WAITER, DEVELOPER], None, Fact(FactKind.YEARS, (10,))),
        # Whoever says that it is two years may mean those of the trade.
        ("前端开发", [WAITER, DEVELOPER], 2, Fact(FactKind.YEARS, (2,))),
        ("前端开发", [WAITER, DEVELOPER], 12, Fact(FactKind.YEARS_OF_TRADE, (4, 12))),
        # What lasted beside a job of the trade takes nothing away from it.
        ("前端开发", [DEVELOPER, job("服务员", "周末兼职", start=date(2023, 1, 1))], None, (2, 4)),
    ],
)
def test_years_count_in_the_trade_of_the_feed(
    title: str, jobs: list[JobDocument], years: int | None, held: Fact | tuple[int, int]
) -> None:
    wanted = feed(title, skill_required="3年以上经验")
    found = match(wanted, resume(jobs=jobs, years=years))
    (part,) = [reason for reason in found.reasons if reason.component == Component.LEVEL]
    expected = Fact(FactKind.YEARS_OF_TRADE, held) if isinstance(held, tuple) else held
    assert part.held == (expected,)


def test_the_index_counts_the_years_as_a_single_resume_does() -> None:
    index = Index(block_size=2)
    wanted = compile_feed(feed("前端开发", skill_required="3年以上经验，Vue"))
    held = [[WAITER, DEVELOPER], [DEVELOPER], [WAITER], [], [DEVELOPER, ODD, WAITER]]
    profiles = [Profile.of(resume(number, jobs=jobs)) for number, jobs in enumerate(held, 1)]
    for profile in profiles:
        index.put(Profile.loads(profile.dumps()))
    search = Search(wanted, index)
    explained = {each.resume_id: each for each in search.explained(search.best(10, 0), 10)}
    by_years = {
        number: [
            fact.values
            for part in found.reasons
            for fact in part.held
            if isinstance(fact, Fact) and "year" in fact.kind
        ]
        for number, found in explained.items()
    }
    assert by_years == {1: [(2, 10)], 2: [(2,)], 3: [(0, 8)], 4: [], 5: [(4, 12)]}


@pytest.mark.parametrize(
    ("position", "company", "description", "role"),
    [
        ("前端经理", "永和超市", "负责收银台排班，培训收银员", "导购与门店"),
        ("前端经理", "某电商公司", "带领团队用 Vue 重写商城", "前端开发"),
        ("前端经理", "永和超市", "用 React 与小程序做收银系统", "前端开发"),
        ("前端开发工程师", "永和超市", "负责门店系统页面", "前端开发"),
        ("安全工程师", "某建筑公司", "施工现场隐患排查，安全生产培训", "能源环保"),
        ("安全工程师", "某互联网公司", "漏洞挖掘与渗透测试", "信息安全"),
        ("运维工程师", "某新能源公司", "光伏电站巡检", "电气工程师"),
        ("运维工程师", "某新能源公司", "Linux 与 Kubernetes 集群，服务光伏平台", "运维"),
        ("Architect", "Studio", "Building design and construction documents in Revit", "土木建筑"),
    ],
)
def test_a_title_means_what_its_duties_say(position: str, company: str, description: str, role: str) -> None:
    profile = Profile.of(resume(position=position, jobs=[job(position, description, company=company)]))
    assert profile.jobs[0][0].roles == (lexicon.ROLE + role,)
    assert profile.wish.roles == (lexicon.ROLE + role,)
    wanted = compile_feed(feed(position, job_description=f"{company}，{description}"))
    assert wanted.wanted.title.roles == (lexicon.ROLE + role,)


@pytest.mark.parametrize(
    ("company", "groups"),
    [
        ("北京京东世纪贸易有限公司", {"一线互联网人才", "上市公司人才"}),
        ("北京东方雨虹防水", set()),
        ("北京东软软件", {"上市公司人才"}),
        ("完美的生活用品", set()),
        ("广东美的集团", {"上市公司人才"}),
        ("李宁波工作室", set()),
        ("阿里山茶庄", set()),
        ("平安里小学", set()),
        ("中国平安保险", {"金融机构人才"}),
        ("小米粥铺", set()),
        ("某某创业园", set()),
        ("江苏农村商业银行", {"金融机构人才"}),
        ("宝钢集团", {"大型国企人才"}),
        ("metal gmbh", set()),
    ],
)
def test_the_name_of_a_company_is_no_piece_of_another_word(company: str, groups: set[str]) -> None:
    assert set(employers.named(lexicon.COMPANIES, company)) == {lexicon.GROUP + name for name in groups}


def test_every_name_of_a_company_is_found_in_names_of_companies() -> None:
    names = [name for name in lexicon.COMPANIES.phrases if not name.isascii()]
    forms = ("{}", "北京{}科技有限公司", "{}分公司", "上海{}信息技术有限公司", "{}(中国)有限公司")
    said = {form.format(name): name for name in names for form in forms}
    lost = [
        form
        for form, name in said.items()
        if not set(lexicon.COMPANIES.meant(name)) <= set(employers.named(lexicon.COMPANIES, form))
    ]
    assert lost == []
    assert set(employers.domains("通信局")) == {lexicon.DOMAIN + "通信"}
    assert set(employers.domains("华通信息科技")) == set()
