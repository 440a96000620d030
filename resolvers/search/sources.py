"""What is searched, as data: the kinds of objects, and where the texts of their fields stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, Table, bindparam, select

from models.community import Post
from models.db import Reader
from models.identity import Credential, CredentialKind, User
from models.platform.projects import Project
from models.search import (
    IndexedCandidate,
    IndexedCompany,
    IndexedPerson,
    IndexedPost,
    IndexedProject,
    IndexedResume,
)
from models.signing.companies import Company
from models.signing.resumes import Resume, ResumeEducation, WorkExperience
from models.statements import table_of
from models.talent.targets import JobTarget, TargetArea


class SearchKind(StrEnum):
    """What is searched; results come in this order."""

    PERSON = "people"
    COMPANY = "companies"
    PROJECT = "projects"
    POST = "posts"
    RESUME = "resumes"
    CANDIDATE = "candidates"


Texts = Mapping[str, Sequence[str]]
"""The texts of an object by its fields."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A table that has texts: each column's field, and the column that has the id of the object."""

    statement: Select[Any]
    fields: tuple[str, ...]

    @classmethod
    def of(
        cls, table: Table, key: str, fields: Mapping[str, str], condition: ColumnElement[bool] | None = None
    ) -> "Source":
        """Of a table, with the field that each column belongs to."""
        columns = [table.c[name].label(f"text_{name}") for name in fields]
        statement = select(table.c[key].label("object_id"), table.c.id.label("place"), *columns)
        statement = statement.where(table.c[key].in_(bindparam("keys", expanding=True)))
        return cls(statement if condition is None else statement.where(condition), tuple(fields.values()))


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """A kind of object: its table, the table of its words, and its texts, of which its own come first."""

    table: Table
    words: Table
    sources: tuple[Source, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are searched, in the order of the columns."""
        return tuple(column.name for column in self.words.columns if column.name not in _OTHERS)

    def folded(self, field: str) -> Column[str]:
        """The column that has the folded text of a field."""
        return self.words.c[field]

    async def texts(self, reader: Reader, keys: Sequence[int]) -> Mapping[int, Texts]:
        """The texts of the objects that are there."""
        own, *parts = self.sources
        found: dict[int, dict[str, Sequence[str]]] = {}
        for row in await reader.fetch(own.statement, {"keys": keys}):
            found[row.object_id] = {**dict.fromkeys(self.fields, ()), **_texts_of(own, [row])}
        for part in parts:
            rows: dict[int, list[Row[Any]]] = {}
            # Sorted here: there is no index of a part's ids for several objects.
            for row in sorted(await reader.fetch(part.statement, {"keys": keys}), key=attrgetter("place")):
                rows.setdefault(row.object_id, []).append(row)
            for key in found.keys() & rows.keys():
                found[key] |= _texts_of(part, rows[key])
        return found


def _texts_of(source: Source, rows: Sequence[Row[Any]]) -> dict[str, Sequence[str]]:
    texts: dict[str, list[str]] = {field: [] for field in source.fields}
    for row in rows:
        values: Sequence[str] = row[2:]
        for field, text in zip(source.fields, values, strict=True):
            if text:
                texts[field].append(text)
    return {field: tuple(found) for field, found in texts.items()}


_OTHERS = frozenset({"id", "created_at", "updated_at", "mark", "words"})
_users, _credentials = table_of(User), table_of(Credential)
_resumes, _jobs, _studies = table_of(Resume), table_of(WorkExperience), table_of(ResumeEducation)
_OF_JOBS = Source.of(
    _jobs, "resume_id", {"company": "company", "position": "job_position", "description": "job_description"}
)
_OF_STUDIES = {"school": "school", "major": "major"}
SEARCHED: Mapping[SearchKind, Searched] = {
    SearchKind.PERSON: Searched(
        _users,
        table_of(IndexedPerson),
        (
            Source.of(_users, "id", {"name": "name", "class_name": "class_name", "major": "major"}),
            Source.of(
                _credentials,
                "user_id",
                {"identifier": "account"},
                _credentials.c.kind == CredentialKind.STUDENT_ACCOUNT,
            ),
        ),
    ),
    SearchKind.COMPANY: Searched(
        table_of(Company), table_of(IndexedCompany), (Source.of(table_of(Company), "id", {"name": "name"}),)
    ),
    SearchKind.PROJECT: Searched(
        table_of(Project),
        table_of(IndexedProject),
        (Source.of(table_of(Project), "id", {"name": "name", "introduction": "introduction"}),),
    ),
    SearchKind.POST: Searched(
        table_of(Post),
        table_of(IndexedPost),
        (Source.of(table_of(Post), "id", {"title": "title", "content": "content"}),),
    ),
    SearchKind.RESUME: Searched(
        _resumes,
        table_of(IndexedResume),
        (
            Source.of(_resumes, "id", {"name": "name", "position": "position", "current_city_name": "city"}),
            _OF_JOBS,
            Source.of(_studies, "resume_id", _OF_STUDIES),
        ),
    ),
    SearchKind.CANDIDATE: Searched(
        _resumes,
        table_of(IndexedCandidate),
        (
            Source.of(_resumes, "id", {"position": "position", "current_city_name": "city"}),
            _OF_JOBS,
            Source.of(_studies, "resume_id", {**_OF_STUDIES, "degree": "degree"}),
            Source.of(table_of(JobTarget), "resume_id", {"self_evaluation": "self_evaluation"}),
            Source.of(table_of(TargetArea), "resume_id", {"area": "areas"}),
        ),
    ),
}
WATCHED = (
    "users",
    "credentials",
    "companies",
    "projects",
    "posts",
    "resumes",
    "resume_work_experiences",
    "resume_educations",
    "job_targets",
    "job_target_areas",
)
"""The tables whose triggers mark what is to be indexed."""
