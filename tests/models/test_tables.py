"""What every table has."""

import pytest
from sqlalchemy import BigInteger, Identity, Table
from sqlmodel.sql.sqltypes import UTCDateTime

from models.tables import metadata

TABLES = [pytest.param(table, id=name) for name, table in metadata.tables.items()]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_an_identity_and_its_times(table: Table) -> None:
    assert [column.name for column in table.primary_key] == ["id"]
    assert isinstance(table.c.id.type, BigInteger)
    assert isinstance(table.c.id.identity, Identity)
    for name in ("created_at", "updated_at"):
        assert isinstance(table.c[name].type, UTCDateTime)
        assert not table.c[name].nullable


@pytest.mark.parametrize("table", TABLES)
def test_a_table_never_uses_an_id_twice_on_sqlite(table: Table) -> None:
    assert table.dialect_kwargs["sqlite_autoincrement"] is True


@pytest.mark.parametrize("table", TABLES)
def test_a_row_goes_with_the_one_it_belongs_to_or_refers_to_nobody(table: Table) -> None:
    for key in table.foreign_keys:
        assert key.ondelete in ({"CASCADE", "SET NULL"} if key.parent.nullable else {"CASCADE"})
        leading = {next(iter(index.columns)).name for index in table.indexes}
        leading |= {next(iter(unique.columns)).name for unique in table.constraints if len(unique.columns)}  # type: ignore[attr-defined]
        assert key.parent.name in leading, "the database would search the whole table for each row that goes"


def test_the_audit_trail_outlives_who_is_in_it() -> None:
    # A row that changed with its user would not be as it was written.
    assert metadata.tables["audit_events"].foreign_keys == set()
