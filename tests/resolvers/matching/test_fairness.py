"""Fair by test: what a person is born as, believes or lives with changes neither score nor order.

The biographies are made up. Each flip of an attribute is compared with the same biographies without it.
"""

from collections.abc import Mapping, Sequence

import pytest

from resolvers.matching import text
from resolvers.matching.documents import FeedDocument, Match, ResumeDocument
from resolvers.matching.engine import Engine
from resolvers.matching.profile import Profile
from tests.support.matching import feed, job, resume

FLIPS: Mapping[str, Sequence[str]] = {
    "gender": (
        "男", "女", "男性", "女性", "性别：女", "性别男", "女士", "先生", "女青年",
        "性别/女", "性 别：F", "女孩子", "大叔",
    ),
    "age": (
        "24岁", "52周岁", "年龄：45", "年龄45岁", "1990年5月出生", "1968年生", "95后", "80后", "三十八岁",
        "出生日期：1979-03-02", "九零后", "生于1990年", "1990.05出生", "属马", "天秤座", "生肖：龙",
    ),
    "ethnicity": (
        "汉族", "回族", "维吾尔族", "藏族人", "民族：满", "民族：哈萨克族", "少数民族",
        "族别：回", "回民", "穆斯林", "宗教信仰：佛教",
    ),
    "marriage": (
        "已婚", "未婚", "离异", "已婚已育", "单身", "丧偶", "育有一女", "已育二孩", "婚姻状况：离异",
        "两个孩子的妈妈", "宝妈", "二宝妈妈", "全职太太", "婚否：否", "再婚", "已结婚", "怀孕三个月",
        "三年内无生育计划",
    ),
    "politics": (
        "群众", "普通群众", "中共党员", "中共预备党员", "共青团员", "入党积极分子", "民盟盟员", "民革党员",
        "民建会员", "民进会员", "农工党党员", "致公党党员", "九三学社社员", "台盟盟员", "无党派人士",
        "民主党派成员", "政治面貌：民建", "政治面貌：群众", "加入中国民主同盟", "2010年入党",
        "党龄5年",
    ),
    "hukou": (
        "农村户口", "城镇户口", "北京户口", "非京籍", "沪籍", "户籍：河南省周口市", "户口在安徽", "本地户口",
        "外地户籍", "农业户口", "生源地：湖南", "来自农村家庭", "户籍地：湖北",
    ),
    "birthplace": (
        "河南人", "籍贯：四川", "出生于黑龙江省哈尔滨市", "祖籍山东", "老家湖南长沙", "我来自贵州",
        "新疆喀什人", "东北人", "籍贯安徽省六安市", "福建籍",
    ),
}  # fmt: skip
ENGLISH_FLIPS: Mapping[str, Sequence[str]] = {
    "gender": (
        "male", "female", "gender: female", "Mrs.", "Mr.", "a young woman", "a man", "sex: M",
        "pronouns: she/her", "girl",
    ),
    "age": (
        "24 years old", "aged 57", "Age: 45", "a 52-year-old", "born in 1971", "date of birth: 1 May 1990",
        "in her forties", "34 years of age", "in my 30s", "birthday: May 5", "millennial",
    ),
    "ethnicity": (
        "Han Chinese", "ethnicity: Hui", "Tibetan", "ethnic minority", "Uyghur", "African American", "Hispanic",
        "Muslim", "religion: Islam", "Asian American",
    ),
    "marriage": (
        "married", "single", "divorced", "widowed", "married with two kids", "mother of two",
        "father of three children", "newlywed", "pregnant", "two children", "working mom", "childless",
    ),
    "politics": (
        "CPC member", "party member", "member of the Communist Party of China", "Communist Youth League member",
        "non-partisan", "the masses", "China Democratic League member", "Jiusan Society member",
        "political status: party member",
    ),
    "hukou": (
        "Beijing hukou", "rural hukou", "urban household registration", "hukou: Henan", "local hukou",
    ),
    "birthplace": (
        "born in Henan", "native of Sichuan", "Shanghai native", "originally from Xinjiang",
        "hometown: Changsha", "I come from Guizhou",
    ),
}  # fmt: skip

