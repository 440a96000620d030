"""Every block of docs/cli.md works as it is pasted."""

import os
import re
import subprocess
from pathlib import Path

from tests.cli.conftest import FIXED
from tests.support.command_server import stand_in
from tests.support.processes import ROOT

BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


OFFER = """COMP_WORDS="careergraph list-" COMP_CWORD=1 CAREERGRAPH_PROGRAM=careergraph \\
  _CAREERGRAPH_COMPLETE=complete_bash python -m cli > offered.txt"""
"""What completion in bash runs after `careergraph list-`."""


def test_every_block_works_as_it_is_pasted(tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "cli.md").read_text(encoding="utf-8"))
    assert len(blocks) == 9
    (programs := tmp_path / "programs").mkdir()
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(tmp_path / "data"),
        "LC_ALL": "C.UTF-8",
        **FIXED,
    }

    with stand_in(programs):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join([*blocks, OFFER])],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "Nothing has to be changed." in done.stdout
    assert "Created the administrator 9000000002." in done.stdout
    assert "Imported 2 users, rejected 0 rows." in done.stdout
    assert "Disabled. All sessions ended.\nEnabled.\n" in done.stdout
    assert "complete -o default -F _careergraph_completion careergraph" in (tmp_path / "careergraph.bash").read_text()
    assert (tmp_path / "offered.txt").read_text().split() == ["list-admins", "list-users", "list-sessions"]
