"""Occupations: every one is known in Chinese and English, near by its group, and only where a title is about it."""

import pytest

from resolvers.matching import lexicon
from resolvers.matching.documents import Match
from resolvers.matching.engine import Engine, compile_feed
from resolvers.matching.lexicon.occupations import Occupations
from resolvers.matching.profile import Profile
from resolvers.matching.titles import Wanted, parse
from tests.support.matching import feed, job, resume

ENGLISH = """
accountant, actor, actuary, air traffic controller, aircraft mechanic, airline pilot, animal trainer,
archaeologist, architect, archivist, astronomer, athlete, attorney, auctioneer, audiologist, auditor, auto
mechanic, baker, bank teller, barber, bartender, beekeeper, biologist, blacksmith, boilermaker, bookkeeper,
bricklayer, bus driver, butcher, buyer, carpenter, cartographer, cashier, chef, chemist, civil engineer,
cleaner, coal miner, construction worker, cook, court clerk, crane operator, curator, customs officer, dancer,
data entry clerk, deckhand, dental assistant, dentist, detective, dietitian, diver, domestic helper,
dressmaker, drafter, driving instructor, economist, electrician, elevator mechanic, embalmer, excavator
operator, farmer, firefighter, fisherman, flight attendant, florist, forester, forklift driver, funeral
director, gardener, geologist, glazier, graphic designer, hairdresser, heat treater, home health aide, hotel
receptionist, housekeeper, interior designer, interpreter, janitor, jeweller, journalist, judge, kindergarten
teacher, land surveyor, laundry worker, lawyer, librarian, lifeguard, lineman, locksmith, logger, machinist,
mail carrier, manicurist, massage therapist, mathematician, mechanical engineer, metallurgist, meteorologist,
midwife, mining engineer, motorcycle mechanic, musician, nanny, naval architect, notary, nuclear engineer,
nurse, nursing assistant, occupational therapist, optometrist, packer, painter, paramedic, park ranger, pest
control worker, petroleum engineer, pharmacist, phlebotomist, photographer, physician assistant, physicist,
physiotherapist, piano tuner, pipefitter, plasterer, plumber, plumbing engineer, police officer, potter,
priest, printing press operator, prison officer, proofreader, prosecutor, psychiatrist, quality inspector,
radiographer, real estate agent, referee, retail salesperson, roofer, sailor, scaffolder, seafarer,
seamstress, secretary, security guard, sheet metal worker, ship captain, shoe repairer, singer, social worker,
soldier, statistician, stonemason, surgeon, tailor, tax inspector, taxi driver, teacher, tiler, tour guide,
train driver, translator, truck driver, upholsterer, urban planner, veterinarian, waiter, warehouse worker,
watchmaker, weaver, wedding planner, welder, wind turbine technician, winemaker, zookeeper, plumbers and
pipefitters, secondary education teachers, firemen, secretaries
""".replace("\n", " ").split(",")


def roles(title: str) -> list[str]:
    return [lexicon.name_of(role) for role in parse(title).roles]


def nearness(wanted: str, other: str) -> float:
    return Wanted(parse(wanted)).nearness(parse(other))


def test_the_official_classification_is_known() -> None:
    names = lexicon.OCCUPATIONS.names
    assert len(names) > 5_000
    unknown = [name for name, role in names.items() if not name.isascii() and role not in roles(name)]
    assert unknown == []


def test_nearly_every_english_occupation_is_known() -> None:
    unknown = [name.strip() for name in ENGLISH if not roles(name)]
    assert len(unknown) <= len(ENGLISH) * 0.05, unknown


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("木工", "Carpenter", 1.0),
        ("水电工", "Plumbing Engineer", 1.0),
        ("理发师", "Hairdresser", 1.0),
        ("民警", "Police Officer", 1.0),
        ("民航飞行员", "Airline Pilot", 1.0),
        ("海员", "Seafarers", 1.0),
        ("图书管理员", "Librarian", 1.0),
        ("護士", "Registered Nurses", 1.0),
        ("货车司机", "Truck Driver", 1.0),
        ("月嫂", "Nanny", 1.0),
        ("挖掘机司机", "塔吊司机", 0.5),
        ("木工", "瓦工", 0.5),
        ("护士", "护工", 0.5),
        ("法官", "律师", 0.2),
        ("保洁员", "Janitor", 1.0),
        ("消防员", "Firefighter", 1.0),
        ("保安", "保洁", 0.0),
        ("消防员", "保洁", 0.0),
        ("警察", "狱警", 0.5),
        ("软件工程师", "采矿工程师", 0.0),
        ("飞行员", "木工", 0.0),
    ],
)
def test_occupations_are_near_by_their_groups(one: str, other: str, near: float) -> None:
    assert nearness(one, other) == nearness(other, one) == near


