"""All tables of the product; importing this module registers them."""

from sqlmodel import SQLModel

from models import attendance, audit, community, goals, identity, journal, reference
from models.platform import profile

DOMAINS = (attendance, audit, community, goals, identity, journal, profile, reference)

metadata = SQLModel.metadata
