"""The teacher of the first of the two groups."""

from sqlalchemy import insert

from models.identity import Credential, CredentialKind, Role, User, UserRole
from models.statements import table_of
from models.teaching import TeacherClass
from resolvers.demonstration import DEMONSTRATION_TEACHER
from resolvers.demonstration.story import Story, returning_ids
from resolvers.demonstration.students import CLASSES

_ADD_USERS = returning_ids(table_of(User))


async def load(story: Story) -> None:
    """A user who signs in with an account, as the students do, and sees one class."""
    created = {"created_at": story.at(story.days[0], 9)}
    person = {"name": "高明远", "has_initial_password": True, "must_change_password": False, **created}
    (user_id,) = await story.add_returning(_ADD_USERS, [person])
    account = {"kind": CredentialKind.STUDENT_ACCOUNT, "identifier": DEMONSTRATION_TEACHER}
    rows: dict[type, dict[str, str]] = {
        Credential: account,
        UserRole: {"role": Role.TEACHER},
        TeacherClass: {"class_name": CLASSES[0]},
    }
    for model, values in rows.items():
        await story.add(insert(table_of(model)), [{"user_id": user_id, **values, **created}])
