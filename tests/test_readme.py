"""The README's commands work as they are pasted."""

import json
import re
import subprocess
from pathlib import Path

from tests.support.processes import ROOT, Program, running_server

SHELL_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def test_the_first_calls_of_the_readme_answer_as_it_says(tmp_path: Path) -> None:
    blocks = SHELL_BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    calls = [block for block in blocks if "curl" in block]
    assert len(calls) == 3

    with running_server(tmp_path / "data", Program) as server:
        script = "\necho\n".join(calls).replace("http://127.0.0.1:8070", server.url)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=True)

    login, writes, query = done.stdout.strip().splitlines()
    assert json.loads(login)["data"]["user"]["account"] == "8888888888"
    success = '{"code":0,"msg":"success","data":null}'
    assert writes == success * 2
    viewer = json.loads(query)["data"]["viewer"]
    assert viewer["name"] == "lj"
    assert [clock_in["location"] for clock_in in viewer["clockIns"]["nodes"]] == ["图书馆"]
