"""The personal data of a resume form, validated against the lengths of the sign cloud's document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models import texts
from models.errors import InvalidInput
from models.signing.resumes import Gender, HouseholdType, MaritalStatus, PoliticalStatus, ResumeVisibility
from resolvers import checks
from resolvers.signing.entries import EducationDraft, WorkExperienceDraft

MAX_AGE = 150
MAX_DIVISION_NUMBER = 2**31 - 1
_ID_NUMBER = re.compile(r"[A-Z0-9()\-]{4,32}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{2,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Division:
    """A province, city or county: its number, if the form knows one, and its name."""

    number: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives or is registered."""

    province: Division = Division()
    city: Division = Division()
    county: Division = Division()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EmergencyContact:
    """Whom to call."""

    name: str = ""
    phone: str = ""
    relationship: str = ""


@dataclass(frozen=True, slots=True)
class ResumeDraft:
    """A resume as its owner typed it; it replaces the one that is there. Visibility None keeps the present one."""

    name: str
    phone: str
    id_number: str
    marital_status: MaritalStatus
    political_status: PoliticalStatus
    household_type: HouseholdType
    work_experiences: Sequence[WorkExperienceDraft]
    educations: Sequence[EducationDraft]
    age: int = 0
    gender: Gender = Gender.UNKNOWN
    ethnicity: str = ""
    registered_address: Address = Address()
    current_address: Address = Address()
    emergency_contact: EmergencyContact = EmergencyContact()
    id_card_front: str = ""
    id_card_back: str = ""
    company_id: int | None = None
    position: str = ""
    visibility: ResumeVisibility | None = None


def checked_id_number(number: str, *, field: str = "id_number") -> str:
    """The number in its usual form, if a document can have it. Raises InvalidInput."""
    normal = texts.id_number(number)
    if _ID_NUMBER.fullmatch(normal) is None:
        raise InvalidInput("{field} must be 4 to 32 letters, digits, brackets or hyphens.", field=field)
    return normal


def checked(draft: ResumeDraft) -> dict[str, Any]:
    """The columns that need nothing but the draft. Raises InvalidInput."""
    contact = draft.emergency_contact
    return {
        "name": checks.text(draft.name, "resume.name", max_length=16),
        "phone": _phone(draft.phone),
        "age": checks.number(draft.age, "resume.age", minimum=0, maximum=MAX_AGE),
        "gender": draft.gender,
        "ethnicity": checks.text(draft.ethnicity, "resume.ethnicity", max_length=12, required=False),
        "marital_status": draft.marital_status,
        "political_status": draft.political_status,
        "household_type": draft.household_type,
        **_address("registered", draft.registered_address, names=(16, 12, 255), detail=16),
        **_address("current", draft.current_address, names=(12, 12, 255), detail=255),
        "emergency_name": checks.text(contact.name, "resume.emergency_contact.name", max_length=16, required=False),
        "emergency_phone": checks.text(contact.phone, "resume.emergency_contact.phone", max_length=32, required=False),
        "emergency_relationship": checks.text(
            contact.relationship, "resume.emergency_contact.relationship", max_length=32, required=False
        ),
        "position": checks.text(draft.position, "resume.position", max_length=16, required=False),
    }


def _phone(phone: str) -> str:
    stripped = checks.text(phone, "resume.phone", max_length=16)
    if _PHONE.fullmatch(stripped) is None:
        raise InvalidInput("{field} must be a telephone number.", field="resume.phone")
    return stripped


def _address(kind: str, address: Address, *, names: tuple[int, int, int], detail: int) -> dict[str, Any]:
    under = f"resume.{kind}_address"
    columns: dict[str, Any] = {}
    for level, limit in zip(("province", "city", "county"), names, strict=True):
        division: Division = getattr(address, level)
        part = f"{under}.{level}"
        columns[f"{kind}_{level}_number"] = (
            None
            if division.number is None
            else checks.number(division.number, f"{part}.number", minimum=0, maximum=MAX_DIVISION_NUMBER)
        )
        columns[f"{kind}_{level}_name"] = checks.text(division.name, f"{part}.name", max_length=limit, required=False)
    columns[f"{kind}_detail"] = checks.text(address.detail, f"{under}.detail", max_length=detail, required=False)
    return columns
