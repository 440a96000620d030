"""Enumerations of the talent feeds."""

from enum import StrEnum


class TalentLevel(StrEnum):
    """人才级别, and where somebody's career stands."""

    JUNIOR = "junior"
    INTERMEDIATE = "intermediate"
    SENIOR = "senior"
    EXPERT = "expert"


class JobCategory(StrEnum):
    """工作类型."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    INTERNSHIP = "internship"


class HuntingState(StrEnum):
    """求职状态."""

    AVAILABLE = "available"
    """离职，可立即上岗."""
    LOOKING = "looking"
    """在职，正在找工作."""
    OPEN = "open"
    """在职，考虑更好的机会."""
    NOT_LOOKING = "not_looking"
    """暂时不找工作."""


class Mark(StrEnum):
    """Where a recruiter stands with a candidate."""

    INVITE_INTERVIEW = "invite_interview"
    JOIN_INTERVIEW = "join_interview"
    NEXT_INTERVIEW = "next_interview"
    SEND_OFFER = "send_offer"
    ENTRY = "entry"
    NO_WILL = "no_will"
    INVITE_LOWER_ABILITY = "invite_lower_ability"
    INVITE_NO_INTEREST = "invite_no_interest"
    BREAK_INVITE = "break_invite"
    LOWER_ABILITY = "lower_ability"
    NO_INTEREST = "no_interest"
    REJECT_OFFER = "reject_offer"