@pytest.mark.parametrize(
    ("title", "known"),
    [
        # What the title is about wins.
        ("飞行员招生老师", ["课程顾问"]),
        ("飞行员App开发", ["移动开发"]),
        ("木工项目经理", ["项目经理"]),
        ("项目经理（木工）", ["项目经理"]),
        ("医生（急诊）、护工", ["医生", "护工"]),
        ("会计档案管理员", ["档案管理员"]),
        ("会计、档案管理员", ["会计", "档案管理员"]),
        ("护士/护工", ["护士", "护工"]),
        ("警察学院辅导员", ["教师"]),
        ("理发店店长", ["导购与门店"]),
        ("模特经纪人", ["经纪人"]),
        ("董事长司机", ["司机与配送"]),
        ("急招木工5名", ["木工"]),
        ("木工师傅", ["木工"]),
        # Pieces of other words are no occupations.
        ("主管工程师", []),
        ("沿海员工", []),
        ("自动驾驶员", ["机器人与自动驾驶"]),
        # Everyday words neither.
        ("Device Driver Developer", []),
        ("Linux Device Driver Engineer", ["软件开发"]),
        ("GPU Driver", []),
        ("Truck Driver", ["司机与配送"]),
        ("Data Model Engineer", []),
        ("Model Risk Analyst", ["风控"]),
        ("数据模型师", []),
        ("销售内勤", ["销售"]),
        ("大模型工程师", ["算法工程师"]),
        ("Part-time Model", ["模特"]),
        ("Pilot Plant Engineer", []),
        ("Pilot Program Manager", ["项目经理"]),
        ("Recruiter for Pilots", ["招聘"]),
        ("Baker Hughes Field Engineer", []),
        ("Cook County Clerk", []),
        ("Data Guard DBA", ["数据库管理"]),
        ("Porter Airlines Ground Staff", ["地勤"]),
        ("Assistant to the Librarian", []),
        ("UX Researcher", ["交互设计"]),
        ("Agile Coach", []),
        ("Football Coach", ["教练员"]),
        ("Plumber Apprentice", ["水管工"]),
        ("Teacher, Librarian", ["教师", "图书管理员"]),
    ],
)
def test_the_head_of_a_title_is_its_role(title: str, known: list[str]) -> None:
    assert roles(title) == known


def test_texts_name_no_occupations() -> None:
    """Who writes of pilots and judges is none."""
    said = resume(jobs=[job("", "为飞行员、木工和法官提供心理支持，与警察、librarian 和 plumber 合作")])
    named = {lexicon.name_of(role) for title, _ in Profile.of(said).jobs for role in title.roles}
    assert named.isdisjoint(set(lexicon.OCCUPATIONS.roles))


@pytest.mark.parametrize(
    ("title", "skills"),
    [
        ("護士", "負責病房護理與輸液"),
        ("後端工程師", "負責後端服務與資料庫"),
        ("水電工", "負責水電安裝與維修"),
    ],
)
def test_both_directions_find_the_same_people(title: str, skills: str) -> None:
    people = [
        resume(1, position="护士", jobs=[job("病房护士", "负责病房护理、输液")]),
        resume(2, position="Java后端", jobs=[job("后端开发", "负责后端服务与数据库")]),
        resume(3, position="水管工", jobs=[job("水电工", "负责水电安装与维修")]),
    ]
    engine = Engine()
    for person in people:
        engine.put(Profile.of(person))
    wanted = compile_feed(feed(title, skill_required=skills))

    found = engine.match_feed(wanted, 10, minimum=0)

    expected: dict[int, Match | None] = {
        person.resume_id: engine.match_resume(Profile.of(person), [wanted], minimum=0)[0] for person in people
    }
    assert {match.resume_id: match for match in found} == expected
    assert found[0].resume_id == {"護士": 1, "後端工程師": 2, "水電工": 3}[title]
    assert found[0].score >= 60 > found[1].score


def test_one_name_is_of_one_occupation() -> None:
    file = ["# 建筑", "## 建筑施工", "木工 | carpenter", "瓦工 | carpenter", "电工 | electrician"]
    found = Occupations(file, alone=(), traps=(), known={"电工": "电气工程师"})
    assert found.faults == ["carpenter is 瓦工 and 木工", "电工 is 电工 and 电气工程师"]
