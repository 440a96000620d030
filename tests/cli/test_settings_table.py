"""`export-settings`, and the reference that it writes."""

from cli.settings_table import TABLE, settings_table
from models.settings import Settings
from models.settings_reference import SECTIONS
from tests.support.processes import ROOT


def test_every_setting_has_a_meaning_in_one_section() -> None:
    described = [name for section in SECTIONS.values() for name in section]

    assert sorted(described) == sorted(Settings.model_fields)
    assert [name for section in SECTIONS.values() for name, meaning in section.items() if not meaning.text] == []


def test_the_reference_of_the_documentation_is_the_one_of_the_settings() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert TABLE.put_into(page, settings_table()) == page, "python -m cli export-settings docs/configuration.md"


def test_defaults_choices_and_limits_are_those_of_the_fields() -> None:
    rows = {row.split("`")[1]: row.split(" | ")[1:3] for row in settings_table().splitlines() if row.startswith("| `")}

    assert len(rows) == len(Settings.model_fields)
    assert rows["PORT"] == ["`8070`", "0 to 65535"]
    assert rows["GUESSES_PER_SERVICE"] == ["`3000`", "at least 1"]
    assert rows["SLOW_CLIENT_SECONDS"] == ["`30`", "over 0"]
    assert rows["SQLITE_BUSY_SECONDS"] == ["`30`", "over 0, up to 600"]
    assert rows["SMTP_TLS"] == ["`starttls`", "`none`, `starttls`, `tls`"]
    assert rows["ENVIRONMENT"] == ["`development`", "`development`, `production`"]
    assert rows["MATCHING"] == ["`1`", "`0`, `1`"]
    assert rows["DEMO_DATA"] == ["`1` in development", "`0`, `1`"]
    assert rows["SMTP_PASSWORD"] == ["none", "secret"]
    assert rows["REDIS_URL"] == ["none", ""]
