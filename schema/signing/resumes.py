"""Resumes in the graph."""

from typing import Any, cast

from strawberry.scalars import JSON

from auth.policies import owner_or_administrator, signed_in, with_parent
from models.signing.resumes import Gender, HouseholdType, MaritalStatus, PoliticalStatus, ResumeVisibility
from resolvers import uploads
from resolvers.identity import users
from resolvers.signing import companies, resumes
from resolvers.signing.entries import MAX_ENTRIES
from schema.engine.context import Info
from schema.engine.fields import column, hint, link, list_link, resolved
from schema.engine.types import Node, enum_type, extends, node_type, value_type
from schema.identity.user import User
from schema.signing.companies import Company
from schema.uploads import UploadedImage

enum_type(
    Gender,
    description="性别.",
    values={Gender.UNKNOWN: "未知.", Gender.MALE: "男.", Gender.FEMALE: "女."},
)
enum_type(
    MaritalStatus,
    description="婚姻状况.",
    values={MaritalStatus.SINGLE: "未婚.", MaritalStatus.MARRIED: "已婚.", MaritalStatus.DIVORCED: "离异."},
)
enum_type(
    PoliticalStatus,
    description="政治面貌.",
    values={
        PoliticalStatus.PARTY_MEMBER: "共产党员.",
        PoliticalStatus.LEAGUE_MEMBER: "共青团员.",
        PoliticalStatus.MASSES: "群众.",
    },
)
enum_type(
    HouseholdType,
    description="户口类型.",
    values={HouseholdType.RURAL: "农村.", HouseholdType.URBAN: "城市."},
)
enum_type(
    ResumeVisibility,
    description="Whether a resume is recommended to recruiters.",
    values={ResumeVisibility.PUBLIC: "It is recommended.", ResumeVisibility.SECRET: "It is not recommended."},
)


@value_type(description="A province, city or county.", policy=with_parent)
class Division:
    """Two columns of an address."""

    number: int | None = column("The number, as the form sent it.")
    name: str = column("The name; empty if unknown.")


@value_type(description="An address in China.", policy=with_parent)
class Address:
    """The columns of an address, by their prefix."""

    province: Division = column("The province.")
    city: Division = column("The city.")
    county: Division = column("The district or county.")
    detail: str = column("The rest of the address; empty if unknown.")

    @classmethod
    def of(cls, row: Any, kind: str) -> "Address":
        """The registered or the current address of a resume."""
        divisions = {
            level: Division(number=getattr(row, f"{kind}_{level}_number"), name=getattr(row, f"{kind}_{level}_name"))
            for level in ("province", "city", "county")
        }
        return cls(**divisions, detail=getattr(row, f"{kind}_detail"))


@value_type(description="The emergency contact.", policy=with_parent)
class EmergencyContact:
    """Three columns of a resume."""

    name: str = column("The name; empty if unknown.")
    phone: str = column("The telephone number; empty if unknown.")
    relationship: str = column("与紧急联系人的关系; empty if unknown.")


@value_type(description="A job.", policy=with_parent)
class WorkExperience:
    """A row of `resume_work_experiences`."""

    company: str = column("The employer.")
    position: str = column("The position.")
    start_time: str = column("The start, as typed.")
    end_time: str = column("The end, as typed.")
    salary: str = column("The salary, as typed.")
    description: str = column("The description of the job.")
    extras: JSON = column("Additional data of the form.")


@value_type(description="An education.", policy=with_parent)
class ResumeEducation:
    """A row of `resume_educations`."""

    school: str = column("The school.")
    degree: str = column("A key of the dictionary EDUCATION, or a text.")
    major: str = column("The major.")
    start_time: str = column("The start, as typed.")
    end_time: str = column("The end, as typed.")
    extras: JSON = column("Additional data of the form.")


@node_type(
    description=("A person's resume. Visible to its owner, administrators, and the handlers of its applications."),
    policy=signed_in,
    by_id=resumes.by_id,
)
class Resume(Node):
    """A row of `resumes`."""

    user: User | None = link("The owner.", "user_id", users.by_id)
    name: str = column("The name.")
    phone: str = column("The telephone number.")
    phone_verified: bool = column("Whether the owner has verified the phone number.")
    age: int = column("The age; 0 if unknown.")
    gender: Gender = column("The gender.")
    ethnicity: str = column("民族; empty if unknown.")
    marital_status: MaritalStatus = column("The marital status.")
    political_status: PoliticalStatus = column("The political status.")
    household_type: HouseholdType = column("The kind of household registration.")
    position: str = column("The desired position; empty without a preference.")
    visibility: ResumeVisibility = column("Whether it is recommended to recruiters.")
    viewer_can_update: bool = hint("Whether the caller may replace it with `updateResume`.", resumes.UPDATE)
    viewer_can_delete: bool = hint("Whether the caller may delete it.", resumes.DELETE)
    company: Company | None = link("The desired company; null without a preference.", "company_id", companies.by_id)
    id_card_front: UploadedImage | None = link("The front of the id card.", "id_card_front_id", uploads.by_id)
    id_card_back: UploadedImage | None = link("The back of the id card.", "id_card_back_id", uploads.by_id)
    work_experiences: list[WorkExperience] = list_link(
        "Where they worked, in their order.", "id", resumes.work_experiences_of_resumes, at_most=MAX_ENTRIES
    )
    educations: list[ResumeEducation] = list_link(
        "Where they studied, in their order.", "id", resumes.educations_of_resumes, at_most=MAX_ENTRIES
    )

    @resolved("The number of the 身份证; masked except for the owner: others use `revealResumeIdNumber`.")
    def id_number(self, info: Info) -> str:
        """Decrypted from the row."""
        return resumes.shown_id_number(info.context.scope, self)

    @resolved("The registered address.")
    def registered_address(self) -> Address:
        """户籍."""
        return Address.of(self, "registered")

    @resolved("The current address.")
    def current_address(self) -> Address:
        """现居住地."""
        return Address.of(self, "current")

    @resolved("The emergency contact.")
    def emergency_contact(self) -> EmergencyContact:
        """From three columns."""
        row = cast("Any", self)
        return EmergencyContact(
            name=row.emergency_name, phone=row.emergency_phone, relationship=row.emergency_relationship
        )


@extends(User)
class UserResume:
    """A user's resume."""

    resume: Resume | None = link("The resume.", "id", resumes.of_users, policy=owner_or_administrator)
