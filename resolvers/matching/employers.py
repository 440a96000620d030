"""What the name of an employer says: names of companies and domains, where no other word contains a piece of them."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from resolvers.matching import context, lexicon
from resolvers.matching.lexicon.phrases import Phrases

_BEHIND_A_NAME: Final = re.compile(
    r"集团|公司|分公司|分部|分店|有限|股份|控股|科技|科工|技术|信息|网络|电子|汽车|软件|数据|互联|金融|银行|证券|基金|保险|财产|投资|咨询|商业|商城|物流|供应链"
    r"|通信|通讯|传媒|教育|医疗|药业|健康|石化|石油|航空|工业|工程|实业|电器|电商|贸易|国际|中国|服务|云|\W"
)
"""Words that segmenters join to the name of a company."""


def named(phrases: Phrases, normal: str) -> Iterator[str]:
    """The terms of the names in a normalised text: 美的 is none in 完美的, and 阿里 none in 阿里山."""
    for end, terms, is_ended in _begun(phrases, normal):
        if is_ended or _BEHIND_A_NAME.match(normal, end):
            yield from terms


def domains(company: str) -> Iterator[str]:
    """The terms of the domains in a company's normalised name: 通信 is one in 通信局, and none in 华通信息."""
    for _, terms, _ in _begun(lexicon.DOMAINS, company):
        yield from terms


def _begun(phrases: Phrases, normal: str) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Those that begin like a word: where each ends, its terms, and whether a word ends there."""
    found = [*_spans(phrases, normal)]
    if not found:
        return
    cuts = sorted(context.cuts(normal))
    places = [(start, end) for start, end, _ in _spans(lexicon.AREAS, normal)]
    for start, end, terms in found:
        cut = [last for first, last in places if first < start < last or first < end < last]
        if cut:  # 北京东软 has 东软, and no 京东
            start = cut[0]
            piece, terms = next(phrases.split(normal[start:]), ("", ()))
            end = start + len(piece)
        # A name may end a longer word: 商业银行.
        is_last = end in cuts[bisect_right(cuts, start) :][:1]
        if start in cuts or is_last or any(last == start for _, last in places):
            yield end, terms, end in cuts


def _spans(phrases: Phrases, normal: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    start = 0
    for piece, terms in phrases.split(normal):
        end = start + len(piece)
        if terms:
            yield start, end, terms
        start = end
