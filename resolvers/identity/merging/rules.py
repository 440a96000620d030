"""What a merge does to each table that refers to users: one rule for each reference, in the order they are applied."""

from sqlalchemy import String, and_, bindparam, func, null, or_, select, true, update

from models.attendance import ClockIn, ClockInCorrection
from models.community import Comment, Post, PostLike
from models.goals import EmploymentGoal, PostgraduateGoal
from models.identity import (
    ApplicationStatus,
    ClientRequest,
    Credential,
    CredentialKind,
    KnownNetwork,
    PendingEmail,
    Session,
    StaffApplication,
    UserAlias,
    UserRole,
    VerificationCode,
)
from models.journal import WorkLog
from models.language import Message
from models.notifications import Notification
from models.platform.certification import (
    Award,
    Certification,
    Education,
    Occupation,
    OccupationDomain,
    RealName,
)
from models.platform.credits import CreditBalance, CreditEntry, DeveloperGrant
from models.platform.mirrors import Mirror
from models.platform.profile import DeveloperProfile, DeveloperResearchDirection
from models.platform.projects import Instance, Participation
from models.signing.applications import SignApplication
from models.signing.companies import Handler
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import AcquiredContact, WatchedResume
from models.talent.recruiters import Package, Recruiter
from models.teaching import TeacherClass
from models.trash import DeletedItem
from models.uploads import Upload
from resolvers.identity.merging.rule import GONE, KEPT, Rule, both_have, held_by_kept, move, one, one_of, refuse_two
from resolvers.platform.credits import MAX_BALANCE

_balances, _entries = table_of(CreditBalance), table_of(CreditEntry)
_instances, _participations = table_of(Instance), table_of(Participation)
_applications = table_of(StaffApplication)
_resumes = table_of(Resume)

_theirs = _balances.alias("theirs")
_their_balance = (
    select(_theirs.c.balance)
    .where(_theirs.c.user_id == GONE, _theirs.c.account == _balances.c.account)
    .scalar_subquery()
)
_ADD_BALANCES = (
    update(_balances)
    .where(_balances.c.user_id == KEPT, _their_balance.is_not(None))
    .values(balance=_balances.c.balance + _their_balance, updated_at=bindparam("now"))
)
_mine = _balances.alias("mine")
_TOO_MUCH = (
    select(func.count())
    .select_from(_mine.join(_theirs, _theirs.c.account == _mine.c.account))
    .where(_mine.c.user_id == KEPT, _theirs.c.user_id == GONE, _mine.c.balance + _theirs.c.balance > MAX_BALANCE)
)

_known = _entries.alias("known")
_RENAME_KEYS = (
    update(_entries)
    .where(_entries.c.user_id == GONE, _entries.c.key.in_(select(_known.c.key).where(_known.c.user_id == KEPT)))
    .values(key=bindparam("prefix", type_=String()).concat(_entries.c.key))
)

_joined, _joined_too = _participations.alias("joined"), _participations.alias("joined_too")
_both_joined = _joined.join(_joined_too, _joined_too.c.project_id == _joined.c.project_id)
_of_both = and_(_joined.c.user_id == KEPT, _joined_too.c.user_id == GONE)
_MOVE_INSTANCES = (
    update(_instances)
    .where(_instances.c.participation_id.in_(select(_joined_too.c.id).select_from(_both_joined).where(_of_both)))
    .values(
        participation_id=select(_joined.c.id)
        .select_from(_both_joined)
        .where(_of_both, _joined_too.c.id == _instances.c.participation_id)
        .scalar_subquery()
    )
)
_REJOIN = (
    update(_participations)
    .where(
        _participations.c.user_id == KEPT,
        _participations.c.project_id.in_(
            select(_joined_too.c.project_id).where(_joined_too.c.user_id == GONE, _joined_too.c.left_at.is_(None))
        ),
    )
    .values(left_at=null())
)
_running, _running_too = _instances.alias("running"), _instances.alias("running_too")
_BOTH_RUN = (
    select(func.count())
    .select_from(
        _both_joined.join(_running, _running.c.participation_id == _joined.c.id).join(
            _running_too, _running_too.c.participation_id == _joined_too.c.id
        )
    )
    .where(_of_both, _running.c.running, _running_too.c.running)
)
_UNDECIDED = select(func.count()).where(
    or_(_applications.c.user_id == KEPT, _applications.c.user_id == GONE),
    _applications.c.status == ApplicationStatus.PENDING,
)

