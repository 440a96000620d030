"""The columns that every table has: an id and two timestamps."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Integer
from sqlmodel import Field, SQLModel

# SQLite gives row ids only to a column of exactly the type INTEGER.
BIG_ID = BigInteger().with_variant(Integer(), "sqlite")

MAX_ID = 2**53 - 1
"""The largest id: JavaScript reads larger numbers wrongly."""

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION


class Entity(SQLModel):
    """Base of all tables. Ids are database identity columns and never used twice; times are aware UTC."""

    model_config = {"defer_build": True}  # rows are not validated: Pydantic need not build what would

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_ID, sa_column_args=[Identity()])
    created_at: datetime
    updated_at: datetime


def table_arguments(*constraints: Any) -> tuple[Any, ...]:
    """`__table_args__` of a table: its constraints and indexes, and AUTOINCREMENT so that SQLite reuses no id."""
    return (*constraints, {"sqlite_autoincrement": True})


def reference(
    table: str, *, index: bool = False, unique: bool = False, nullable: bool = False, kept: bool = False
) -> Any:
    """A column that refers to another table's id; its row goes with the one referred to.

    With `kept` the row stays, and refers to nothing from then on.
    """
    return Field(
        default=None if nullable or kept else ...,
        foreign_key=f"{table}.id",
        sa_type=BIG_ID,
        ondelete="SET NULL" if kept else "CASCADE",
        index=index,
        unique=unique,
        nullable=nullable or kept,
    )
