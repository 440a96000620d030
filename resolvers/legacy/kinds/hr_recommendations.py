"""The HR system's recommendations, with what recruiters did with them, and their watch lists."""

from collections.abc import Mapping
from typing import Any

from models.identity import User
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import (
    Recommendation,
    RecommendationComment,
    RecommendationMark,
    WatchedResume,
)
from models.talent.vocabulary import Mark
from resolvers.legacy import resumes, values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.resumes import choice
from resolvers.legacy.values import Refused
from resolvers.talent.marks import MAX_COMMENT, MAX_COMMENTS, MAX_MARKS

_users, _feeds, recommendations, watched = map(table_of, (User, Feed, Recommendation, WatchedResume))
_marks, _comments = table_of(RecommendationMark), table_of(RecommendationComment)
_MAX_SCORE = 100
_NAMES = {
    "已约到面试": Mark.INVITE_INTERVIEW,
    "已参加面试": Mark.JOIN_INTERVIEW,
    "下一轮面试": Mark.NEXT_INTERVIEW,
    "已发offer": Mark.SEND_OFFER,
    "已入职": Mark.ENTRY,
    "无求职意愿": Mark.NO_WILL,
    "能力不匹配，约面不成功": Mark.INVITE_LOWER_ABILITY,
    "对公司不感兴趣，约面不成功": Mark.INVITE_NO_INTEREST,
    "约面后爽约": Mark.BREAK_INVITE,
    "能力不匹配": Mark.LOWER_ABILITY,
    "对公司项目不感兴趣": Mark.NO_INTEREST,
    "拒绝offer": Mark.REJECT_OFFER,
}
"""The texts by which the old system shows marks, which it may have stored too."""


async def move_recommendations(batch: Batch) -> None:
    """Recommendations, with the recruiter's marks and comments."""

    def recommendation(row: Row) -> dict[str, Any]:
        fields, times = row.fields, batch.times(row)
        displayed = values.instant(fields.get("displayed_at"), "displayed_at", batch.zone) or times["created_at"]
        return {
            "feed_id": batch.reference(_feeds, fields["feed"], "The feed"),
            "resume_id": batch.reference(resumes.resumes, fields["resume"], "The resume"),
            "score": round(values.number(fields.get("score"), "score", minimum=0, maximum=_MAX_SCORE)),
            "title_score": 0,
            "reasons": [],
            "keywords": values.texts(fields.get("keywords"), "keywords", 64),
            "is_current": True,
            "displayed_at": displayed,
            "calculated_at": displayed,
            "read_at": displayed if values.truth(fields.get("is_read")) else None,
            "hidden_at": None,
            "sent": values.truth(fields.get("sent")),
            "by_partner": values.truth(fields.get("by_partner")),
            "mark": None,
            **times,
        }

    rows = batch.converted(recommendation)
    marks = {row.number: _marks_of(batch, row, found) for row, found in rows}
    comments = {row.number: _comments_of(batch, row, found) for row, found in rows}
    for row, found in rows:
        found["mark"] = marks[row.number][-1]["mark"] if marks[row.number] else None
    await batch.assign([row for row, _found in rows], recommendations)
    await batch.add_new(recommendations, rows, otherwise="The resume is recommended for the feed already.")
    for table, parts in ((_marks, marks), (_comments, comments)):
        await batch.add(
            table,
            [
                {"recommendation_id": row.new_id, **part}
                for row, _found in rows
                if row.new_id is not None
                for part in parts[row.number]
            ],
        )


def _marks_of(batch: Batch, row: Row, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The moves of the mark, the oldest first."""
    moves = []
    for entry in batch.entries(row, "marks", "marks")[:MAX_MARKS]:
        try:
            name = entry.get("mark_name") or entry.get("mark")
            mark = choice(_NAMES.get(str(name), name), Mark, "mark")
            made = values.instant(entry.get("mark_time"), "mark_time", batch.zone) or found["created_at"]
        except Refused as refused:
            batch.refuse_part(row, "marks", str(refused))
            continue
        moves.append({"mark": mark, "created_at": made, "updated_at": made})
    batch.counts["marks imported"] += len(moves)
    return sorted(moves, key=lambda move: move["created_at"])


def _comments_of(batch: Batch, row: Row, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    remarks = []
    for entry in batch.entries(row, "comments", "comments")[:MAX_COMMENTS]:
        try:
            content = values.text(entry.get("content"), "content", max_length=MAX_COMMENT, required=True)
            made = values.instant(entry.get("comment_time"), "comment_time", batch.zone) or found["created_at"]
        except Refused as refused:
            batch.refuse_part(row, "comments", str(refused))
            continue
        remarks.append({"content": content, "created_at": made, "updated_at": made})
    batch.counts["comments imported"] += len(remarks)
    return remarks


async def move_watches(batch: Batch) -> None:
    """Watch lists: a resume that a recruiter watches, and the feed that it was found through."""

    def watch(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "user_id": batch.reference(_users, fields["user"], "The recruiter"),
            "feed_id": batch.reference(_feeds, fields["feed"], "The feed"),
            "resume_id": batch.reference(resumes.resumes, fields["resume"], "The resume"),
            **batch.times(row),
        }

    rows = batch.converted(watch)
    await batch.assign([row for row, _found in rows], watched)
    await batch.add_new(watched, rows, otherwise="The resume is watched for the feed already.")