RULES = (
    Rule(
        Credential,
        "All rows move. Refused where both have a student account.",
        refuses=(
            both_have(Credential, lambda table: table.c.kind == CredentialKind.STUDENT_ACCOUNT),
            Message("Both have a student account: unlink one of them first."),
        ),
    ),
    move(UserAlias),
    one_of(UserRole, "role"),
    one_of(TeacherClass, "class_name"),
    Rule(
        Session,
        "All rows move. Of two sessions of an API that allows a user one, that of the user who stays remains if it is"
        " live; the other is dropped.",
        drops=lambda row, other: and_(
            row.c.exclusive,
            other.c.exclusive,
            other.c.api == row.c.api,
            other.c.revoked_at.is_(None),
            other.c.expires_at > bindparam("now"),
        ),
        drops_kept=lambda row, other: and_(
            row.c.exclusive,
            other.c.exclusive,
            other.c.api == row.c.api,
            or_(row.c.revoked_at.is_not(None), row.c.expires_at <= bindparam("now")),
        ),
    ),
    Rule(KnownNetwork, "All rows are dropped: their hashes are of the former id.", drops_where=true()),
    Rule(VerificationCode, "All rows are dropped: their hashes are of the former id.", drops_where=true()),
    one(PendingEmail),
    Rule(
        StaffApplication,
        "The row of the user who stays remains, else an approved one moves; a rejected one is dropped. Refused while"
        " either waits for a decision.",
        drops_where=or_(
            _applications.c.status == ApplicationStatus.REJECTED,
            held_by_kept(StaffApplication),
        ),
        refuses=(_UNDECIDED, Message("A registration as attendance staff waits for a decision.")),
    ),
    move(StaffApplication, column="decider_id"),
    move(ClientRequest),
    Rule(
        ClockIn,
        "All rows move. Of two clock-ins of a date and slot the earlier remains; the other is dropped.",
        drops=lambda row, other: and_(
            row.c.business_date == other.c.business_date,
            row.c.slot == other.c.slot,
            row.c.clocked_in_at >= other.c.clocked_in_at,
        ),
        drops_kept=lambda row, other: and_(
            row.c.business_date == other.c.business_date,
            row.c.slot == other.c.slot,
            row.c.clocked_in_at > other.c.clocked_in_at,
        ),
    ),
    move(ClockInCorrection, column="corrected_by_id"),
    move(WorkLog),
    move(Post, column="author_id"),
    move(Comment, column="author_id"),
    one_of(PostLike, "post_id"),
    move(DeletedItem, column="owner_id"),
    move(DeletedItem),
    one(EmploymentGoal),
    one(PostgraduateGoal),
    move(Notification),
    move(Upload),
    one(DeveloperProfile),
    one_of(DeveloperResearchDirection, "entry_id"),
    one(Education),
    Rule(
        OccupationDomain,
        "The rows go with the occupation: they move with it, or are dropped with it.",
        drops_where=held_by_kept(Occupation),
    ),
    one(Occupation),
    refuse_two(RealName, Message("Both have a real name that was submitted.")),
    move(Certification),
    move(Certification, column="reviewer_id"),
    move(Award),
    Rule(
        CreditBalance,
        "The balances of each account are added. Refused where the sum is more than an account holds.",
        drops=lambda row, other: row.c.account == other.c.account,
        first=(_ADD_BALANCES,),
        refuses=(_TOO_MUCH, Message("An account would hold more credits than it may.")),
    ),
    Rule(
        CreditEntry,
        "All rows are appended. What both earned for the same thing is earned once: a new entry takes the second"
        " amount back, as far as the balance goes.",
        first=(_RENAME_KEYS,),
    ),
    move(DeveloperGrant),
    move(Mirror),
    Rule(
        Participation,
        "All rows move. Where both take part in a project, the instances move to the participation of the user who"
        " stays, and the other is dropped; who left takes part again where the other one does. Refused where both have"
        " an instance running there.",
        drops=lambda row, other: row.c.project_id == other.c.project_id,
        first=(_MOVE_INSTANCES, _REJOIN),
        refuses=(_BOTH_RUN, Message("Both have an instance running in the same project.")),
    ),
    refuse_two(Handler, Message("Both have the entry of a handler.")),
    Rule(
        Resume,
        "The row moves; a deleted one is dropped. Refused where both have a resume.",
        drops_where=_resumes.c.deleted_at.is_not(None),
        drops_kept=lambda row, other: and_(row.c.deleted_at.is_not(None), other.c.deleted_at.is_(None)),
        refuses=(both_have(Resume, lambda table: table.c.deleted_at.is_(None)), Message("Both have a resume.")),
    ),
    Rule(
        SignApplication,
        "All rows move. Refused where both have an open application.",
        refuses=(both_have(SignApplication, lambda table: table.c.open), Message("Both have an open application.")),
    ),
    refuse_two(Recruiter, Message("Both have the entry of a recruiter.")),
    move(Package),
    move(Feed),
    move(WatchedResume),
    one_of(AcquiredContact, "resume_id"),
)
