"""All tables of the product; importing this module registers them."""

from sqlmodel import SQLModel

from models import (
    attendance,
    audit,
    community,
    goals,
    identity,
    journal,
    legacy,
    messages,
    notifications,
    reference,
    search,
    teaching,
    totals,
    trash,
    uploads,
)
from models.platform import certification, credits, mirrors, profile, projects
from models.signing import applications, companies, resumes
from models.talent import feeds, recommendations, recruiters, targets

DOMAINS = (
    applications,
    attendance,
    audit,
    certification,
    community,
    companies,
    credits,
    feeds,
    goals,
    identity,
    journal,
    legacy,
    messages,
    mirrors,
    notifications,
    profile,
    projects,
    recommendations,
    recruiters,
    reference,
    resumes,
    search,
    targets,
    teaching,
    totals,
    trash,
    uploads,
)

metadata = SQLModel.metadata

DERIVED = ("search_", "attendance_runs")
"""What the names of tables begin with that follow from the others: triggers fill them again."""
