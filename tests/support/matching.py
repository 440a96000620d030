"""Resumes and feeds to match."""

from datetime import date
from typing import Any

from resolvers.matching.documents import FeedDocument, JobDocument, Match, ResumeDocument
from resolvers.matching.engine import Engine, compile_feed
from resolvers.matching.profile import Profile

TODAY = date(2026, 11, 20)


def resume(resume_id: int = 1, **fields: Any) -> ResumeDocument:
    return ResumeDocument(resume_id, TODAY, **fields)


def feed(title: str = "", **fields: Any) -> FeedDocument:
    return FeedDocument(fields.pop("feed_id", 1), title, **fields)


def job(position: str = "", description: str = "", company: str = "某公司", **fields: Any) -> JobDocument:
    return JobDocument(company, position, description, fields.pop("start", date(2023, 1, 1)), **fields)


def match(wanted: FeedDocument, document: ResumeDocument, *others: ResumeDocument) -> Match:
    """How a resume fits a feed, among others."""
    engine = Engine()
    for held in (document, *others):
        engine.put(Profile.of(held))
    found = engine.match_resume(Profile.of(document), [compile_feed(wanted)], minimum=0)[0]
    assert found is not None
    return found
