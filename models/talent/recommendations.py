"""Recommendations: the resumes recommended for a feed, and the recruiter's actions on them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from models.base import BIG_ID, Entity, reference, table_arguments


class Recommendation(Entity, table=True):
    """One resume for one feed. What the recruiter did, and when it was first shown, outlive a new computation.

    `is_current` is false where the resume does not fit any more. `reasons` are the components of the score:
    objects of component, points, max, evidence and missing, and those of asked, held, met, unmet and truncated that are
    not empty. The entries of their lists are names, or facts of kind and values (`resolvers.matching.documents`).
    """

    __tablename__ = "recommendations"
    __table_args__ = table_arguments(
        UniqueConstraint("feed_id", "resume_id"),
        Index("ix_recommendations_shown", "feed_id", "displayed_at", "score", "id"),
        Index("ix_recommendations_resume_id", "resume_id", "id"),
        # All that statistics count.
        Index("ix_recommendations_displayed_at", "displayed_at", "feed_id", "read_at", "hidden_at", "mark"),
    )

    feed_id: int = reference("feeds")
    resume_id: int = reference("resumes")
    score: int
    title_score: int
    reasons: list[Any] = Field(default_factory=list, sa_type=JSON)
    keywords: list[Any] = Field(default_factory=list, sa_type=JSON)
    is_current: bool = True
    displayed_at: datetime
    calculated_at: datetime
    read_at: datetime | None = None
    hidden_at: datetime | None = None
    sent: bool = False
    """The candidate handed the resume in for this feed."""
    by_partner: bool = False
    """A talent partner recommended it."""
    mark: str | None = Field(default=None, max_length=32)
    """Where the recruiter stands with the candidate."""


class RecommendationMark(Entity, table=True):
    """A move of a recommendation's mark."""

    __tablename__ = "recommendation_marks"
    __table_args__ = table_arguments(Index("ix_recommendation_marks_of", "recommendation_id", "id"))

    recommendation_id: int = reference("recommendations")
    mark: str = Field(max_length=32)


class RecommendationComment(Entity, table=True):
    """A remark of the recruiter about a candidate, for themselves."""

    __tablename__ = "recommendation_comments"
    __table_args__ = table_arguments(Index("ix_recommendation_comments_of", "recommendation_id", "id"))

    recommendation_id: int = reference("recommendations")
    content: str = Field(max_length=1000)


class WatchedResume(Entity, table=True):
    """A resume on a recruiter's watch list, and the feed it was found through."""

    __tablename__ = "watched_resumes"
    __table_args__ = table_arguments(
        UniqueConstraint("feed_id", "resume_id"), Index("ix_watched_resumes_user_id_id", "user_id", "id")
    )

    user_id: int = reference("users")
    feed_id: int = reference("feeds")
    resume_id: int = reference("resumes")


class AcquiredContact(Entity, table=True):
    """A recruiter spent one contact of a package to see how to reach somebody."""

    __tablename__ = "acquired_contacts"
    __table_args__ = table_arguments(UniqueConstraint("user_id", "resume_id"))

    user_id: int = reference("users")
    resume_id: int = reference("resumes")
    package_id: int | None = reference("packages", kept=True)


class ResumeProfile(Entity, table=True):
    """What matching knows of a resume, as `resolvers.matching.profile` wrote it."""

    __tablename__ = "resume_profiles"
    __table_args__ = table_arguments()

    resume_id: int = reference("resumes", unique=True)
    content: bytes = Field(sa_type=LargeBinary)


class MatchingTask(Entity, table=True):
    """A feed or a resume that changed, so that recommendations are to be computed; gone once they are.

    `version` counts the changes: a task that changed while it was worked on stays.
    """

    __tablename__ = "matching_tasks"
    __table_args__ = table_arguments(UniqueConstraint("kind", "subject_id"))

    kind: str = Field(max_length=16)
    subject_id: int = Field(sa_type=BIG_ID)
    version: int = 1