WORK = [
    ("护士", "三甲医院心内科护士，负责病房护理、静脉输液与急救", "护理 急救 静脉穿刺"),
    ("木工", "高层住宅模板制作与安装，带过六人班组，会看施工图", "木工 模板 施工图"),
    ("水电工", "小区水电安装与维修，持低压电工证", "水电安装 维修"),
    ("高级Java开发工程师", "使用 Java、Spring Boot 开发订单系统，负责 MySQL 优化与微服务拆分", "Java MySQL 微服务"),
    ("前端工程师", "用 Vue 和 TypeScript 重构商家后台，性能提升四成", "Vue TypeScript"),
    ("会计", "负责总账、纳税申报与年度审计配合，熟练使用金蝶", "总账 纳税申报 金蝶"),
    ("小学语文教师", "任教四年级语文并做班主任，组织校园阅读活动", "语文 班主任"),
    ("月嫂", "照顾新生儿与产妇，做月子餐，持母婴护理证", "母婴护理 月子餐"),
    ("货车司机", "长途冷链运输，A2 驾照，十二年无事故", "A2 冷链运输"),
    ("厨师", "川菜主厨，负责菜单研发与后厨成本控制", "川菜 成本控制"),
    ("女装设计师", "女装连衣裙系列设计，跟进打版与面料", "女装 打版 面料"),
    ("民族舞教师", "少儿民族舞教学与编排，带队参加比赛", "民族舞 编排"),
    ("社区工作者", "负责群众工作、党员管理与老年人走访", "群众工作 党员管理"),
    ("律师", "办理离婚诉讼与劳动争议案件，庭审八十余场", "离婚诉讼 劳动争议"),
    ("销售经理", "负责华东大客户销售与渠道管理，年销售额三千万", "大客户 渠道"),
    ("人力资源专员", "招聘、入职与社保办理，熟悉劳动法", "招聘 社保"),
    ("產品經理", "負責電商後端產品的需求分析與上線", "需求分析 電商"),
    ("图书管理员", "图书编目、流通与读者服务，组织读书会", "编目 读者服务"),
    ("焊工", "压力容器氩弧焊，持特种作业证", "氩弧焊 压力容器"),
    ("保洁", "写字楼保洁与绿植养护，领班", "保洁 绿植"),
]
ENGLISH_WORK = [
    (
        "Registered Nurse",
        "ICU care, medication administration and patient education on night shifts",
        "ICU patient care",
    ),
    ("Carpenter", "Framing, cabinets and finish work on residential sites, reads blueprints", "framing blueprints"),
    ("Plumber", "Installs and repairs pipes, boilers and drains for a housing company", "pipes boilers"),
    ("Java Developer", "Builds Spring Boot services on Kubernetes and tunes PostgreSQL", "Java Kubernetes"),
    ("Librarian", "Cataloguing, reader services and a digital archive", "cataloguing archive"),
    ("Accountant", "General ledger, tax returns and audits in SAP", "ledger tax audits"),
    ("Police Officer", "Patrol, reports and community meetings in a city of two million", "patrol reports"),
    ("Sales Manager", "Led a team of eight and grew key accounts in retail", "key accounts retail"),
    ("Hairdresser", "Cuts, colouring and styling, trains apprentices", "colouring styling"),
    ("Primary School Teacher", "Taught mathematics and science and ran the reading club", "mathematics reading"),
]
PLACES = ("{}。{}", "本人{}，{}", "{}，责任心强。{}", "{}\n{}")
ENGLISH_PLACES = ("{}. {}", "{}; {}", "{}\n{}", "{}, punctual. {}")


def biographies(said: Sequence[str], *, english: bool) -> list[ResumeDocument]:
    """All of them: each says one thing of these of the person, in another place."""
    work, places = (ENGLISH_WORK, ENGLISH_PLACES) if english else (WORK, PLACES)
    found = []
    for number, (title, description, _) in enumerate(work):
        value = said[number % len(said)]
        told = places[number % len(places)].format(value, description)
        position = f"{title} ({value})" if number % 3 == 0 else title
        jobs = [job(position if number % 2 else title, told if number % 5 == 0 else description)]
        found.append(resume(number + 1, position=position, jobs=jobs, self_evaluation=told, years=number))
    return found


