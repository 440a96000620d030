"""All tables of the product; importing this module registers them."""

from sqlmodel import SQLModel

from models import attendance, audit, community, goals, identity, journal, messages, notifications, reference, uploads
from models.platform import certification, credits, mirrors, profile, projects

DOMAINS = (
    attendance,
    audit,
    certification,
    community,
    credits,
    goals,
    identity,
    journal,
    messages,
    mirrors,
    notifications,
    profile,
    projects,
    reference,
    uploads,
)

metadata = SQLModel.metadata
