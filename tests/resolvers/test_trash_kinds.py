"""What belongs to an object that can be restored is found in the tables, and what could not be restored is refused."""

import pytest

from models.identity import User
from models.signing.resumes import Resume
from models.trash import DeletedKind
from resolvers import community, goals, journal
from resolvers.platform import awards
from resolvers.signing import deletion
from resolvers.talent import feeds, remarks
from resolvers.trash.kinds import KINDS, Kind, lacks

OWNERS = (community, goals, journal, awards, deletion, feeds, remarks)
"""The domains whose objects can be restored."""
TABLES = {
    DeletedKind.POST: ["posts", "comments", "post_likes"],
    DeletedKind.COMMENT: ["comments"],
    DeletedKind.WORK_LOG: ["work_logs", "work_log_status_lines"],
    DeletedKind.WORK_LOG_STATUS_LINE: ["work_log_status_lines"],
    DeletedKind.EMPLOYMENT_GOAL: ["employment_goals"],
    DeletedKind.POSTGRADUATE_GOAL: ["postgraduate_goals"],
    DeletedKind.CERTIFICATION: ["certifications", "awards", "award_pictures"],
    DeletedKind.RECOMMENDATION_COMMENT: ["recommendation_comments"],
    # Their rows stay, and are marked.
    DeletedKind.RESUME: [],
    DeletedKind.FEED: [],
}


def test_every_kind_has_all_rows_that_would_go_with_it() -> None:
    assert {kind.name: [table.name for table in kind.tables] for kind in KINDS.values()} == TABLES
    assert set(TABLES) == set(DeletedKind)


@pytest.mark.parametrize("model", [Resume, User])
def test_what_could_not_be_restored_is_refused(model: type) -> None:
    with pytest.raises(TypeError, match=r"would not be restored|cannot be kept"):
        Kind(DeletedKind.POST, model, "Resume")
    assert KINDS[DeletedKind.POST] is community.POSTS


def test_rows_of_an_older_version_may_lack_what_the_table_needs() -> None:
    posts = community.POSTS.table
    row = {"id": 1, "title": "a", "author_id": 1, "created_at": None, "updated_at": None}
    assert lacks(posts, row)
    assert not lacks(posts, {**row, "content": "b"})  # whether it is anonymous has a default
