"""The recorder's posts, each of which holds its comments."""

from collections.abc import Mapping
from typing import Any

from models.community import Comment, Post
from models.identity import User
from models.statements import table_of
from resolvers.community import MAX_CONTENT
from resolvers.legacy import values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.kind import Kind
from resolvers.legacy.values import Refused

_users, _posts, _comments = table_of(User), table_of(Post), table_of(Comment)


async def move_posts(batch: Batch) -> None:
    """Posts, with their comments: the newest stands first there, and gets the largest id here."""

    def post(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "author_id": batch.reference(_users, fields["user"], "The user"),
            "title": values.text(fields["title"], "title", max_length=255, required=True),
            "content": values.text(fields["content"], "content", max_length=MAX_CONTENT, required=True),
            "anonymous": values.truth(fields.get("anonymous")),
            **batch.times(row),
        }

    rows = batch.converted(post)
    entries = {row.number: list(batch.entries(row, "comments", "comments")) for row, _values in rows}
    authors = [key for found in entries.values() for each in found if (key := _author(each)) is not None]
    await batch.look_up({_users: authors})
    await batch.assign([row for row, _values in rows], _posts)
    comments = [
        comment for row, found in rows for comment in _comments_of(batch, row, found, reversed(entries[row.number]))
    ]
    await batch.add(_posts, [{"id": row.new_id, **found} for row, found in rows])
    await batch.add(_comments, comments)


def _author(entry: Mapping[str, Any]) -> str | None:
    user = entry.get("user")
    return values.key(user.get("id") if isinstance(user, dict) else entry.get("uid"))


def _comments_of(batch: Batch, row: Row, post: dict[str, Any], entries: Any) -> list[dict[str, Any]]:
    """The comments of a post, which changed with the last of them."""
    comments = []
    for entry in entries:
        try:
            author_id = batch.reference(_users, _author(entry), "The author of the comment")
            content = values.text(entry.get("content"), "content", max_length=MAX_CONTENT, required=True)
            made = values.instant(entry.get("created_at"), "created_at", batch.zone) or post["created_at"]
        except Refused as refused:
            batch.refuse_part(row, "comments", str(refused))
            continue
        anonymous = values.truth(entry.get("anonymous"))
        shown = made.replace(minute=0, second=0, microsecond=0) if anonymous else made
        post["updated_at"] = max(post["updated_at"], shown)
        comments.append(
            {
                "post_id": row.new_id,
                "author_id": author_id,
                "content": content,
                "anonymous": anonymous,
                "created_at": made,
                "updated_at": made,
            }
        )
    batch.counts["comments imported"] += len(comments)
    return comments


POSTS = Kind(
    "posts",
    _posts,
    frozenset({"id", "user", "title", "content"}),
    frozenset({"created_at", "updated_at"}) | {"anonymous", "comments"},
    move_posts,
    {"user": _users},
)
