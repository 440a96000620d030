"""The form of a resume."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from models.signing.resumes import Gender, HouseholdType, MaritalStatus, PoliticalStatus, ResumeVisibility
from resolvers.signing import drafts
from resolvers.signing.drafts import MAX_AGE
from resolvers.signing.entries import MAX_DEPTH, MAX_ENTRIES, MAX_EXTRAS, EducationDraft, WorkExperienceDraft
from schema.engine.ids import Id
from schema.engine.texts import DateText, IdNumber, Name, Phone
from schema.engine.types import input_type
from schema.signing.companies import Company

_EXTRAS = f"Additional data: an object of at most {MAX_EXTRAS} bytes and {MAX_DEPTH} levels."


@input_type(description="A province, city or county.")
class DivisionInput:
    """Its number and its name."""

    number: int | None = strawberry.field(default=None, description="Its number.")
    name: str | None = strawberry.field(default=None, description="Its name.")

    @staticmethod
    def draft(division: "DivisionInput | None") -> drafts.Division:
        """As the business takes it."""
        return drafts.Division() if division is None else drafts.Division(division.number, division.name or "")


@input_type(description="An address in China.")
class AddressInput:
    """Three divisions and the rest."""

    province: DivisionInput | None = strawberry.field(
        default=None, description="The province: a name of at most 16 characters, 12 for the current address."
    )
    city: DivisionInput | None = strawberry.field(
        default=None, description="The city: a name of at most 12 characters."
    )
    county: DivisionInput | None = strawberry.field(
        default=None, description="The district or county: a name of at most 255 characters."
    )
    detail: str | None = strawberry.field(
        default=None,
        description="The rest of the address: at most 16 characters for the registered one, 255 for the current one.",
    )

    @staticmethod
    def draft(address: "AddressInput | None") -> drafts.Address:
        """As the business takes it."""
        if address is None:
            return drafts.Address()
        return drafts.Address(
            province=DivisionInput.draft(address.province),
            city=DivisionInput.draft(address.city),
            county=DivisionInput.draft(address.county),
            detail=address.detail or "",
        )


@input_type(description="An emergency contact.")
class EmergencyContactInput:
    """Name, number and relationship."""

    name: Name | None = strawberry.field(default=None, description="The name, at most 16 characters.")
    phone: Phone | None = strawberry.field(default=None, description="The telephone number, at most 32 characters.")
    relationship: str | None = strawberry.field(default=None, description="与紧急联系人的关系, at most 32 characters.")


@input_type(description="A job.")
class WorkExperienceInput:
    """An entry of `workExperiences`."""

    company: str = strawberry.field(description="The employer, at most 255 characters.")
    position: str | None = strawberry.field(default=None, description="The position, at most 255 characters.")
    start_time: DateText | None = strawberry.field(default=None, description="The start, at most 32 characters.")
    end_time: DateText | None = strawberry.field(default=None, description="The end, at most 32 characters.")
    salary: str | None = strawberry.field(default=None, description="The salary, at most 64 characters.")
    description: str | None = strawberry.field(default=None, description="The description, at most 2,000 characters.")
    extras: JSON | None = strawberry.field(default=None, description=_EXTRAS)


@input_type(description="A period of study.")
class ResumeEducationInput:
    """An entry of `educations`."""

    school: str = strawberry.field(description="The school, at most 255 characters.")
    degree: str | None = strawberry.field(
        default=None, description="A key of the dictionary EDUCATION, or a text of at most 64 characters."
    )
    major: str | None = strawberry.field(default=None, description="The major, at most 255 characters.")
    start_time: DateText | None = strawberry.field(default=None, description="The start, at most 32 characters.")
    end_time: DateText | None = strawberry.field(default=None, description="The end, at most 32 characters.")
    extras: JSON | None = strawberry.field(default=None, description=_EXTRAS)


@input_type(description="A resume; it replaces the whole previous one.")
class ResumeInput:
    """What a person tells employers."""

    name: Name = strawberry.field(description="The name, at most 16 characters.")
    phone: Phone = strawberry.field(description="The telephone number, at most 16 characters.")
    id_number: IdNumber = strawberry.field(description="The number of the 身份证, at most 32 characters.")
    age: int | None = strawberry.field(default=None, description=f"The age, at most {MAX_AGE}.")
    gender: Gender | None = strawberry.field(default=None, description="The gender.")
    ethnicity: str | None = strawberry.field(default=None, description="民族, at most 12 characters.")
    marital_status: MaritalStatus = strawberry.field(description="The marital status.")
    political_status: PoliticalStatus = strawberry.field(description="The political status.")
    household_type: HouseholdType = strawberry.field(description="The kind of household registration.")
    registered_address: AddressInput | None = strawberry.field(default=None, description="The registered address.")
    current_address: AddressInput | None = strawberry.field(default=None, description="The current address.")
    emergency_contact: EmergencyContactInput | None = strawberry.field(
        default=None, description="The emergency contact."
    )
    id_card_front: str | None = strawberry.field(
        default=None, description="The path of an uploaded ID_CARD image: the front."
    )
    id_card_back: str | None = strawberry.field(
        default=None, description="The path of an uploaded ID_CARD image: the back."
    )
    company_id: Id[Company] | None = strawberry.field(default=None, description="The desired company: an enabled one.")
    position: str | None = strawberry.field(default=None, description="The desired position, at most 16 characters.")
    work_experiences: list[WorkExperienceInput] = strawberry.field(
        description=f"The jobs: from 1 to {MAX_ENTRIES} entries."
    )
    educations: list[ResumeEducationInput] = strawberry.field(
        description=f"The educations: from 1 to {MAX_ENTRIES} entries."
    )
    visibility: ResumeVisibility | None = strawberry.field(
        default=None,
        description="Whether it is recommended to recruiters; unchanged if omitted, SECRET for a new resume.",
    )

    def draft(self) -> drafts.ResumeDraft:
        """As the business takes it."""
        contact = self.emergency_contact
        return drafts.ResumeDraft(
            name=self.name,
            phone=self.phone,
            id_number=self.id_number,
            age=self.age or 0,
            gender=self.gender or Gender.UNKNOWN,
            ethnicity=self.ethnicity or "",
            marital_status=self.marital_status,
            political_status=self.political_status,
            household_type=self.household_type,
            registered_address=AddressInput.draft(self.registered_address),
            current_address=AddressInput.draft(self.current_address),
            emergency_contact=drafts.EmergencyContact(**_given(contact)),
            id_card_front=self.id_card_front or "",
            id_card_back=self.id_card_back or "",
            company_id=self.company_id,
            position=self.position or "",
            work_experiences=[WorkExperienceDraft(**_given(entry)) for entry in self.work_experiences],
            educations=[EducationDraft(**_given(entry)) for entry in self.educations],
            visibility=self.visibility,
        )


def _given(entry: object) -> dict[str, Any]:
    """The values of an input that are there."""
    values = {} if entry is None else vars(entry)
    return {name: value for name, value in values.items() if value is not None}
