"""Recommendations in the graph."""

import datetime
from typing import Any, cast

import strawberry

from auth.policies import owner, with_parent
from models.talent.vocabulary import Mark
from resolvers.matching.documents import Component
from resolvers.matching.reasons import MAX_EVIDENCE, MAX_KEYWORDS
from resolvers.talent import candidates, marks, recommendations
from resolvers.talent.marks import MAX_COMMENTS, MAX_MARKS
from resolvers.talent.recommendations import MAX_AREAS, MAX_DAYS, TITLE_MATCHES
from schema.engine.fields import column, link, list_link, resolved
from schema.engine.types import Node, enum_type, input_type, node_type, value_type
from schema.talent.candidates import CandidateResume

enum_type(
    Component,
    description="What a score is made of.",
    values={
        Component.TITLE: "How well the positions fit the feed's title.",
        Component.SKILLS: "Which of the feed's skills the resume shows, rare ones counting more.",
        Component.TEXT: "How much of what the feed says stands in the resume.",
        Component.LEVEL: "The level, and the years of work.",
        Component.AREA: "The city.",
        Component.SALARY: "Whether the salaries overlap.",
        Component.DOMAIN: "The domain of the job.",
        Component.COMPANY: "The companies that the recruiter prefers.",
    },
)
enum_type(
    Mark,
    description="Where a recruiter stands with a candidate.",
    values={
        Mark.INVITE_INTERVIEW: "已约到面试.",
        Mark.JOIN_INTERVIEW: "已参加面试.",
        Mark.NEXT_INTERVIEW: "下一轮面试.",
        Mark.SEND_OFFER: "已发offer.",
        Mark.ENTRY: "已入职. Final.",
        Mark.NO_WILL: "无求职意愿.",
        Mark.INVITE_LOWER_ABILITY: "能力不匹配，约面不成功.",
        Mark.INVITE_NO_INTEREST: "对公司不感兴趣，约面不成功.",
        Mark.BREAK_INVITE: "约面后爽约.",
        Mark.LOWER_ABILITY: "能力不匹配.",
        Mark.NO_INTEREST: "对公司项目不感兴趣.",
        Mark.REJECT_OFFER: "拒绝offer.",
    },
)


@value_type(description="One component of a score.", policy=with_parent)
class RecommendationReason:
    """An entry of the column `reasons`."""

    component: Component = column("Which.")
    points: float = column("The points it gave.")
    max: float = column("The most points it can give.")
    evidence: list[str] = column("What in the resume earned them.", at_most=MAX_EVIDENCE)
    missing: bool = column("Whether the resume or the feed says nothing about it, so that it counts half.")

    @classmethod
    def of(cls, reason: Any) -> "RecommendationReason":
        """The reason in a row."""
        return cls(**{**reason, "component": Component(reason["component"])})


@value_type(description="A move of a recommendation's mark.", policy=with_parent)
class RecommendationMark:
    """A row of `recommendation_marks`."""

    mark: Mark = column("Where it moved.")
    created_at: datetime.datetime = column("When.")

    @resolved("Whether that is progress.")
    def is_good(self) -> bool:
        """From the list of such marks."""
        return self.mark in marks.GOOD


@value_type(description="A remark of the recruiter about a candidate, for themselves.", policy=with_parent)
class RecommendationComment:
    """A row of `recommendation_comments`."""

    content: str = column("What it says.")
    created_at: datetime.datetime = column("When it was written.")


@node_type(
    description="A resume that the recruiter of a feed is shown; only they see it, while the resume is public.",
    policy=owner,
    by_id=recommendations.by_id,
)
class Recommendation(Node):
    """A row of `recommendations`, with the user id of its recruiter."""

    resume: CandidateResume | None = link("The resume.", "resume_id", candidates.by_id)
    score: int = column("How well the resume fits, from 0 to 100: the sum of the reasons' points.")
    title_score: int = column(f"The title's part alone, from 0 to 100; the title matches from {TITLE_MATCHES} on.")
    keywords: list[str] = column("The feed's skills that the resume has.", at_most=MAX_KEYWORDS)
    is_current: bool = column("Whether it fits still; it is shown without that where somebody did something about it.")
    displayed_at: datetime.datetime = column("When it was first shown.")
    calculated_at: datetime.datetime = column("When its score was computed.")
    read_at: datetime.datetime | None = column("When the recruiter first read it; null until then.")
    hidden_at: datetime.datetime | None = column("When the recruiter hid it; null while it is shown.")
    sent: bool = column("Whether the candidate handed the resume in for this feed.")
    by_partner: bool = column("Whether a talent partner recommended it.")
    is_watched: bool = column("Whether the resume is on the watch list through this feed.")
    mark: Mark | None = column("Where the recruiter stands with the candidate; null before the first mark.")
    marks: list[RecommendationMark] = list_link(
        "The moves of the mark, in their order.",
        "id",
        recommendations.marks_of_recommendations,
        at_most=MAX_MARKS,
    )
    comments: list[RecommendationComment] = list_link(
        "The recruiter's remarks, in their order.",
        "id",
        recommendations.comments_of_recommendations,
        at_most=MAX_COMMENTS,
    )

    @resolved("What the score is made of.", at_most=len(Component))
    def reasons(self) -> list[RecommendationReason]:
        """From the column."""
        return [RecommendationReason.of(reason) for reason in cast("Any", self).__dict__["reasons"]]


@input_type(description="A filter of recommendations; all conditions must hold, but for the pairs that say otherwise.")
class RecommendationFilter:
    """The filter of `recommendations`."""

    hidden: bool = strawberry.field(default=False, description="The hidden ones instead of those that are shown.")
    unread: bool = strawberry.field(default=False, description="Only those that were not read.")
    sent: bool = strawberry.field(
        default=False, description="Only those that the candidate handed in; with byPartner, either."
    )
    by_partner: bool = strawberry.field(
        default=False, description="Only those that a talent partner recommended; with sent, either."
    )
    title_match: bool = strawberry.field(
        default=False, description=f"Only those with a titleScore from {TITLE_MATCHES} on; with extendedMatch, either."
    )
    extended_match: bool = strawberry.field(
        default=False, description=f"Only those with a titleScore below {TITLE_MATCHES}; with titleMatch, either."
    )
    mark: Mark | None = strawberry.field(default=None, description="Only those that are marked so.")
    days: int | None = strawberry.field(
        default=None, description=f"Only those first shown within so many days, from 1 to {MAX_DAYS}."
    )
    areas: list[str] = strawberry.field(
        default_factory=list,
        description=f"Only who would work in one of these cities or, naming none, lives there; at most {MAX_AREAS}.",
    )
    salary_min: int | None = strawberry.field(
        default=None,
        description="Only whose range of wishes reaches so much, in yuan a month.",
    )
    salary_max: int | None = strawberry.field(
        default=None, description="Only whose range of wishes begins at so much or less, in yuan a month."
    )

    def wanted(self) -> recommendations.RecommendationFilter:
        """As the business takes it."""
        areas = tuple(area for area in self.areas if area.strip())
        return recommendations.RecommendationFilter(**{**vars(self), "areas": areas})
