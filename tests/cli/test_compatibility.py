"""What the graph breaks for clients of the last release."""

from pathlib import Path

import pytest
from graphql import build_schema as build_graphql_schema
from typer.testing import CliRunner

from cli.app import app
from cli.compatibility import ACCEPTED, RELEASED, accepted_changes, breaking_changes, not_accepted
from schema.schema import build_schema
from tests.support.processes import ROOT

FOLDER = ROOT / "schema"
BEFORE = """
type Query { user(id: ID!, size: Int = 10): User! old: Int @deprecated(reason: "Use `user`.") }
type User { name: String! posts: [Post!]! }
type Post { id: ID! }
input Filter { text: String former: String @deprecated(reason: "Use `text`.") }
enum Slot { MORNING NIGHT @deprecated(reason: "Use `MORNING`.") }
"""
NULLABLE = r"""
[[accepted]]
change = 'FIELD_CHANGED_KIND: Field (\w+\.\w+) changed type from (.+)! to \2\.'
reason = "The viewer decides."
"""


def test_nothing_is_broken_that_is_not_listed_with_its_reason() -> None:
    changes = breaking_changes((FOLDER / RELEASED).read_text(encoding="utf-8"), build_schema().as_str())
    accepted = accepted_changes((FOLDER / ACCEPTED).read_text(encoding="utf-8"))

    assert not_accepted(changes, accepted) == [], (
        "Clients of the last release break. Keep the field and deprecate it, or list the change with its reason in"
        f" schema/{ACCEPTED}: docs/development.md"
    )


def test_the_changelog_names_what_is_deprecated() -> None:
    types = build_graphql_schema(build_schema().as_str()).type_map.values()
    parts = {
        f"`{owner.name}.{name}`"
        for owner in types
        for name, part in {**getattr(owner, "fields", {}), **getattr(owner, "values", {})}.items()
        if part.deprecation_reason
    }
    deprecated = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("### Deprecated")[1:]

    assert parts
    assert [part for part in sorted(parts) if not any(part in section.split("###")[0] for section in deprecated)] == []


@pytest.mark.parametrize(
    ("replaced", "replacement", "changes"),
    [
        ("name: String!", "name: String! age: Int", []),
        (' old: Int @deprecated(reason: "Use `user`.")', "", []),
        (' former: String @deprecated(reason: "Use `text`.")', "", []),
        (' NIGHT @deprecated(reason: "Use `MORNING`.")', " EVENING", []),
        ("name: String! ", "", ["FIELD_REMOVED: Field User.name was removed."]),
        (
            "text: String ",
            "text: String! ",
            ["FIELD_CHANGED_KIND: Field Filter.text changed type from String to String!."],
        ),
        ("size: Int = 10", "size: Int = 20", ["ARG_DEFAULT_VALUE_CHANGE"]),
        ("name: String!", "name: String", ["FIELD_CHANGED_KIND: Field User.name changed type from String! to String."]),
        ("[Post!]!", "[Post!]", ["FIELD_CHANGED_KIND: Field User.posts changed type from [Post!]! to [Post!]."]),
    ],
)
def test_a_change_that_clients_notice_is_told(replaced: str, replacement: str, changes: list[str]) -> None:
    found = breaking_changes(BEFORE, BEFORE.replace(replaced, replacement))

    assert len(found) == len(changes)
    assert [change for change, start in zip(found, changes, strict=True) if not change.startswith(start)] == []


def test_a_rule_accepts_what_it_matches_as_a_whole() -> None:
    accepted = accepted_changes(NULLABLE)
    nullable = "FIELD_CHANGED_KIND: Field User.name changed type from String! to String."
    others = [
        "FIELD_CHANGED_KIND: Field User.name changed type from String! to Int.",
        "FIELD_CHANGED_KIND: Field User.name changed type from String to String!.",
        "FIELD_REMOVED: Field User.name was removed.",
    ]

    assert not_accepted([nullable, *others], accepted) == others
    with pytest.raises(ValueError, match="No reason is given for FIELD"):
        accepted_changes(NULLABLE.replace("The viewer decides.", " "))


def test_a_release_writes_the_schema_and_empties_the_list(tmp_path: Path) -> None:
    listed = tmp_path / ACCEPTED
    listed.write_text(f"# What this is.\n{NULLABLE}", encoding="utf-8")

    done = CliRunner().invoke(app, ["release-schema", str(tmp_path)])
    failed = CliRunner().invoke(app, ["release-schema", str(tmp_path / "missing")])

    assert done.exit_code == 0
    assert (tmp_path / RELEASED).read_text(encoding="utf-8") == f"{build_schema().as_str()}\n"
    assert listed.read_text(encoding="utf-8") == "# What this is.\n"
    assert (failed.exit_code, "cannot be read or written" in failed.stderr) == (1, True)
