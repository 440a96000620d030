"""Companies, their contracts, and the handlers of applications."""

from sqlalchemy import Index
from sqlmodel import Field

from models.base import Entity, reference, table_arguments

COMPANY_NAME = 255
CONTRACT_NAME = 32
FILE_URL = 64
HANDLER_NAME = 16
HANDLER_PHONE = 16
HANDLER_EMAIL = 32


class Company(Entity, table=True):
    """An employer. A disabled one takes no new applications and stays where it is named."""

    __tablename__ = "companies"
    __table_args__ = table_arguments(
        Index("ix_companies_enabled_id", "enabled", "id"),
        Index("ix_companies_name_id", "name", "id"),
        Index("ix_companies_created_at_id", "created_at", "id"),
    )

    name: str = Field(max_length=COMPANY_NAME, unique=True)
    enabled: bool = True


class Contract(Entity, table=True):
    """What a company's people sign. Once an application refers to it, its terms change no more."""

    __tablename__ = "contracts"
    __table_args__ = table_arguments(Index("ix_contracts_company_id_id", "company_id", "id"))

    company_id: int = reference("companies")
    name: str = Field(max_length=CONTRACT_NAME)
    body: str = Field(max_length=CONTRACT_NAME)
    """合同主体: the party that signs on the company's side."""
    years: int
    file_url: str = Field(max_length=FILE_URL)
    enabled: bool = True


class Handler(Entity, table=True):
    """A user with the role HANDLER who looks after applications. A disabled one is not offered and decides nothing."""

    __tablename__ = "handlers"
    __table_args__ = table_arguments(Index("ix_handlers_name_id", "name", "id"))

    user_id: int = reference("users", unique=True)
    name: str = Field(max_length=HANDLER_NAME)
    phone: str = Field(default="", max_length=HANDLER_PHONE)
    email: str = Field(default="", max_length=HANDLER_EMAIL)
    enabled: bool = True
