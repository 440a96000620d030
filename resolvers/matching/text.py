"""Texts in Chinese and English as terms: skills, roles and domains of the lexicon, and the words between them."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import opencc
import rjieba

from models.texts import HAN
from resolvers.matching import context, lexicon

MAX_TEXT = 8000
"""How much of one text counts."""
MAX_WORD = 32

_STOP_WORDS = lexicon.words("stopwords.txt")
_WORD = re.compile(rf"[a-z][a-z0-9+#]+|[{HAN}]{{2,}}")
_HAN = re.compile(f"[{HAN}]")
_PERSONAL = re.compile(
    "|".join(
        (
            r"(?:性别|民族|年龄|婚姻状况|婚姻|婚育状况|婚育|政治面貌|出生日期|出生年月|生日|籍贯)\s*[:：]?\s*(?:群众|无党派|男|女|未|已)?",
            r"男女不限|不限男女|限男性|限女性|限男|限女|男女均可",
            r"男性|女性|男生|女生|男士|女士|先生|小姐|男青年|女青年|帅哥|美女",
            rf"(?<![{HAN}])[男女](?![{HAN}])",
            rf"(?:{'|'.join(sorted(lexicon.words('ethnic_groups.txt')))})族(?!群|谱|长)|少数民族",
            r"中共预备党员|中共党员|预备党员|共产党员|党员|共青团员|团员|民主党派|无党派人士|入党积极分子",
            r"(?:民革|民盟|民建|民进|农工党|致公党|九三学社|台盟)(?:盟员|会员|社员|党员|成员)|九三学社|中国民主同盟|无党派",
            rf"(?<![{HAN}])群众(?![{HAN}])",
            rf"(?:农村|农业|非农业|非农|城镇|城市|居民|本地|外地|[农城]业?)(?:户口|户籍)|(?:户口|户籍)(?:所在地|性质)?\s*[:：]\s*[{HAN}]{{1,8}}",
            r"已婚已育|已婚未育|未婚未育|已婚|未婚|离异|离婚|丧偶|单身|已育|未育",
            r"(?:\d{2}|[一二三四五六七八九十]{1,3})\s*(?:[-~至到]\s*\d{2}\s*)?周?岁(?:以下|以上|以内|左右|之间)?",
            r"(?:19|20)\d{2}\s*年\s*(?:\d{1,2}\s*月\s*)?(?:\d{1,2}\s*[日号]\s*)?(?:出生|生人|生于|生(?![产活命物]))|出生于\s*\d{4}\s*年?",
            r"[6-9]0后|0[05]后",
            r"\b(?:she|he|her|hers|his|him|mrs|mr|miss)\b|\bms\.",
            r"\b(?:fe)?males?\b|\b(?:un)?married\b|\bdivorced\b|\bgender\b|\bethnicity\b",
            r"\b\d{2}\s*years?\s*old\b|\baged?\s*:?\s*\d{2}\b",
        )
    )
)
"""What tells gender, age, ethnicity, marital or political status: it may not score, wherever it stands."""


@cache
def _segmenter() -> rjieba.Jieba:
    return rjieba.Jieba()


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def _simplified(text: str) -> str:
    """A text in simplified characters. One in traditional ones may have the words of Taiwan: 軟體 is 软件."""
    if not _HAN.search(text) or _converter("t2s").convert(text) == text:
        return text
    return _converter("tw2sp").convert(text)


def normalise(text: str) -> str:
    """The text in lower case and one form of each character, without what tells gender, age and the like."""
    known = text[:MAX_TEXT].encode("utf-8", "ignore").decode().replace("\0", " ")
    return _PERSONAL.sub(" ", _simplified(unicodedata.normalize("NFKC", known)).lower())


def words(normal: str) -> list[str]:
    """The words of a normalised text as the segmenter cuts them, with those inside longer ones, without stop words."""
    return [
        word
        for word in _segmenter().cut_for_search(normal)
        if _WORD.fullmatch(word) and word not in _STOP_WORDS and len(word) <= MAX_WORD
    ]


class Terms(NamedTuple):
    """The terms of a text in its order, repetitions included; words that the lexicon does not know are `w:` terms.

    `inner` are the words inside the phrases that it knows: a search for one of them finds the phrase.
    """

    meant: list[str]
    inner: list[str]


def read(text: str) -> Terms:
    """The terms of a text."""
    found = Terms([], [])
    normal = normalise(text)
    for piece, meant in context.meant(normal, lexicon.TEXTS.split(normal)):
        found.meant.extend(meant)
        (found.inner if meant else found.meant).extend(lexicon.WORD + word for word in words(piece))
    return found


def terms(text: str) -> list[str]:
    """The terms of a text without the words inside phrases."""
    return read(text).meant
