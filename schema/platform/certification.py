"""What developers claim and reviewers certify: real names and awards."""

import datetime

from auth.policies import administrator, owner_or_administrator
from models.platform.certification import CertificationKind, ReviewStatus
from models.uploads import ImageFolder
from resolvers import dictionaries, files
from resolvers.identity import users
from resolvers.platform import awards, real_names, reviews
from resolvers.uploads import shown_path
from schema.engine.context import Info
from schema.engine.deprecation import deprecated
from schema.engine.fields import column, hint, link, resolved
from schema.engine.types import Node, enum_type, node_type
from schema.files import File, file_of, uploaded_file
from schema.identity.user import User
from schema.reference import DictionaryEntry

enum_type(
    CertificationKind,
    description="The subject of a certification.",
    values={CertificationKind.REAL_NAME: "实名认证.", CertificationKind.AWARD: "奖项."},
)
enum_type(
    ReviewStatus,
    description="The status of a certification.",
    values={
        ReviewStatus.PENDING: "待审核.",
        ReviewStatus.APPROVED: "已通过.",
        ReviewStatus.REJECTED: "未通过; the message has the reason.",
    },
)


@node_type(description="A claim and its review.", policy=owner_or_administrator, by_id=reviews.by_id)
class Certification(Node):
    """A row of `certifications`."""

    kind: CertificationKind = column("The kind of claim.")
    status: ReviewStatus = column("The status.")
    message: str = column("The reviewer's message; empty unless it was rejected.")
    revision: int = column("The number of submissions; a decision names the revision that was reviewed.")
    submitted_at: datetime.datetime = column("The submission time of this revision.")
    reviewed_at: datetime.datetime | None = column("The time of the decision; null while it is in review.")
    user: User | None = link("The user who submitted the claim.", "user_id", users.by_id)
    reviewer: User | None = link("The administrator who decided.", "reviewer_id", users.by_id, policy=administrator)
    real_name: "RealName | None" = link("The claim, if it is a real name.", "id", real_names.of_certifications)
    award: "Award | None" = link("The claim, if it is an award.", "id", awards.of_certifications)
    viewer_can_withdraw: bool = hint("Whether the caller may withdraw it.", reviews.WITHDRAW)
    viewer_can_decide: bool = hint("Whether the caller may approve or reject it.", reviews.DECIDE)


@node_type(description="A person's name and document.", policy=owner_or_administrator, by_id=real_names.by_id)
class RealName(Node):
    """A row of `real_names`."""

    actual_name: str = column("The name.")
    certificate_type: DictionaryEntry | None = link("The kind of document.", "certificate_type_id", dictionaries.by_id)
    certification: Certification | None = link("The review.", "certification_id", reviews.by_id)

    @resolved("The document number; masked except for the owner: reviewers use `revealIdNumber`.")
    def id_number(self, info: Info) -> str:
        """Decrypted from the row."""
        return real_names.shown_number(info.context.scope, self)

    @resolved("Whether the check digit of a 身份证 is valid; null for other documents.", policy=administrator)
    def has_right_check_digit(self, info: Info) -> bool | None:
        """For the reviewer: a wrong one refuses nothing."""
        return real_names.has_right_check_digit(info.context.scope, self)

    @resolved("The document's photo.")
    async def picture_file(self, info: Info) -> File:
        """Of the folder LICENSED_PHOTO."""
        return await uploaded_file(info, self.upload_id)  # type: ignore[attr-defined]

    @deprecated("pictureFile")
    @resolved("The path of the document's photo, signed for an hour.")
    def picture(self, info: Info) -> str:
        """Of the folder LICENSED_PHOTO."""
        return shown_path(info.context.scope, ImageFolder.LICENSED_PHOTO, self.picture_name)  # type: ignore[attr-defined]


@node_type(description="A prize in a competition.", policy=owner_or_administrator, by_id=awards.by_id)
class Award(Node):
    """A row of `awards`."""

    competition: str = column("The competition.")
    level: DictionaryEntry | None = link("The level of the award.", "level_id", dictionaries.by_id)
    certification: Certification | None = link("The review.", "certification_id", reviews.by_id)
    viewer_can_update: bool = hint("Whether the caller may submit it again.", awards.UPDATE)
    viewer_can_delete: bool = hint("Whether the caller may delete it.", awards.DELETE)

    @resolved("The pictures that prove it.", at_most=awards.MAX_PICTURES)
    async def picture_files(self, info: Info) -> list[File]:
        """Of the folder AWARD_PICTURE."""
        rows = await info.context.load(awards.pictures_of_awards, self.id)
        return [file_of(info, files.original(row)) for row in rows]

    @deprecated("pictureFiles")
    @resolved("The paths of the pictures that prove it, signed for an hour.", at_most=awards.MAX_PICTURES)
    async def pictures(self, info: Info) -> list[str]:
        """Of the folder AWARD_PICTURE."""
        rows = await info.context.load(awards.pictures_of_awards, self.id)
        return [shown_path(info.context.scope, ImageFolder.AWARD_PICTURE, row.name) for row in rows]
