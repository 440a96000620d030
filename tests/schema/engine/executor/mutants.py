"""Puts small faults into the executor, one at a time, and shows that the tests catch them.

`python -m tests.schema.engine.executor.mutants` tries all of them; with a number, so many chosen at random (a second
number is the seed). It works on a copy of the tree.
"""

import argparse
import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[4]
PACKAGE = Path("schema/engine/executor")
MODULES = (
    *("arguments.py", "compiler.py", "executor.py", "loads.py", "outputs.py", "frames.py", "plan.py", "plans.py"),
    *("prepared.py", "references.py", "rendering.py", "resolved.py", "run.py", "shaping.py", "steps.py"),
    *(f"../../../resolvers/rendering/{name}.py" for name in ("objects", "pages", "statements")),
    *(f"../../../models/json_sql/{name}.py" for name in ("elements", "postgresql", "sqlite")),
)
TESTS = (
    "tests/schema/engine/executor/test_specification.py",
    "tests/schema/engine/executor/test_links.py",
    "tests/schema/engine/executor/test_references.py",
    "tests/schema/engine/executor/test_arguments.py",
    "tests/schema/engine/executor/test_prepared.py",
    "tests/schema/engine/executor/test_plans.py",
    "tests/schema/engine/executor/test_rendering.py",
    "tests/schema/engine/executor/test_templates.py",
    "tests/schema/engine/executor/test_rendered_statements.py",
    "tests/schema/engine/executor/test_differential.py",
)
COPIED = (
    "auth",
    "models",
    "resolvers",
    "rest_compat",
    "schema",
    "tests",
    "cli",
    "benchmarks",
    "watching",
    "explorer/dist",
)
TIMEOUT = 900
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Mutant:
    """A fault: what stands at a place of a file, and what is put there."""

    module: str
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.before}  ->  {self.after}"


def mutants() -> list[Mutant]:
    """Every fault that is put in."""
    return [mutant for module in MODULES for mutant in _of(module)]


def _of(module: str) -> Iterator[Mutant]:
    text = (ROOT / PACKAGE / module).read_text()
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for changed in _changes(node):
            start, end = _span(text, node)
            after = ast.unparse(changed)
            if isinstance(node, ast.expr):
                after = f"({after})"
            source = text[:start] + after + text[end:]
            yield Mutant(module, node.lineno, text[start:end].split("\n")[0], after.split("\n")[0], source)  # type: ignore[attr-defined]


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
        yield ast.Compare(node.left, [_COMPARISONS[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.Constant) and node.value in (True, False) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield ast.Pass()
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield ast.Return(ast.Constant(None))


def _span(text: str, node: ast.AST) -> tuple[int, int]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    first, last = node.lineno - 1, node.end_lineno - 1  # type: ignore[attr-defined]
    return starts[first] + node.col_offset, starts[last] + node.end_col_offset  # type: ignore[attr-defined]


def survivors(chosen: Sequence[Mutant]) -> list[Mutant]:
    """The faults that no test catches."""
    left = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        for name in COPIED:
            if (ROOT / name).exists():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "server.py", "serving.py", "workers.py"):
            shutil.copy(ROOT / name, copy / name)
        if (failure := _failure(copy)) is not None:
            raise SystemExit(f"The tests fail without any fault:\n{failure}")
        for number, mutant in enumerate(chosen, 1):
            path = copy / PACKAGE / mutant.module
            original = path.read_text()
            path.write_text(mutant.source)
            is_caught = _failure(copy) is not None
            path.write_text(original)
            print(f"{number}/{len(chosen)} {'caught' if is_caught else 'SURVIVED'} {mutant}", flush=True)
            if not is_caught:
                left.append(mutant)
    return left


def _failure(folder: Path) -> str | None:
    """What the tests say, unless they pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return "They do not end."
    return done.stdout if done.returncode else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each fault and whether it is caught; 1 if one is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.schema.engine.executor.mutants", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", help="how many, at random; all of them otherwise")
    parser.add_argument("seed", type=int, nargs="?", default=0)
    options = parser.parse_args(arguments)
    found = mutants()
    if options.count:
        found = Random(options.seed).sample(found, min(options.count, len(found)))  # noqa: S311
    left = survivors(found)
    print(f"{len(found) - len(left)} of {len(found)} caught.")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
