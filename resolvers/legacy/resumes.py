"""Resumes that are moved in, by the rules of the product's own form."""

from collections.abc import Mapping, Sequence
from typing import Any

from models import texts
from models.signing.resumes import Resume, ResumeEducation, ResumeVisibility, WorkExperience
from models.statements import table_of
from resolvers.legacy import values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.values import Refused
from resolvers.signing import resumes as signing
from resolvers.signing.drafts import Address, Division, ResumeDraft, checked
from resolvers.signing.entries import (
    EducationDraft,
    WorkExperienceDraft,
    checked_educations,
    checked_work_experiences,
)
from resolvers.talent import tasks

resumes = table_of(Resume)
_experiences, _educations = table_of(WorkExperience), table_of(ResumeEducation)
_JOB = {
    "company": "company",
    "position": "position",
    "start_time": "start_time",
    "end_time": "end_time",
    "salary": "salary",
    "job_desc": "description",
}
_STUDY = {name: name for name in ("school", "degree", "major", "start_time", "end_time")}
"""What the predecessors' entries call what the form has."""
_DEFAULTS = {
    "phone_verified": False,
    "id_card_front_id": None,
    "id_card_back_id": None,
    "deleted_at": None,
}


def address(fields: Mapping[str, Any], prefix: str) -> Address:
    """An address of the columns that begin with a word."""

    def division(level: str) -> Division:
        number = fields.get(f"{prefix}_{level}_id")
        name = values.text(fields.get(f"{prefix}_{level}"), f"{prefix}_{level}", max_length=255)
        return Division(
            values.whole(number, f"{prefix}_{level}_id") if number not in (None, "", "0", 0) else None, name
        )

    detail = values.text(fields.get(f"{prefix}_detail"), f"{prefix}_detail", max_length=255)
    return Address(division("province"), division("city"), division("county"), detail)


def jobs(entries: Sequence[Mapping[str, Any]]) -> list[WorkExperienceDraft]:
    """Work experiences, as the sign cloud's form has them; other keys are kept."""
    return [WorkExperienceDraft(**_known(entry, _JOB), extras=_extras(entry, _JOB)) for entry in entries]


def studies(entries: Sequence[Mapping[str, Any]]) -> list[EducationDraft]:
    """Educations, likewise."""
    return [EducationDraft(**_known(entry, _STUDY), extras=_extras(entry, _STUDY)) for entry in entries]


def columns(
    batch: Batch, row: Row, draft: ResumeDraft, *, owner_id: int, id_number: str, company_id: int | None
) -> dict[str, Any]:
    """The row of a resume. Raises InvalidInput or Refused."""
    draft_columns = checked(draft)
    return {
        "user_id": owner_id,
        **draft_columns,
        **signing.encrypted(batch.scope.services.encryption, owner_id, id_number),
        **_DEFAULTS,
        "company_id": company_id,
        "visibility": draft.visibility or ResumeVisibility.SECRET,
        **batch.times(row),
    }


async def add(batch: Batch, rows: Sequence[tuple[Row, dict[str, Any], ResumeDraft]]) -> None:
    """Insert resumes with their jobs and studies, and have them matched."""
    await batch.assign([row for row, _columns, _draft in rows], resumes)
    await batch.add_new(
        resumes, [(row, found) for row, found, _draft in rows], otherwise="The user has a resume already."
    )
    there = [(row, draft, found) for row, found, draft in rows if row.new_id is not None]
    for table, parts in ((_experiences, _jobs_of), (_educations, _studies_of)):
        await batch.add(
            table,
            [
                {"resume_id": row.new_id, **part, "created_at": found["created_at"], "updated_at": found["updated_at"]}
                for row, draft, found in there
                for part in parts(draft)
            ],
        )
    if there:
        await tasks.resumes_changed(batch.scope, [row.new_id for row, *_rest in there if row.new_id is not None])


def check_parts(draft: ResumeDraft) -> None:
    """Raise InvalidInput where a job or a study is none."""
    _jobs_of(draft)
    _studies_of(draft)


def choice(value: Any, choices: type, field: str) -> Any:
    """A value of an enum."""
    try:
        return choices(str(value))
    except ValueError:
        raise Refused(f"{field} {value} is unknown.") from None


def phone(value: Any) -> str:
    """A telephone number."""
    return values.text(value, "phone", max_length=32, required=True, normal=texts.phone)


def _jobs_of(draft: ResumeDraft) -> list[dict[str, Any]]:
    return checked_work_experiences(draft.work_experiences) if draft.work_experiences else []


def _studies_of(draft: ResumeDraft) -> list[dict[str, Any]]:
    return checked_educations(draft.educations) if draft.educations else []


def _known(entry: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = ((new, entry.get(old)) for old, new in names.items())
    return {name: "" if value is None else texts.free_text(str(value)) for name, value in found}


def _extras(entry: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in known}
