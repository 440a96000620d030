"""What a start need not import."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LATER = {
    # Where a setting asks for them.
    "aiosmtplib",
    "asyncpg",
    "httpx2",
    "redis",
    "numpy",
    "rjieba",
    "resolvers.matching.engine",
    "resolvers.matching.lexicon",
    "resolvers.talent.matching",
    # By the thread that first does what needs them.
    "PIL",
    "captcha",
    "xlsxwriter",
    # By the request that has such a body, and by the documentation.
    "yaml",
    # Once in the life of a database.
    "alembic",
    "resolvers.demonstration.loading",
    # By the command line, and by whoever serves the application.
    "cli",
    "python_calamine",
    "typer",
    "uvicorn",
    "websockets",
}


def test_the_application_is_imported_without_what_only_some_use() -> None:
    code = "import gc, json, server, sys; print(json.dumps([gc.isenabled(), *sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)

    collects_garbage, *imported = json.loads(done.stdout)
    assert LATER & set(imported) == set()
    assert collects_garbage
