"""What teachers see, as conditions of statements that bind `viewer_id`.

A student's class is the name that the user has now: who moves to another class is seen by its teachers at once, and by
those of the former class no more.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from models.identity import User
from models.statements import table_of
from models.teaching import TeacherClass
from resolvers.signing.visibility import viewer_is_administrator

_classes = table_of(TeacherClass)
_users = table_of(User)
_students = table_of(User).alias("taught")
_viewer: Any = bindparam("viewer_id")

viewers_classes = select(_classes.c.class_name).where(_classes.c.user_id == _viewer)
"""The names of the classes that the viewer teaches."""


def viewer_teaches_class(class_name: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the viewer teaches the class of this name."""
    return exists().where(_classes.c.user_id == _viewer, _classes.c.class_name == class_name)


def viewer_teaches_user(user_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the viewer teaches the class of the user of this id."""
    return exists().where(
        _classes.c.user_id == _viewer, _classes.c.class_name == _students.c.class_name, _students.c.id == user_id
    )


is_student = and_(_users.c.class_name > "", _users.c.disabled_at.is_(None))
"""Whether a row of `users` is a student: somebody of a class, who is not disabled."""
class_is_visible = or_(viewer_is_administrator, _users.c.class_name.in_(viewers_classes))
"""Whether the viewer sees the class of a row of `users`: administrators see all."""
