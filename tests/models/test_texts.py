"""One spelling for what people type, kind by kind."""

import re

import pytest

from models import texts
from models.texts import Normalise

SPELLINGS: dict[Normalise, list[tuple[str, str]]] = {
    texts.account: [
        ("2021214285", "2021214285"),
        (" 2021214285\n", "2021214285"),
        ("２０２１２１４２８５", "2021214285"),
        ("2021 214 285", "2021214285"),
        ("\u202d2021214285\u202c", "2021214285"),
        ("2021\u200b214\ufeff285", "2021214285"),
        ("\u30002021214285\u00a0", "2021214285"),
        ("ＡＢｃ1234567", "ABc1234567"),
        ("2.0212E+09", "2.0212E+09"),
        ("20212\n14285", "20212\n14285"),
    ],
    texts.username: [(" ｘｉａｏ𠮷\u200d ", "xiao𠮷"), ("xiao ming", "xiao ming"), ("Xiao_Ming", "Xiao_Ming")],
    texts.code: [("123456", "123456"), (" １２３ ４５６\t", "123456"), ("\u200e123456\u200e", "123456"), ("", "")],
    texts.number: [
        (" ８７．５ ", "87.5"),
        ("\u202d＋９０\u202c", "+90"),
        ("－1", "-1"),
        ("2²", "2²"),
        ("1 000", "1 000"),
        ("٣", "٣"),
    ],
    texts.name: [
        ("张三", "张三"),
        (" 张\u3000三 ", "张三"),
        ("张  三\u200b丰", "张三丰"),
        ("𠮷 田〇 㛃", "𠮷田〇㛃"),
        ("John   Smith", "John Smith"),
        ("Ｊｏｈｎ\u00a0Ｓｍｉｔｈ", "John Smith"),
        ("阿卜杜·热合曼", "阿卜杜·热合曼"),
        ("\u202e三张\u202c", "三张"),
        ("张 San", "张 San"),
    ],
    texts.class_name: [
        ("1班", "1班"),
        (" １　班\n", "1班"),
        ("软工 1 班", "软工1班"),
        ("软工（１）班", "软工(1)班"),
        ("Class  3  B", "Class 3 B"),
        ("计算机​ 2201 班", "计算机2201班"),
        ("", ""),
    ],
    texts.date: [
        ("2026-03-02", "2026-03-02"),
        (" ２０２６－０３－０２ ", "2026-03-02"),
        ("2026 - 03 - 02", "2026-03-02"),
        ("２０２６年 ３月", "2026年3月"),
        ("2026 / 3", "2026/3"),
        ("Sep  2020", "Sep 2020"),
        ("\u200e2020-09\u200e", "2020-09"),
        (" 至今 ", "至今"),
    ],
    texts.phone: [
        *(
            (spelling, "13912345678")
            for spelling in (
                "13912345678",
                " 13912345678 ",
                "+86 13912345678",
                "+8613912345678",
                "0086 139 1234 5678",
                "8613912345678",
                "86-139-1234-5678",
                "139-1234-5678",
                "139 1234 5678",
                "139.1234.5678",
                "(+86) 139 1234 5678",
                "+86 (0)139 1234 5678",
                "013912345678",
                "１３９１２３４５６７８",
                "＋８６－１３９－１２３４－５６７８",
                "139–1234—5678",
                "139\u20111234\u20115678",
                "\u202d139\u200b12345678\u202c",
            )
        ),
        ("023-60000001", "023-60000001"),
        ("０２３－６０００　０００１", "023-6000 0001"),
        ("+852 9123 4567", "+852 9123 4567"),
        ("1391234567", "1391234567"),
        ("139123456789", "139123456789"),
        ("12912345678", "12912345678"),
        ("139\n12345678", "139\n12345678"),
    ],
    texts.id_number: [
        ("11010119900307123x", "11010119900307123X"),
        (" １１０１０１ １９９００３０７ １２３Ｘ ", "11010119900307123X"),
        ("a123456(7)", "A123456(7)"),
        ("沪字第 1234567 号", "沪字第1234567号"),
    ],
    texts.email: [
        (" Zhang.San@Example.COM ", "zhang.san@example.com"),
        ("zhang.san＠example．com", "zhang.san@example.com"),
        ("zhang.san@\u200bexample.com", "zhang.san@example.com"),
        ("zhang.san @ example . com", "zhang.san@example.com"),
        ("zhang san@example.com", "zhang san@example.com"),
        ("zhang.san@例子.中国", "zhang.san@xn--fsqu00a.xn--fiqs8s"),
        ("zhang.san@例子。中国", "zhang.san@xn--fsqu00a.xn--fiqs8s"),
        ("zhang.san@XN--FSQU00A.中国", "zhang.san@xn--fsqu00a.xn--fiqs8s"),
        ("zhang.san@bücher.example", "zhang.san@xn--bcher-kva.example"),
        ("张三@example.com", "张三@example.com"),
        ("a@b@例子.中国", "a@b@xn--fsqu00a.xn--fiqs8s"),
        ("zhang.san@例..中国", "zhang.san@例..中国"),
        ("zhang", "zhang"),
        ("", ""),
    ],
    texts.free_text: [
        (" 你好，世界！\n第二行　", "你好，世界！\n第二行"),
        ("（北京）Ａ", "（北京）Ａ"),
        ("\ufeffa\u202eb\u2066c\u200bd\u00ade", "abcde"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f", "👨\u200d👩\u200d👧 ❤\ufe0f"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
}


@pytest.mark.parametrize("kind", SPELLINGS, ids=lambda kind: kind.__name__)
def test_what_people_type_has_one_spelling(kind: Normalise) -> None:
    found = [(typed, kind(typed)) for typed, _ in SPELLINGS[kind]]

    assert found == SPELLINGS[kind]
    assert [kind(spelled) for _, spelled in found] == [spelled for _, spelled in found]


@pytest.mark.parametrize("kind", SPELLINGS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "text", ["\0", "\ud800", "\udfff" * 2000, "\ufdfa" * 100_000, "@" * 5000, "例." * 600, "a@" + "例" * 900]
)
def test_nothing_that_can_be_sent_is_too_much(kind: Normalise, text: str) -> None:
    assert len(kind(text)) <= max(len(text), 18 * texts.LONGEST)


def test_every_chinese_character_is_one() -> None:
    han = re.compile(f"[{texts.HAN}]")

    for character in "一龥鿿㐀䶿㛃〇々𠀀𠮷𪛟𫝀𫢸𬺰𮯰𰀀𱍐豈":
        assert han.fullmatch(character), hex(ord(character))
    for character in "Aé１。·、あア한①😀":
        assert not han.fullmatch(character), hex(ord(character))
