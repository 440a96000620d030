"""Dates of jobs and studies, as people type them."""

from datetime import date

from resolvers.talent.periods import is_lasting, months, parsed

SEPTEMBER_2022 = (
    *(
        "2022-09",
        "2022.9",
        "2022/09",
        "2022/09/01",
        "2022-9-1",
        "2022.09.30",
        "2022 09",
        "2022\\9",
        "2022。9",
        "2022–09",
    ),
    *(
        "2022年9月",
        "2022年09月",
        "2022 年 9 月",
        "2022年9月1日",
        "2022年9",
        "2022年9月入职",
        "二〇二二年九月",
        "二零二二年九月",
    ),
    *("202209", "20220901", "2022-09-01 00:00:00", "2022-09-01T00:00:00.000Z", " 2022-09 ", "2022\u200b-09\u202c"),
    *("２０２２．０９", "２０２２年９月", "２０２２０９", "２０２２－０９", "２０２２／９／１"),
    *(
        "Sep 2022",
        "Sept. 2022",
        "SEP, 2022",
        "September 2022",
        "september2022",
        "Ｓｅｐ　２０２２",
        "2022 Sep",
        "2022-Sep-01",
    ),
    *("1 September 2022", "September 1, 2022", "1st Sep 2022", "Sep-22", "Sep 22", "Sep '22", "Sep’22"),
    *("09/2022", "9/2022", "9.2022", "09-2022", "13/09/2022", "09/13/2022", "09/09/2022"),
    *("22年9月", "22年09月", "22年9月入职", "'22年9月", "二二年九月", "22.9", "22/09", "22-9", "9/22", "09-22"),
)
OTHERS = {
    "2022": date(2022, 1, 1),
    "2022年": date(2022, 1, 1),
    "2022届": date(2022, 1, 1),
    "22年": date(2022, 1, 1),
    "98年7月": date(1998, 7, 1),
    "1998年十二月": date(1998, 12, 1),
    "00年十月": date(2000, 10, 1),
    "49年1月": date(2049, 1, 1),
    "50年1月": date(1950, 1, 1),
    "May 2019": date(2019, 5, 1),
    "December 31, 1999": date(1999, 12, 1),
    "Sep 2019": date(2019, 9, 1),
    "September 2019": date(2019, 9, 1),
    "19年9月": date(2019, 9, 1),
    "09/2019": date(2019, 9, 1),
}
UNREADABLE = (
    *("", " ", "-", "无", "不详", "火星", "unknown", "至今", "present", "9月", "Sep", "Sep 5", "19 Sep", "Smarch 2022"),
    *("2022-13", "2022-00", "202213", "202200", "2022年13月", "13年13月", "13/2022", "2022-09-45", "20229", "2099999"),
    *("1899-09", "2100-09", "9999", "43709", "1567296000", "1567296000000", "3年", "2022 smarch", "2022-1-2-3"),
    *("08.09", "01/02/2022", "2018.09-2020.06", "2018.09-20.06", "2018-2020", "2018年9月至2020年6月", "²⁰²²-⁹9"),
)
LASTING = (
    *(
        "",
        " ",
        "至今",
        "至 今",
        "至今。",
        "~至今",
        "至今（在职）",
        "今",
        "迄今",
        "到今",
        "现在",
        "到现在",
        "目前",
        "至目前",
        "当前",
        "在职",
        "在读",
    ),
    *(
        "現在",
        "當前",
        "ＰＲＥＳＥＮＴ",
        "Present",
        "present day",
        "at present",
        "to present",
        "until present",
        "now",
        "Now.",
        "till now",
    ),
    *("until now", "up to now", "current", "Currently", "today", "ongoing", "to date", "To-Date", "till date"),
    *("present (full-time)", "2019.09至今", "2019.09 - present", "Sep 2019 – now"),
)
ENDED = (
    "2022-09",
    "火星",
    "-",
    "unknown",
    "snow",
    "离职",
    "不在职",
    "未知",
    "representative",
    "recurrent",
    "date",
    "至",
)

TODAY = date(2026, 3, 2)
LENGTHS = {
    ("202009", "202106"): 10,
    ("2020-09", "2021-06"): 10,
    ("2020-09", "2020-09"): 1,
    ("2025-10", "至今"): 6,
    ("2025-10", "Present"): 6,
    ("2025-10", ""): 6,
    ("2025-10", "2030-01"): 6,
    ("2025-10", "火星"): 0,
    ("2025-10", "-"): 0,
    ("2025-10", "08.09"): 0,
    ("火星", "2021-06"): 0,
    ("火星", "至今"): 0,
    ("", "2021-06"): 0,
    ("", ""): 0,
    ("2021-06", "2020-09"): 0,
    ("2027-01", "至今"): 0,
}


def test_one_month_in_all_its_spellings() -> None:
    assert {text: parsed(text) for text in SEPTEMBER_2022} == dict.fromkeys(SEPTEMBER_2022, date(2022, 9, 1))


def test_other_dates() -> None:
    assert {text: parsed(text) for text in OTHERS} == OTHERS


def test_what_is_no_date_or_could_be_two_is_none() -> None:
    assert {text: parsed(text) for text in UNREADABLE} == dict.fromkeys(UNREADABLE)


def test_what_says_that_it_lasts() -> None:
    assert {text: is_lasting(text) for text in LASTING + ENDED} == {
        **dict.fromkeys(LASTING, True),
        **dict.fromkeys(ENDED, False),
    }


def test_both_months_count_and_what_cannot_be_read_counts_for_nothing() -> None:
    assert {texts: months(*texts, today=TODAY) for texts in LENGTHS} == LENGTHS
