"""The house: imports run downward, and whoever breaks that is told."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("cli", "rest_compat", "schema", "resolvers", "auth", "models", "watching")
BELOW_THE_GRAPH = ("resolvers", "auth", "models", "watching")
CAMEL_CASE = re.compile(r"(?<!\w)[a-z]{2,}[A-Z]\w*")
STORED_NAMES = {
    "resolvers/identity/export.py": {"workLogs"},
    "resolvers/signing/signatures.py": {"entryDate", "fileUrl", "idNumber", "userId"},
    "resolvers/signing/transitions.py": {"termsHash"},
    "resolvers/talent/packages.py": {"expiresAt"},
}
"""The keys of signed terms and of audit events, which are stored as they are."""
FILE_FORMATS = {"tables"}
"""The folders whose camelCase names are those of a file format."""


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages and of the contracts."""
    folder = tmp_path_factory.mktemp("layers")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "support", folder / "tests" / "support")
    shutil.copy(ROOT / "tests" / "__init__.py", folder / "tests")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@contextmanager
def appended(file: Path, text: str) -> Iterator[None]:
    """While the block runs, the file ends with the text."""
    source = file.read_text(encoding="utf-8")
    file.write_text(source + text, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(source, encoding="utf-8")


def test_imports_run_downward() -> None:
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("rest_compat/apis.py", "import resolvers.goals"),
        ("rest_compat/work_progress/dialect.py", "from resolvers import paging"),
        ("rest_compat/apis.py", "import models.db"),
        ("rest_compat/apis.py", "import models.tables"),
        ("rest_compat/apis.py", "import models.statements"),
        ("rest_compat/apis.py", "import models.identity"),
        ("schema/goals.py", "import rest_compat.binding"),
        ("schema/engine/paging.py", "import schema.goals"),
        ("schema/engine/paging.py", "import resolvers.goals"),
        ("resolvers/goals.py", "import schema.engine.node_id"),
        ("resolvers/goals.py", "import strawberry"),
        ("resolvers/goals.py", "import starlette"),
        ("auth/policies.py", "import resolvers.goals"),
        ("auth/policies.py", "import starlette"),
        ("models/goals.py", "import auth.policies"),
        ("models/goals.py", "import strawberry"),
    ],
)
def test_an_import_upward_is_refused(copied: Path, module: str, forbidden: str) -> None:
    with appended(copied / module, f"\n{forbidden}\n"):
        result = lint_imports(copied)

    assert result.returncode != 0
    importer = module.removesuffix(".py").replace("/", ".")
    assert f"{importer} -> {forbidden.split()[1]}" in result.stdout


def test_a_circle_of_imports_is_refused_even_for_types_alone(copied: Path) -> None:
    circle = "\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from schema.goals import EmploymentGoal\n"

    with appended(copied / "schema" / "identity" / "user.py", circle):
        result = lint_imports(copied)

    assert result.returncode != 0
    assert "schema.goals -> schema.identity.user -> schema.goals" in result.stdout or (
        "schema.identity.user -> schema.goals -> schema.identity.user" in result.stdout
    )


def graph_names(folder: Path) -> dict[str, set[str]]:
    """The names in camelCase that the files below the graph spell out, docstrings aside, by file."""
    found: dict[str, set[str]] = {}
    for package in BELOW_THE_GRAPH:
        for file in (folder / package).rglob("*.py"):
            if file.parent.name in FILE_FORMATS:
                continue
            for text in texts(ast.parse(file.read_text(encoding="utf-8"))):
                if names := CAMEL_CASE.findall(text):
                    found.setdefault(file.relative_to(folder).as_posix(), set()).update(names)
    return found


def texts(tree: ast.AST) -> Iterator[str]:
    """The texts of a module, and the parts of its f-strings, without docstrings."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def test_below_the_graph_fields_have_the_names_of_python() -> None:
    """The engine alone knows what a field is called in the graph, in the path of an error and in its message."""
    assert graph_names(ROOT) == STORED_NAMES


@pytest.mark.parametrize(
    "fault",
    [
        'raise InvalidInput("No.", field="companyId")',
        'raise InvalidInput(f"salaryMax must be more than {0}.", field="salary_max")',
        'CODES = {"mobile": "oldMobileCode"}',
    ],
)
def test_a_name_of_the_graph_below_it_is_found(fault: str, tmp_path: Path) -> None:
    (tmp_path / "resolvers").mkdir()
    (tmp_path / "resolvers" / "goals.py").write_text(f'"""About targetJob."""\n{fault}\n', encoding="utf-8")

    assert [len(names) for names in graph_names(tmp_path).values()] == [1]


def test_sessions_are_ended_in_one_module_which_tells_of_it() -> None:
    """Who else ended one would leave its WebSockets open: what others take of `auth.sessions` ends none."""
    harmless = {"authenticate", "open_sessions", "topic_of_ends", "LIFETIMES"}
    found = set()
    for layer in ("resolvers", "schema", "rest_compat", "cli"):
        for path in (ROOT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module in ("auth", "auth.sessions"):
                    names = {each.name for each in node.names}
                    taken = names & {"sessions"} if node.module == "auth" else names - harmless
                    found |= {(str(path.relative_to(ROOT)), name) for name in taken}

    assert found == {("resolvers/identity/sessions.py", "sessions")}
