"""Posts and comments, some of them anonymous."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from models.community import Comment, Post
from models.statements import table_of
from resolvers.demonstration.story import Story, returning_ids

_TEXTS = (
    ("第一次面试复盘", "问了索引、事务隔离级别和我自己的项目。建议把简历上写的每一行都准备到能讲五分钟。"),
    ("图书馆三楼的正确打开方式", "早上八点前到还有靠窗的位置，下午基本坐满。插座在第二排书架后面。"),
    ("考研数学一个半月怎么安排", "上午真题，下午错题，晚上只看公式和背单词。每天打卡逼自己出门最有用。"),
    ("双选会都带什么", "纸质简历十份、水、充电宝。先去不太想去的公司练手，再去最想去的。"),
    ("二战还是就业？", "家里希望再考一年，自己更想先工作。有没有经历过的同学聊聊。"),
    ("算法题刷到多少合适", "我刷了两百道左右，笔试基本够用。重点是每道题都能自己再写一遍。"),
    ("实习转正的一点经验", "前两周少说多看，第三周开始主动要任务，每周写一次总结发给导师。"),
    ("英语阅读总是做不完", "换成先看题再定位，时间省了一半。大家还有什么办法？"),
    ("和 HR 谈薪资", "先问清楚试用期、公积金比例和年终。第一次报价不要太低，可以要一天考虑。"),
    ("求一个学习搭子", "每天晚上七点到十点，考研自习室。互相监督打卡，缺一次请一杯奶茶。"),
    ("投了三十家终于有回音", "改简历之后回复明显多了：项目写成做了什么、怎么做的、结果如何。"),
    ("毕业设计选题互助", "我想做校园二手交易平台，担心太普通。你们都选了什么？"),
    ("笔试遇到的坑", "有的平台只能用一种语言，提前看说明。摄像头要一直开着。"),
    ("调剂信息去哪里看", "研招网和学校官网为主，群里的消息一定自己再核实一遍。"),
    ("焦虑的时候就去跑步", "操场三公里，回来再看书，效率比硬撑着高。"),
    ("前端面试常问的题", "事件循环、跨域、性能优化、手写防抖节流。每个都准备一个自己用过的例子。"),
    ("offer 对比：离家近还是发展好", "一个在本地，一个在外省，薪资差三千。大家会怎么选？"),
    ("专业课资料整理好了", "按章节整理了历年真题，需要的在下面说一声，我发到班级群。"),
)
_REPLIES = (
    "谢谢分享，正好需要！",
    "同感，我也是这样过来的。",
    "请问能说得再详细一点吗？",
    "已收藏，周末试试。",
    "加油，一起上岸！",
    "我觉得还是看个人情况，别太着急。",
    "算我一个。",
    "这个方法我用过，确实有效。",
    "楼主太厉害了。",
    "有没有推荐的资料？",
    "上周刚面完，问的差不多。",
    "抱抱，会好起来的。",
)
_ANONYMOUS_POSTS, _ANONYMOUS_COMMENTS = 0.2, 0.25
_MAX_COMMENTS = 8

_ADD_POSTS = returning_ids(table_of(Post))
_ADD_COMMENTS = insert(table_of(Comment))


async def load(story: Story) -> None:
    """In the order of time. The first two posts are signed: by the second student, and by the first."""
    chance = story.chance("community")
    count = len(_TEXTS)
    authors = [story.students[1], story.students[0], *chance.choices(story.students, k=count - 2)]
    times = sorted(
        story.at(chance.choice(story.days[:-1]), chance.randint(9, 22), chance.randint(0, 59)) for _ in range(count)
    )
    posts = [
        {
            "author_id": author.id,
            "title": title,
            "content": content,
            "anonymous": number > 1 and chance.random() < _ANONYMOUS_POSTS,
            "created_at": created_at,
        }
        for number, ((title, content), author, created_at) in enumerate(zip(_TEXTS, authors, times, strict=True))
    ]
    ids = await story.add_returning(_ADD_POSTS, posts)
    latest = story.at(story.days[-1], 23, 59)
    comments: list[dict[str, Any]] = []
    for post_id, posted_at in zip(ids, times, strict=True):
        hours = (latest - posted_at) / timedelta(hours=1)
        replies = chance.sample(_REPLIES, chance.randint(1, _MAX_COMMENTS))
        comments += [
            {
                "post_id": post_id,
                "author_id": chance.choice(story.students).id,
                "content": reply,
                "anonymous": chance.random() < _ANONYMOUS_COMMENTS,
                "created_at": posted_at + timedelta(hours=chance.uniform(0, min(hours, 72))),
            }
            for reply in replies
        ]
    comments.sort(key=lambda comment: comment["created_at"])
    await story.add(_ADD_COMMENTS, comments)
