"""Teachers and the classes that they see."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from models.base import Entity, reference, table_arguments
from models.identity import CLASS_NAME


class TeacherClass(Entity, table=True):
    """A class that a teacher sees: its students are the users whose class has this name.

    Its teacher holds the role TEACHER, which goes with the last of their classes.
    """

    __tablename__ = "teacher_classes"
    __table_args__ = table_arguments(
        UniqueConstraint("user_id", "class_name"), Index("ix_teacher_classes_class_name", "class_name")
    )

    user_id: int = reference("users")
    class_name: str = Field(max_length=CLASS_NAME)
