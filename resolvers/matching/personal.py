"""What a text tells of gender, age, ethnicity, marriage, politics, household and birthplace: none of it may score.

Words that only look so stay: 女装, 群众工作, 满族自治县, 党员管理, 离婚诉讼, 北京人才.
"""

import re
from collections.abc import Iterator
from typing import Final

from models.texts import HAN
from resolvers.matching import lexicon

_HERE: Final = (  # what may stand behind a word that is said of a person: the end of what is said, or the next of these
    rf"(?:(?![{HAN}])|(?=男|女|汉族|优先|候选|求职|应聘|不限|均可|皆可|为佳|员工|考生|同胞|身份|已婚|未婚|离异"
    rf"|丧偶|单身|中共|预备|党员|共青|团员"
    r"|民族|性别|政治面貌|婚|群众|民革|民盟|民建|民进|农工|致公|九三|台盟|无党|本科|大专|硕士|博士|学历|身高|籍贯"
    r"|户口|户籍|出生|年龄|现居|工作\d))"
)
_ALONE: Final = rf"(?:(?<![{HAN}])|(?<=本人)|(?<=我是)|(?<=人是)|(?<=人系))"
_END: Final = r"(?=\s*(?:(?!-\w)[^\w\s]|\n|$))"
_VALUE: Final = (
    rf"男性?|女性?|[mf](?![a-z])|群众|无党派人士|无党派|不限|未婚|已婚|未育|已育|离异|丧偶|再婚|未|已|是|否|无|有|健康|中国|美国|外籍|[{HAN}]{{2}}座"
    rf"|[{HAN}]{{1,4}}教|[a-zo]{{1,2}}型?(?![a-z])|[鼠牛虎兔龙蛇马羊猴鸡狗猪](?![{HAN}])"
    rf"|\d[\d.\-/年月日周岁至~]*(?!\d)|[{HAN}]{{1,6}}族|汉(?![{HAN}])"
)
_PARTIES: Final = (
    r"中国共产党|中国国民党革命委员会|中国民主同盟|中国民主建国会|中国民主促进会|中国农工民主党|中国致公党"
    r"|台湾民主自治同盟"
    r"|农工民主党|九三学社|中国共产主义青年团"
)
_KINDS: Final = (
    # Labels and their values
    (
        rf"(?:性\s*别|民\s*族|族别|年\s*龄|婚姻状况|婚姻状态|婚姻|婚育状况|婚育情况|婚育|婚否|生育状况|政治面貌|政治身份|出生日期|出生年月"
        rf"|出生时间|出生|生日|国籍|宗教信仰|信仰|属相|生肖|星座|血型|健康状况)(?:\s*[:：]\s*(?:{_VALUE})?|\s*(?:为|是|[/\-])?(?:{_VALUE}){_HERE})"
    ),
    rf"{_ALONE}(?:性别|民族|年龄|婚姻状况|婚育|政治面貌|出生日期|出生年月|生日)(?![{HAN}])",
    # Gender
    (
        r"男女不限|不限男女|男女均可|男女皆可|限男性|限女性|限男|限女|性别不限|不限性别|年龄不限|不限年龄|民族不限"
        r"|婚育不限"
    ),
    (
        rf"(?:男性|女性|男生|女生|男士|女士|先生|小姐|男青年|女青年|小伙子?|姑娘|女孩子?|男孩子?|女汉子|妹子|小姐姐|小哥哥|大叔|大妈|大姐|大哥|帅小伙){_HERE}|{_ALONE}(?:女孩"
        rf"|男孩)(?:一枚|一名)|帅哥|美女"
    ),
    rf"{_ALONE}[男女](?![{HAN}])|(?<=[{HAN}])[男女](?=[,，。;；、/|)）\s]|$)(?<![子儿美少妇孙侄仙才猛宅童男][男女])",
    (
        rf"[男女](?![装鞋包裤袜款表帽子婴童足篮排团孩儿友神王巫权科性士生人方厕裙靴]|工(?!程))(?=[{HAN}]{{0,5}}(?:师"
        rf"|员|家|医生|护士|教练|司机|主播|秘书|助理|经理|主管|警)(?![{HAN}]))"
    ),
    (
        rf"[男女](?=(?:护士|护工|警察|民警|司机|保安|教师|老师|员工|职工|医生|会计|厨师|销售|秘书|助理|裁缝|模特|演员"
        rf"|文员|前台|导购|客服|店员|服务员|博士|硕士|求职者?|候选人?)(?![{HAN}]))"
    ),
    rf"[男女](?=工(?![{HAN}]))",
    # Ethnicity
    rf"(?:(?:{'|'.join(sorted(lexicon.words('ethnic_groups.txt')))})族|少数民族)(?:{_HERE}|人(?![民口]))",
    # Politics
    (
        rf"(?:加入|是|系|为)?(?:中共预备党员|中共正式党员|中共党员|预备党员|共产党员|正式党员|党员|共青团员|团员"
        rf"|入党积极分子|入党发展对象|党员\(预备\)|民主党派|无党派人士|无党派){_HERE}"
    ),
    (
        rf"民主党派(?:人士|成员)|(?:加入)?(?:{_PARTIES})(?:组织)?(?:盟员|会员|社员|党员|成员){_HERE}"
        rf"|(?:加入)?(?:{_PARTIES}){_HERE}"
    ),
    (
        rf"(?:民革|民盟|民建|民进|农工党|致公党|九三学社|台盟)(?:盟员|会员|社员|党员|成员)|(?<!新)(?:民革|民盟|民建"
        rf"|民进|农工党|致公党|台盟){_HERE}"
    ),
    rf"(?:普通|{_ALONE})群众{_HERE}",
    (
        rf"{_ALONE}(?:(?:于?(?:19|20)\d{{2}}年)?(?:已|加)?入(?:中国共产)?党(?:组织)?|已入团|党龄\s*\d{{1,2}}年|政协委员){_HERE}"
        rf"|{_ALONE}(?:回民|穆斯林|(?:佛教|基督|天主教|伊斯兰教|道教)徒|无宗教信仰|信(?:仰)?(?:佛教?|基督教|伊斯兰教|天主教|道教)){_HERE}"
    ),
    # Household registration and birthplace
    rf"{_ALONE}非?[京沪粤津渝]户口?{_HERE}",
    r"(?:农村|农业|非农业|非农|城镇|城市|居民|本地|外地|本市|外省|[农城]业?)(?:户口|户籍)|非?[京沪粤津渝]籍(?:户口)?",
    rf"(?:籍贯|祖籍|出生地|生源地|户籍(?:所在地|地址|地)?|户口(?:所在地|性质|地)?)\s*(?:[:：/]|是|为|在)\s*[{HAN}]{{1,14}}",
    (
        rf"(?:老家|家乡)\s*(?:[:：]|是|为|在)\s*[{HAN}]{{1,14}}|(?:籍贯|祖籍)(?:[{HAN}]{{2,10}})?(?![{HAN}])"
        rf"|{_ALONE}(?:来自|生于|出身)?(?:农村|城市|城镇|山村|农民)(?:家庭|孩子){_HERE}|{_ALONE}来自(?:农村|城市|城镇|山区|东北|西北|北方|南方){_HERE}"
        rf"|{_ALONE}(?:农户|京户|(?:东北|北京|上海)(?:老乡|土著)|港澳台(?:居民|同胞)|台湾同胞|华侨|归侨|侨眷){_HERE}|{_ALONE}(?:本地|外地|外省|东北|西北|北方"
        rf"|南方|苏北|苏南|江浙)人{_HERE}"
    ),
    r"(?:出生于|出生在|我来自|本人来自|老家|家乡)(?=\s|$)",
    # Marriage and children
    (
        r"(?:已?育有|已育|有)[一两二三]个?(?:子一女|儿一女|子|女|孩子?|儿子|女儿)(?![装公])"
        r"|[一两二三]个孩子的?(?:妈妈|爸爸|母亲|父亲)|已有孩子|无孩"
    ),
    rf"已婚已育|已婚未育|未婚未育|已婚(?:有孩|无孩)|离异带娃|离婚带娃|已婚|未婚|离异|丧偶|已育|未育|(?:离婚|单身){_HERE}",
    (
        rf"{_ALONE}(?:[一二两三]?宝妈|宝爸|奶爸|(?:[一二两三][宝孩]|全职|单亲|职场)?(?:妈妈|爸爸)|全职太太|家庭主妇|已?结婚(?:[一二两三四五六七八九十\d]+年)?"
        rf"|已?再婚|恋爱中|热恋中|备孕中?|已?怀孕(?:中|[一二两三四五六七八九十\d]+个月)?|孕期|产假中?|哺乳期|(?:已|未)?有(?:男|女)朋友"
        rf"|(?:[一二两三四五六七八九十\d]年内)?(?:暂?无|没有)(?:结婚|生育|二胎|婚育)(?:计划|打算)|(?:二胎|已?有孩|无孩|带娃){_HERE}){_HERE}"
    ),
    # Age
    r"(?:年满)?(?:\d{2}|[一二三四五六七八九十]{1,3})\s*(?:[-~至到]\s*\d{2}\s*)?周?岁(?:以下|以上|以内|左右|之间)?",
    (
        r"(?:19|20)\d{2}\s*年\s*(?:\d{1,2}\s*月\s*)?(?:\d{1,2}\s*[日号]\s*)?(?:出生|生人|生于|生(?![产活命物]))"
        r"|出生于\s*\d{4}\s*年?"
    ),
    rf"(?:[6-9][05]后|0[05]后|[六七八九][零〇五]后|[零〇][零〇五]后){_HERE}",
    (
        rf"{_ALONE}(?:生于(?:19|20)\d{{2}}\s*年?(?:\d{{1,2}}月)?|(?:19"
        rf"|20)\d{{2}}[.\-/]\d{{1,2}}(?:[.\-/]\d{{1,2}})?\s*(?:出生|生)(?![{HAN}])"
        rf"|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]{_HERE}|三十而立{_HERE}|(?:白羊|金牛|双子|巨蟹|狮子|处女|天秤|天蝎|射手|摩羯|水瓶|双鱼)座{_HERE})"
    ),
)
_ENGLISH_KINDS: Final = (
    r"(?:she|he|her|hers|his|him|himself|herself|mrs|mr|miss)\b|ms\.",
    (
        r"ms (?=[a-z])(?!office|excel|word|sql|access|project|visio|dos|power|teams|windows|server|outlook|dynamics"
        r"|azure|exchange|degree|in\b|of\b)"
    ),
    (
        r"sex\s*[:\-]\s*(?:(?:fe)?male\b|[mf]\b)?|pronouns?\b\s*:?|they/them(?:/theirs?)?\b|(?:young )?(?:ladies"
        r"|gentlemen)(?: only| preferred)?\b|(?:wo)?men (?:only|preferred)\b"
    ),
    rf"(?:a )?(?:young )?(?:girl|boy|guy|lady|lad){_END}",
    r"(?:fe)?males?\b|(?:gentleman|gentlewoman|lady)\b|(?:an? )?(?:young )?woman\b|(?:a|young) (?:young )?man\b",
    (
        r"(?:un)?married\b(?: with (?:\w+ )?(?:kids?|child(?:ren)?|sons?|daughters?))?|divorced\b|widow(?:ed|er)?\b"
        r"|marital status\s*:?\s*(?:single)?"
    ),
    (
        r"single (?:mother|father|parent|mom|dad)\b|(?:mother|father|mom|dad|parent) of \w+(?: (?:kids?|children"
        r"|boys?|girls?|sons?|daughters?))?"
    ),
    rf"(?:(?<![a-z] )|(?<=i am )|(?<=status )|(?<=am ))single{_END}|(?:husband|wife)\b",
    (
        rf"(?:newly[- ]?weds?|newly married|engaged to be married|separated|pregnant|childless|no (?:kids|children)"
        rf"|(?:on )?(?:maternity|paternity) leave"
        rf"|(?:i )?(?:have |has |with )?(?:one|two|three|four|\d) (?:young |small |grown )?(?:kids?|child(?:ren)?"
        rf"|sons?|daughters?)"
        rf"|(?:a )?(?:proud |working |stay[- ]at[- ]home |full[- ]time |new )*(?:mother|father|mom|mum|dad|parent"
        rf"|housewife)(?: and (?:mother|father))?"
        rf"|and (?:mother|father)){_END}|proud (?=(?:mother|father|mom|dad|parent)\b)"
    ),
    (
        r"gender\b|ethnicity\s*:\s*\w+(?: chinese)?|ethnicity\b|(?:race|nationality|citizenship|religion"
        r"|faith)\s*[:\-]\s*\w+|(?:african|asian"
        r"|hispanic|native)[- ]american\b"
    ),
    (
        rf"(?:a |practi[sc]ing )?(?:hispanic|caucasian|latin[oax]|asian|muslim|christian|catholic|jewish|jew"
        rf"|buddhist|hindu|atheist|hui muslim){_END}|asian[- ]american\b|ethnic(?:ally)? (?:minority|han|hui|manchu"
        rf"|tibetan|uyghur|uighur"
        rf"|mongol|mongolian|zhuang|miao|korean)\b"
    ),
    (
        rf"(?:han|hui|manchu|tibetan|uyghur|uighur|mongol|zhuang|miao)(?: (?:chinese|nationality|ethnicity"
        rf"|ethnic group|minority)\b|{_END})"
    ),
    (
        r"member of (?:the )?(?:communist party(?: of china)?|cpc|ccp|communist youth league|china democratic league"
        r"|jiusan society)\b"
    ),
    (
        r"(?:cpc|ccp|communist party|(?<!third )(?<!third-)party|youth league|league|china democratic league"
        r"|jiusan society) member\b|political (?:status|affiliation)\s*:?(?:\s*none\b)?"
    ),
    (
        rf"non-?partisan\b|(?:the )?masses{_END}|(?:communist )?(?:youth|democratic) league(?: member)?{_END}"
        rf"|(?:communist youth|democratic) league(?: member)?\b|(?:registered )?(?:republican|democrat){_END}"
        rf"|jiusan society\b"
    ),
    r"(?:rural|urban|agricultural|local|non-local) (?:hukou|household(?: registration)?)\b|hukou\s*:\s*\w+|hukou\b",
    r"born (?:on |in )?(?:\d{1,2} )?(?:[a-z]{3,9}\.? )?(?:\d{1,2},? )?(?:19|20)\d{2}\b",
    (
        r"(?:born(?: and raised)? in|native of|originally from|(?:i am|i'm|i come) from|hometown(?: is|\s*:)"
        r"|(?:place of birth|birthplace|native place)\s*:?)"
        rf" ?[a-z\d]+(?: [a-z]+){{0,2}}?(?: province)?(?:{_END}|(?= (?:and|with|who|has|is)\b))"
    ),
    (
        r"(?:date of birth|dob)\b\s*:?\s*(?:\d{1,2} )?(?:[a-z]{3,9}\.? )?[\d/.\-, ]*|\d{2}[- ]years?[- ](?:old"
        r"|of age)\b|\d{2} ?y/?o\b|(?:twenty|thirty|forty|fifty|sixty)(?:[- ](?:one|two|three|four|five|six|seven"
        r"|eight|nine))?[- ]years?[- ]old\b"
        r"|age[ds]?\s*:?\s*\d{2}\b"
    ),
    (
        rf"(?:birthday|year of birth|birth (?:date|year))\b\s*:?\s*(?:[a-z]{{3,9}}\.? )?[\d/.\-, ]*|(?:millennial"
        rf"|baby boomer|gen(?:eration)? [xyz]){_END}"
    ),
    r"(?:in )?(?:his|her|my|their) (?:early |mid |late )?[2-6]0s\b",
    r"(?:in )?(?:his|her|my|their) (?:early |mid |late |mid-)?(?:twenties|thirties|forties|fifties|sixties)\b",
)
_FIRST: Final = "".join(sorted(set(re.findall(f"[{HAN}]", "".join(_KINDS)))))
"""With one of these, or a digit, begins all that is said in Chinese: other characters are passed quickly."""
_PERSONAL: Final = re.compile(rf"(?=[\d{_FIRST}])(?:{'|'.join(_KINDS)})")
_PERSONAL_ENGLISH: Final = re.compile(rf"\b(?:{'|'.join(_ENGLISH_KINDS)})")
_RANK: Final = r"(?:省|市|自治区|特别行政区|地区|自治州|州|盟)?"
_BETWEEN: Final = re.compile(_RANK)
_HAN: Final = re.compile(f"[{HAN}]")
_FROM: Final = re.compile(r"(?:出生于|出生在|生于|生在|成长于|(?:我|本人)来自|老家|家乡)$")
_LONGEST_FROM: Final = 4
_IS_FROM: Final = re.compile(rf"{_ALONE}来自$")
_PART: Final = re.compile(rf"{_RANK}(?:[{HAN}]{{1,4}}?[县区镇乡村市])?")
_OF_THERE: Final = re.compile(
    rf"{_RANK}(?:籍(?!贯)|户口|户籍(?!民警|管理|科|室|警)|人(?![民才口事力寿文工士大体类机造脸均间]))"
    r"|[ -](?:native|born|hukou|household registration)\b"
)
_MAY_TELL_A_PLACE: Final = re.compile(r"[籍户人]|生于|生在|来自|老家|家乡|成长于|native|born|hukou|household")
_OF_WOMEN: Final = re.compile(r"(?<=[a-z])wom([ae])n\b|\b(waitr|actr|stewardess|hostess)(?:ess)?\b")
_OF_MEN: Final = {"waitr": "waiter", "actr": "actor", "stewardess": "steward", "hostess": "host"}


