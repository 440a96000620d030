"""Recommendations in the graph."""

import datetime
from typing import Any, cast

import strawberry

from auth.policies import owner, signed_in, with_parent
from models.talent.vocabulary import Mark
from resolvers.matching.bounds import MAX_EVIDENCE, MAX_KEYWORDS
from resolvers.matching.documents import Component
from resolvers.talent import candidates, marks, recommendations, remarks
from resolvers.talent.marks import MAX_COMMENTS, MAX_MARKS
from resolvers.talent.recommendations import MAX_AREAS, MAX_DAYS, TITLE_MATCHES
from schema.engine.context import Info
from schema.engine.fields import column, hint, link, list_link, resolved
from schema.engine.types import Node, enum_type, input_type, node_type, value_type
from schema.engine.wording import Wording
from schema.talent.candidates import CandidateResume
from schema.talent.explanations import told

enum_type(
    Component,
    description="A component of a score.",
    values={
        Component.TITLE: "The match of the positions with the feed's title.",
        Component.SKILLS: "The feed's skills that the resume shows; rare ones count more.",
        Component.TEXT: "The similarity of the texts of feed and resume.",
        Component.LEVEL: "The level, and the years of work.",
        Component.DEGREE: "The degree that the feed's texts ask for, and the highest one of the resume.",
        Component.AREA: "The city.",
        Component.SALARY: "Whether the salaries overlap.",
        Component.DOMAIN: "The domain of the job.",
        Component.COMPANY: "The companies that the recruiter prefers.",
    },
)
enum_type(
    Mark,
    description="The state of a recruiter's contact with a candidate.",
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

    component: Component = column("The component.")
    points: float = column("The points.")
    max: float = column("The maximum number of points.")
    evidence: list[str] = column("What in the resume earns the points.", at_most=MAX_EVIDENCE)
    missing: bool = column("Whether the resume or the feed has no data for it, so that it counts half.")
    asked: list[str] = column("What the feed asks for; of SKILLS and TEXT the weightiest.", at_most=MAX_EVIDENCE)
    held: list[str] = column("What the resume has of that kind, the nearest first.", at_most=MAX_EVIDENCE)
    met: list[str] = column("What is asked and held.", at_most=MAX_EVIDENCE)
    unmet: list[str] = column(
        "What is asked and not held. What the resume says nothing about is neither met nor unmet.",
        at_most=MAX_EVIDENCE,
    )
    truncated: bool = column("Whether the resume says more than matching reads.")

    @classmethod
    def of(cls, reason: Any, wording: Wording) -> "RecommendationReason":
        """The reason in a row; those of older versions have only points and evidence."""
        return cls(
            component=Component(reason["component"]),
            points=reason["points"],
            max=reason["max"],
            missing=reason["missing"],
            truncated=reason.get("truncated", False),
            **{
                name: told(reason["component"], reason.get(name, ()), wording)
                for name in ("evidence", "asked", "held", "met", "unmet")
            },
        )


@value_type(
    description="A condition of a feed, and how many more resumes would fit without it alone.", policy=with_parent
)
class LooseningHint:
    """An entry of the column `loosening_hints` of feeds."""

    component: Component = column("The component of the score that the condition is for.")
    keyword: str | None = column("Of SKILLS, the keyword; null otherwise.")
    would_fit: int = column("How many more resumes would be recommended.")

    @classmethod
    def of(cls, hint: Any) -> "LooseningHint":
        """The hint in a row."""
        return cls(component=Component(hint["component"]), keyword=hint["keyword"] or None, would_fit=hint["would_fit"])


@value_type(description="A change of a recommendation's mark.", policy=with_parent)
class RecommendationMark:
    """A row of `recommendation_marks`."""

    mark: Mark = column("The new mark.")
    created_at: datetime.datetime = column("The time of the change.")

    @resolved("Whether the mark is progress.")
    def is_good(self) -> bool:
        """From the list of such marks."""
        return self.mark in marks.GOOD


@node_type(
    description="A comment of the recruiter about a candidate, visible only to the recruiter.",
    policy=signed_in,
    by_id=remarks.comment_by_id,
)
class RecommendationComment(Node):
    """A row of `recommendation_comments`."""

    content: str = column("The text.")
    viewer_can_update: bool = hint("Whether the caller may change it.", remarks.CHANGE)
    viewer_can_delete: bool = hint("Whether the caller may delete it.", remarks.CHANGE)


@node_type(
    description="A resume recommended for a feed; visible only to the feed's recruiter, while the resume is public.",
    policy=owner,
    by_id=recommendations.by_id,
)
class Recommendation(Node):
    """A row of `recommendations`, with the user id of its recruiter."""

    resume: CandidateResume | None = link("The resume.", "resume_id", candidates.by_id)
    score: int = column("The score, from 0 to 100: the sum of the reasons' points.")
    title_score: int = column(f"The title component alone, from 0 to 100; the title matches from {TITLE_MATCHES} on.")
    keywords: list[str] = column("The feed's skills that the resume has.", at_most=MAX_KEYWORDS)
    is_current: bool = column(
        "Whether it still matches; others stay visible after an action of the recruiter, candidate or partner."
    )
    displayed_at: datetime.datetime = column("The time when it was first shown.")
    calculated_at: datetime.datetime = column("The time when the score was computed.")
    read_at: datetime.datetime | None = column("The time when the recruiter first read it; null until then.")
    hidden_at: datetime.datetime | None = column("The time when the recruiter hid it; null while it is visible.")
    sent: bool = column("Whether the candidate sent the resume for this feed.")
    by_partner: bool = column("Whether a talent partner recommended it.")
    is_watched: bool = column("Whether the resume is on the watch list through this feed.")
    mark: Mark | None = column("The current mark; null before the first one.")
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
    def reasons(self, info: Info) -> list[RecommendationReason]:
        """From the column, in the language of the reply."""
        wording = info.context.wording
        return [RecommendationReason.of(reason, wording) for reason in cast("Any", self).__dict__["reasons"]]


@input_type(description="A filter of recommendations; all conditions must hold, but for the pairs that say otherwise.")
class RecommendationFilter:
    """The filter of `recommendations`."""

    hidden: bool = strawberry.field(default=False, description="The hidden ones instead of the visible ones.")
    unread: bool = strawberry.field(default=False, description="Only unread ones.")
    sent: bool = strawberry.field(
        default=False,
        description="Only those sent by the candidate; together with byPartner, either condition suffices.",
    )
    by_partner: bool = strawberry.field(
        default=False,
        description="Only those recommended by a talent partner; together with sent, either condition suffices.",
    )
    title_match: bool = strawberry.field(
        default=False,
        description=f"Only those with a titleScore of at least {TITLE_MATCHES}; together with"
        " extendedMatch, either condition suffices.",
    )
    extended_match: bool = strawberry.field(
        default=False,
        description=f"Only those with a titleScore below {TITLE_MATCHES}; together with titleMatch,"
        " either condition suffices.",
    )
    mark: Mark | None = strawberry.field(default=None, description="Only those with this mark.")
    marks: list[Mark] | None = strawberry.field(default=None, description="Only those with one of these marks.")
    score_min: int | None = strawberry.field(default=None, description="Only those with at least this score.")
    score_max: int | None = strawberry.field(default=None, description="Only those with at most this score.")
    days: int | None = strawberry.field(
        default=None, description=f"Only those first shown within this number of days, from 1 to {MAX_DAYS}."
    )
    areas: list[str] = strawberry.field(
        default_factory=list,
        description="Only candidates who want to work in one of these cities or, with no preference, live there; at"
        f" most {MAX_AREAS}.",
    )
    salary_min: int | None = strawberry.field(
        default=None,
        description="Only candidates whose desired salary range ends at or above this, in yuan per month.",
    )
    salary_max: int | None = strawberry.field(
        default=None,
        description="Only candidates whose desired salary range begins at or below this, in yuan per month.",
    )

    def wanted(self) -> recommendations.RecommendationFilter:
        """As the business takes it."""
        areas = tuple(area for area in self.areas if area.strip())
        marks = None if self.marks is None else tuple(self.marks)
        return recommendations.RecommendationFilter(**{**vars(self), "areas": areas, "marks": marks})