def feeds(said: Sequence[str], *, english: bool) -> list[FeedDocument]:
    return [
        feed(
            title,
            feed_id=number + 1,
            keywords=words.split(),
            skill_required=f"{said[number % len(said)]}\n{description}",
        )
        for number, (title, description, words) in enumerate(ENGLISH_WORK if english else WORK)
    ]


def ranked(people: Sequence[ResumeDocument], wanted: Sequence[FeedDocument]) -> list[list[Match]]:
    engine = Engine()
    for person in people:
        engine.put(Profile.of(person))
    return [engine.match_feed(each, len(people), minimum=0) for each in wanted]


@pytest.mark.parametrize("english", [False, True])
def test_no_flip_of_an_attribute_changes_a_score_or_the_order(english: bool) -> None:
    """Whether people say it of themselves or feeds ask for it."""
    wanted = feeds([""], english=english)
    expected = ranked(biographies([""], english=english), wanted)
    assert all(
        found[0].resume_id == each.feed_id and found[0].score > 70 for found, each in zip(expected, wanted, strict=True)
    )

    moved = []
    for attribute, values in (ENGLISH_FLIPS if english else FLIPS).items():
        for first in (0, 3):
            said = [*values[first:], *values[:first]]
            found = ranked(biographies(said, english=english), feeds(list(reversed(said)), english=english))
            if found != expected:
                moved.append((attribute, first))
    assert moved == []


@pytest.mark.parametrize("english", [False, True])
def test_no_attribute_is_read_wherever_it_stands(english: bool) -> None:
    """Each value in each place: what is read is what is read without it."""
    places, flips = (ENGLISH_PLACES, ENGLISH_FLIPS) if english else (PLACES, FLIPS)
    work = (ENGLISH_WORK if english else WORK)[5][1]
    read = {
        (value, place): text.terms(place.format(value, work))
        for values in flips.values()
        for value in values
        for place in places
    }
    plain = {place: text.terms(place.format("", work)) for place in places}
    assert [(value, place, terms) for (value, place), terms in read.items() if terms != plain[place]] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("女司机", "男司机"),
        ("一名女工程师", "一名男工程师"),
        ("女主播", "男主播"),
        ("她负责招聘", "他负责招聘"),
        ("王女士，销售", "王先生，销售"),
        ("Saleswoman", "Salesman"),
        ("Waitress", "Waiter"),
        ("Ms. Wang led the team", "Mr. Wang led the team"),
        ("she managed herself", "he managed himself"),
    ],
)
def test_what_names_of_jobs_tell_of_a_gender_is_not_read(one: str, other: str) -> None:
    assert text.terms(one) == text.terms(other)


@pytest.mark.parametrize(
    "kept",
    [
        "女装设计师",
        "女性健康产品",
        "男科医生",
        "女子篮球",
        "子女教育",
        "少女服饰",
        "群众工作",
        "群众路线",
        "满族自治县",
        "苗族刺绣",
        "少数民族地区",
        "民族乐器演奏员",
        "维吾尔语翻译",
        "婚姻家庭咨询师",
        "离婚诉讼代理",
        "单身公寓运营",
        "党员管理",
        "生日会策划",
        "90后用户调研",
        "户籍民警",
        "户口办理窗口",
        "北京人才中心",
        "上海人民医院",
        "河南人力资源部",
        "来自北京的客户",
        "有一子公司",
        "出生缺陷防控",
        "宝妈社群运营",
        "老家具修复",
        "水族馆",
        "ms office",
        "women's clothing",
        "single page application",
        "third party services",
        "mandarin native speaker",
        "parent-teacher meetings",
        "single-page application",
        "black and white photography",
        "孕期护理与产后恢复",
        "单亲家庭帮扶",
        "回民中学教师",
        "天秤座咖啡馆",
        "入党材料审核",
        "农村家庭入户调查",
        "结婚照拍摄",
        "european market",
    ],
)
def test_words_that_only_look_personal_stay(kept: str) -> None:
    assert text.normalise(kept) == kept
