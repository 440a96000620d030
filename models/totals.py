"""Row counts of large tables, maintained without counting all rows."""

from sqlmodel import Field

from models.base import BIG_ID, Entity, table_arguments


class RowTotal(Entity, table=True):
    """The rows of a table whose id is at most `up_to_id`. Triggers take off what is deleted of them."""

    __tablename__ = "row_totals"
    __table_args__ = table_arguments()

    name: str = Field(max_length=64, unique=True)
    """The table."""
    up_to_id: int = Field(sa_type=BIG_ID)
    rows: int = Field(sa_type=BIG_ID)
