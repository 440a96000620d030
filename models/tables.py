"""All tables of the product; importing this module registers them."""

from sqlmodel import SQLModel

from models import attendance, community, goals, identity, journal, reference

DOMAINS = (attendance, community, goals, identity, journal, reference)

metadata = SQLModel.metadata
