"""What a start need not import."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.keys import PRODUCTION_KEY

ROOT = Path(__file__).parent.parent
LATER = {
    # Where a setting asks for them.
    "aiosmtplib",
    "asyncpg",
    "httpx2",
    "obstore",
    "opentelemetry",
    "redis",
    # By the process that matches, when there is something to match.
    "numpy",
    "opencc",
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
    # Before: the secret key was compared with its lists.
    "zxcvbn",
    "zxcvbn.matching",
    # Once in the life of a database.
    "alembic",
    "resolvers.demonstration.loading",
    # By the command line, and by whoever serves the application.
    "cli",
    "python_calamine",
    "typer",
    "uvicorn",
    "websockets",
    # Never, though libraries would if they could.
    "cryptography.x509",
    "pygments",
    "rich",
    "sqlalchemy.dialects.oracle",
    "watchfiles",
}


BUILT = """
import gc, json, server, sys
told = [gc.isenabled(), gc.get_threshold()]
app = server.worker()
print(json.dumps([told == [gc.isenabled(), gc.get_threshold()], gc.isenabled(), gc.get_freeze_count(), *sys.modules]))
"""


def test_the_application_is_built_without_what_only_some_use(tmp_path: Path) -> None:
    production = {"ENVIRONMENT": "production", "SECRET_KEY": PRODUCTION_KEY}
    variables = {**os.environ, **production, "DATA_DIR": str(tmp_path), "MATCHING": "1"}
    done = subprocess.run(
        [sys.executable, "-c", BUILT], cwd=ROOT, env=variables, capture_output=True, encoding="utf-8", check=True
    )

    is_as_before, collects_garbage, frozen, *imported = json.loads(done.stdout)
    assert LATER & set(imported) == set()
    assert collects_garbage
    assert is_as_before
    assert frozen > 100_000  # which the copies' collections of garbage leave alone
