"""Real postings as a test set, tried with a few invented ones."""

import gzip
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from benchmarks.matching import real
from benchmarks.matching.search_engine import search_engines

TRADES = {
    "会计": "编制凭证和报表，核对往来账目，申报税款，配合每年一次的外部审计工作，管理发票与合同台账",
    "会计主管": "审核凭证和报表，安排核算工作，申报税款，配合每年一次的外部审计工作，指导出纳与核算人员",
    "护士": "测量体温和血压，执行医嘱，输液与换药，记录病情，安抚病人和家属，交接班并清点急救物品",
}


def posting(title: str, category: str, said: str) -> dict[str, object]:
    return {
        "title": title,
        "categories": [category],
        "duties": said,
        "requirements": f"要求：{said}，工作认真，有责任心，沟通良好",
        "keywords": [category],
        "city": "",
        "salary": "",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = [
        posting(f"{name} {number}", name, f"{said} {number}") for name, said in TRADES.items() for number in range(12)
    ]
    made += [posting("短", "会计", "短"), posting("一次", "只有一次的类别", TRADES["护士"])]
    (tmp_path / real.POSTINGS).write_bytes(gzip.compress(b"\n".join(map(orjson.dumps, made))))
    return tmp_path


def test_short_postings_and_rare_categories_are_left_out(folder: Path) -> None:
    postings = real.read(folder)

    assert len(postings) == 36
    assert {category for each in postings for category in each.categories} == set(TRADES)


def test_the_halves_share_no_title_and_grades_follow_the_categories(folder: Path) -> None:
    postings = real.read(folder)
    tuning, held_out = (real.real_set(postings, tuning=half, titled=True, feeds=50) for half in (True, False))

    titles = [{resume.jobs[0].position for resume in each.resumes} for each in (tuning, held_out)]
    assert titles[0].isdisjoint(titles[1])
    assert len(titles[0] | titles[1]) == 36
    for each in (tuning, held_out):
        for feed, grades in zip(each.feeds, each.grades, strict=True):
            asked = feed.title.split()[0]
            for resume, grade in zip(each.resumes, grades, strict=True):
                held = resume.jobs[0].position.split()[0]
                assert grade == (2 if held == asked else 1 if {held, asked} == {"会计", "会计主管"} else 0)
    assert [feed.title for feed in tuning.feeds] == [tuning.resumes[own].jobs[0].position for own in tuning.own]
    hidden = real.real_set(postings, tuning=True, titled=False)
    assert {resume.jobs[0].position for resume in hidden.resumes} == {""}


def test_the_report_has_each_ranking_and_its_distance(folder: Path) -> None:
    console = Console(record=True, width=140)

    found = real.report(console, folder, tuning=True, feeds=4)

    assert {(row["ranking"], row["metric"]) for row in found} == {
        (ranking, metric)
        for ranking in ("Careergraph", "plain BM25", *search_engines(), "random")
        for metric in real.METRICS
    }
    assert len({row["model"] for row in found}) == 2
    assert "Careergraph − plain BM25" in console.export_text()
    (ours,) = {
        row["mean"]
        for row in found
        if (row["ranking"], row["metric"], row["model"]) == ("Careergraph", "nDCG@10", "tuning, titles shown")
    }
    assert ours == 1
