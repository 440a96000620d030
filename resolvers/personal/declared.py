"""Whose the rows of each table are, and what becomes of each column when a person asks for their data or leaves.

Every column of every table stands here once, but for ids and times, so that a new one cannot be forgotten: a test
compares this with the tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    """What happens to the rows of a table when a person's account is deleted. The values explain it in the docs."""

    GOES = "deleted with the account"
    ADDRESSED = "deleted where they name an e-mail address or a mobile number that the person signs in with"
    FOLLOWS = "taken out by triggers and by matching when what they were made of is deleted"
    KEPT = "kept: who did what must stay provable"
    NUMBERED = "numbers that lead to nothing once the account is gone; with them nobody is moved in a second time"
    STAYS = "not about a person"


@dataclass(frozen=True, slots=True)
class Declared:
    """The columns of a table.

    `owner` is the column that leads to the person, directly or through the row of another table. A person is handed
    the columns `told`; `hidden` ones would let somebody in; `untold` ones are about others or follow from the rest.
    """

    fate: Fate
    owner: str | None = None
    told: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """All of them."""
        return [*([self.owner] if self.owner not in (None, "id") else []), *self.told, *self.hidden, *self.untold]


def _of(owner: str, told: str = "", *, hidden: str = "", untold: str = "") -> Declared:
    return Declared(Fate.GOES, owner, *(tuple(names.split()) for names in (told, hidden, untold)))


def _other(fate: Fate, columns: str) -> Declared:
    return Declared(fate, untold=tuple(columns.split()))


ENCRYPTED: Mapping[str, str] = {"resumes": "encrypted_id_number", "real_names": "encrypted_number"}
"""The columns that a person is handed decrypted."""

