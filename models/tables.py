"""All tables of the product; importing this module registers them."""

from sqlmodel import SQLModel

from models import attendance, audit, community, goals, identity, journal, messages, reference
from models.platform import credits, mirrors, profile, projects

DOMAINS = (
    attendance,
    audit,
    community,
    credits,
    goals,
    identity,
    journal,
    messages,
    mirrors,
    profile,
    projects,
    reference,
)

metadata = SQLModel.metadata
