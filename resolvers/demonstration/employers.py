"""Invented companies, and the jobs they offer."""

from dataclasses import dataclass
from random import Random

COMPANIES = (
    "青禾软件",
    "云杉数据",
    "北辰智算",
    "松果云服务",
    "蓝湾网络",
    "晨曦互动",
    "极光物联",
    "远山科技",
    "知微信息",
    "白鹭出行",
    "拾光教育科技",
    "沧海金融科技",
)
AREAS = ("杭州", "上海", "深圳", "成都", "重庆", "北京", "南京", "武汉")


@dataclass(frozen=True, slots=True)
class Job:
    """A job and the range of its monthly salary, in thousands."""

    title: str
    low: int
    high: int


JOBS = (
    Job("后端开发工程师", 10, 20),
    Job("前端开发工程师", 9, 18),
    Job("测试开发工程师", 8, 15),
    Job("算法工程师", 15, 28),
    Job("数据分析师", 8, 16),
    Job("运维工程师", 7, 14),
    Job("产品经理助理", 7, 13),
    Job("嵌入式开发工程师", 9, 17),
)


def salary_of(job: Job, chance: Random) -> str:
    """A salary in the job's range, as people write it."""
    return f"{chance.randint(job.low, job.high)}k"