DECLARED: Mapping[str, Declared] = {
    # Who somebody is, and how they sign in.
    "users": _of(
        "id",
        "name class_name major has_initial_password must_change_password password_expires_at last_active_at disabled_at"
        " pursues_postgraduate pursues_employment language",
        hidden="password_hash",
    ),
    "credentials": _of("user_id", "kind identifier"),
    "user_aliases": _of("user_id", "former_id"),
    "user_roles": _of("user_id", "role"),
    "teacher_classes": _of("user_id", "class_name"),
    "sessions": _of(
        "user_id", "api expires_at revoked_at last_used_at browser system", hidden="jti", untold="exclusive"
    ),
    "known_networks": _of("user_id", hidden="network_hash"),
    "verification_codes": _of("user_id", "purpose kind address expires_at tries used_at", hidden="code_hash"),
    "pending_emails": _of("user_id", "address replaces expires_at", hidden="token_hash"),
    "staff_applications": _of("user_id", "status reason decided_at", untold="decider_id"),
    "client_requests": _of("user_id", "operation client platform_code unique_key city longitude latitude"),
    "notifications": _of("user_id", "kind text subject_type subject_id read_at occurrences", untold="collecting_key"),
    "deleted_items": _of("owner_id", "kind subject_id title", untold="user_id"),
    "deleted_rows": _of("item_id", "of_table content"),
    "uploads": _of("user_id", "folder name original_name media_type kilobytes client bytes width height"),
    "upload_variants": _of("upload_id", "side bytes"),
    # The recorder.
    "clock_ins": _of("user_id", "business_date slot clocked_in_at location"),
    "clock_in_corrections": _of(
        "clock_in_id", "reason business_date slot clocked_in_at location", untold="corrected_by_id"
    ),
    "employment_goals": _of("user_id", "status target_company target_job target_salary target_area"),
    "postgraduate_goals": _of("user_id", "target_university target_major target_score"),
    "work_logs": _of("user_id", "company_name job salary location"),
    "work_log_status_lines": _of("work_log_id", "recorded_at status stage"),
    "posts": _of("author_id", "title content anonymous"),
    "comments": _of("author_id", "post_id content anonymous"),
    "post_likes": _of("user_id", "post_id"),
    # The developer platform.
    "developer_profiles": _of("user_id", "avatar_path province city county is_overseas"),
    "developer_research_directions": _of("user_id", "entry_id"),
    "developer_grants": _of("user_id", "kind amount message"),
    "educations": _of("user_id", "institution level_id project_experience"),
    "occupations": _of("user_id", "organization position_id project_experience"),
    "occupation_domains": _of("user_id", "entry_id"),
    "certifications": _of("user_id", "kind status revision submitted_at message reviewed_at", untold="reviewer_id"),
    "real_names": _of(
        "user_id",
        "certification_id actual_name certificate_type_id encrypted_number upload_id",
        hidden="claimed_number",
    ),
    "awards": _of("user_id", "certification_id competition level_id"),
    "award_pictures": _of("award_id", "upload_id"),
    "credit_balances": _of("user_id", "account balance"),
    "credit_entries": _of("user_id", "account change balance_after message rule key"),
    "mirrors": _of("user_id", "name tag size_thousandths remark"),
    "participations": _of("user_id", "project_id left_at"),
    "instances": _of(
        "participation_id", "name gpu cpu ram status running credits_per_hour stopped_at minutes consumed unpaid"
    ),
    # Sign cloud.
    "resumes": _of(
        "user_id",
        "name phone phone_verified encrypted_id_number age gender ethnicity marital_status political_status"
        " household_type registered_province_number registered_province_name registered_city_number"
        " registered_city_name registered_county_number registered_county_name registered_detail"
        " current_province_number current_province_name current_city_number current_city_name current_county_number"
        " current_county_name current_detail emergency_name emergency_phone emergency_relationship id_card_front_id"
        " id_card_back_id company_id position visibility deleted_at",
        hidden="id_number_lookup",
    ),
    "resume_educations": _of("resume_id", "school degree major start_time end_time extras"),
    "resume_work_experiences": _of("resume_id", "company position start_time end_time salary description extras"),
    "job_targets": _of(
        "resume_id",
        "level category hunting_state salary_min salary_max work_years domains self_evaluation qq email shows_goals",
    ),
    "job_target_areas": _of("resume_id", "area"),
    "resume_profiles": _of("resume_id", untold="content"),
    "handlers": _of("user_id", "name phone email enabled"),
    "sign_applications": _of(
        "user_id",
        "resume_id company_id handler_id position status open applied_at reason contract_id entry_date salary_cents"
        " terms terms_hash signed_at signed_from",
    ),
    # Talent feeds. What is known of a candidate is the candidate's, not the recruiter's.
    "recruiters": _of("user_id", "company_id membership phone approved_at"),
    "packages": _of("user_id", "name is_trial feeds feeds_used contacts contacts_used expires_at"),
    "feeds": _of(
        "user_id",
        "package_id title job_description skill_required salary_min salary_max keywords areas welfare levels"
        " company_preferences domains company_domains category accepts_partners viewed_at listed_at calculated_at"
        " loosening_hints deleted_at",
    ),
    "recommendations": _of(
        "feed_id",
        "displayed_at read_at hidden_at mark",
        untold="resume_id score title_score reasons keywords is_current calculated_at sent by_partner",
    ),
    "recommendation_marks": _of("recommendation_id", "mark"),
    "recommendation_comments": _of("recommendation_id", "content"),
    "watched_resumes": _of("user_id", "feed_id resume_id"),
    "acquired_contacts": _of("user_id", "resume_id package_id"),
    # Rows that name a person by an address.
    "outgoing_messages": _other(
        Fate.ADDRESSED, "kind address content status attempts next_attempt_at expires_at sent_at error"
    ),
    "recruiter_registrations": _other(
        Fate.ADDRESSED, "email slot password_hash company_name phone token_hash link_key expires_at"
    ),
    # What follows from other rows.
    "search_people": _other(Fate.FOLLOWS, "mark words name account class_name major"),
    "search_posts": _other(Fate.FOLLOWS, "mark words title content"),
    "search_resumes": _other(
        Fate.FOLLOWS, "mark words name position city company job_position job_description school major"
    ),
    "search_candidates": _other(
        Fate.FOLLOWS,
        "mark words position city company job_position job_description school major degree self_evaluation areas",
    ),
    "attendance_runs": _other(Fate.FOLLOWS, "user_id first_day last_day clock_ins"),
    "matching_tasks": _other(Fate.FOLLOWS, "kind subject_id version"),
    "search_pending": _other(Fate.FOLLOWS, "kind row_id is_backlog"),
    # The audit trail is a chain of seals: an event that is changed or taken out breaks it.
    "audit_events": _other(
        Fate.KEPT,
        "actor_id action subject_type subject_id details before after client request_id number previous_hash hash",
    ),
    # What objects of predecessors became.
    "legacy_ids": _other(Fate.NUMBERED, "source kind old_id new_id"),
    # Everybody's.
    "audit_heads": _other(Fate.STAYS, "number hash"),
    "captchas": _other(Fate.STAYS, "token_hash answer_hash expires_at"),
    "companies": _other(Fate.STAYS, "name enabled"),
    "company_profiles": _other(Fate.STAYS, "company_id url product_url stage key_points description domains"),
    "contracts": _other(Fate.STAYS, "company_id name body years file_url enabled"),
    "credit_rules": _other(Fate.STAYS, "rule account amount message"),
    "dictionary_entries": _other(Fate.STAYS, "kind number key name enabled"),
    "legacy_progress": _other(Fate.STAYS, "source kind fingerprint position floor counts report_bytes finished_at"),
    "levels": _other(Fate.STAYS, "number experience business_algorithms algorithm_types projects"),
    "projects": _other(
        Fate.STAYS,
        "name status purchase_budget introduction domain_id research_direction_id level delivery_at retired_at",
    ),
    "row_totals": _other(Fate.STAYS, "name up_to_id rows"),
    "search_companies": _other(Fate.STAYS, "mark words name"),
    "search_projects": _other(Fate.STAYS, "mark words name introduction"),
    "settings": _other(Fate.STAYS, "name value"),
}
