"""Posts and their comments."""

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class Post(Entity, table=True):
    """An experience that a student shares, anonymously if they wish."""

    __tablename__ = "posts"
    __table_args__ = table_arguments(
        Index("ix_posts_author_id_id", "author_id", "id"), Index("ix_posts_created_at_id", "created_at", "id")
    )

    author_id: int = reference("users")
    title: str = Field(max_length=255)
    content: str = Field(sa_type=Text)
    anonymous: bool = False


class Comment(Entity, table=True):
    """A remark under a post."""

    __tablename__ = "comments"
    __table_args__ = table_arguments(Index("ix_comments_post_id_id", "post_id", "id"))

    post_id: int = reference("posts")
    author_id: int = reference("users", index=True)
    content: str = Field(sa_type=Text)
    anonymous: bool = False


class PostLike(Entity, table=True):
    """That somebody likes a post: the constraint has them do so once."""

    __tablename__ = "post_likes"
    __table_args__ = table_arguments(
        UniqueConstraint("post_id", "user_id"), Index("ix_post_likes_post_id_id", "post_id", "id")
    )

    post_id: int = reference("posts")
    user_id: int = reference("users", index=True)