def without(normal: str) -> str:
    """The lower-case text without it. Names of jobs that tell a gender are those of men: a waitress is a waiter."""
    if _MAY_TELL_A_PLACE.search(normal):
        normal = "".join(_without_origins(normal))
    return _OF_WOMEN.sub(
        lambda found: f"m{found[1]}n" if found[1] else _OF_MEN[found[2]],
        _PERSONAL_ENGLISH.sub(" ", _PERSONAL.sub(" ", normal)),
    )


def _without_origins(normal: str) -> Iterator[str]:
    """The text without places where somebody was born or is registered."""
    end = 0
    for start, stop in _runs(normal):
        there, part = _OF_THERE.match(normal, stop), _PART.match(normal, stop)
        after = part.end() if part else stop
        if there:
            after = there.end()
        elif not _FROM.search(normal, max(end, start - _LONGEST_FROM), start):
            is_said_alone = _IS_FROM.search(normal, max(end, start - _LONGEST_FROM), start) and not _HAN.match(
                normal, after
            )
            if not is_said_alone:
                continue
        yield f"{normal[end:start]} "
        end = after
    yield normal[end:]


def _runs(normal: str) -> Iterator[tuple[int, int]]:
    """Where places stand in a text; one behind the other, such as 河南省信阳, are one."""
    first = last = place = 0
    for piece, meant in lexicon.AREAS.split(normal):
        if meant:
            if first == last or not _BETWEEN.fullmatch(normal, last, place):
                if first < last:
                    yield first, last
                first = place
            last = place + len(piece)
        place += len(piece)
    if first < last:
        yield first, last
