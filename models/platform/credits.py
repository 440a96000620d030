"""Credits and levels: a ledger with balances, the rules that grant credits, and the conditions of levels."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class CreditAccount(StrEnum):
    """Where credits are kept. Dedicated credits are spent before general ones."""

    GENERAL = "general"
    DEDICATED = "dedicated"


class CreditRule(StrEnum):
    """What earns credits by itself."""

    REGISTRATION = "registration"
    REAL_NAME = "real_name"
    PROJECT_COMPLETED = "project_completed"


class GrantKind(StrEnum):
    """What administrators grant towards a level."""

    EXPERIENCE = "experience"
    BUSINESS_ALGORITHM = "business_algorithm"
    ALGORITHM_TYPE = "algorithm_type"


class CreditBalance(Entity, table=True):
    """The sum of a user's entries in one account; changed only together with a new entry."""

    __tablename__ = "credit_balances"
    __table_args__ = table_arguments(
        UniqueConstraint("user_id", "account"), CheckConstraint("balance >= 0", name="not_negative")
    )

    user_id: int = reference("users")
    account: str = Field(max_length=16)
    balance: int


class CreditEntry(Entity, table=True):
    """A change of a balance. Rows are only ever added; the key tells a repetition from a second change."""

    __tablename__ = "credit_entries"
    __table_args__ = table_arguments(
        UniqueConstraint("user_id", "key"),
        Index("ix_credit_entries_user_id_id", "user_id", "id"),
        # All that statistics read.
        Index("ix_credit_entries_created_at", "created_at", "rule", "account", "user_id", "change", "key"),
    )

    user_id: int = reference("users")
    account: str = Field(max_length=16)
    change: int
    balance_after: int
    message: str = Field(max_length=255)
    rule: str | None = Field(default=None, max_length=32)
    key: str = Field(max_length=128)


class CreditRuleTerms(Entity, table=True):
    """What a rule gives at present; an amount of 0 switches it off."""

    __tablename__ = "credit_rules"
    __table_args__ = table_arguments()

    rule: str = Field(max_length=32, unique=True)
    account: str = Field(max_length=16)
    amount: int
    message: str = Field(max_length=255)


class Level(Entity, table=True):
    """What a developer must have reached for a level; everybody has level 1."""

    __tablename__ = "levels"
    __table_args__ = table_arguments()

    number: int = Field(unique=True)
    experience: int
    business_algorithms: int
    algorithm_types: int
    projects: int


class DeveloperGrant(Entity, table=True):
    """Experience or algorithms that an administrator credited to a developer."""

    __tablename__ = "developer_grants"
    __table_args__ = table_arguments(
        Index("ix_developer_grants_user_id_kind", "user_id", "kind"),
        Index("ix_developer_grants_user_id_id", "user_id", "id"),
    )

    user_id: int = reference("users")
    kind: str = Field(max_length=32)
    amount: int
    message: str = Field(max_length=255)
