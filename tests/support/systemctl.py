"""A stand-in for `systemctl`: does with a unit's file what systemd does, as far as steps of the documentation go.

The variable ROOT names the folder that stands for the root of the file system.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(os.environ["ROOT"])
STATE = ROOT / "run"
PATIENCE_S = 60


def settings_of(unit: str) -> dict[str, list[str]]:
    """The values of each name of a unit's file, for the instance of a template."""
    name, is_template, instance = unit.partition("@")
    found: dict[str, list[str]] = {}
    file = ROOT / "etc/systemd/system" / f"{name}{is_template}.service"
    for line in file.read_text(encoding="utf-8").splitlines():
        key, separator, value = line.partition("=")
        if separator and not key.startswith("#"):
            found.setdefault(key, []).append(value.replace("%i", instance))
    return found


def start(unit: str) -> socket.socket:
    """Run what the unit says, with its environment and credentials alone; where it says that it is ready."""
    settings = settings_of(unit)
    credentials = STATE / f"{unit}.credentials"
    shutil.rmtree(credentials, ignore_errors=True)
    credentials.mkdir(parents=True, mode=0o700)
    for credential in settings.get("LoadCredential", []):
        name, _, path = credential.partition(":")
        shutil.copy(path, credentials / name)
    lines = [line for path in settings.get("EnvironmentFile", []) for line in Path(path).read_text().splitlines()]
    lines += settings.get("Environment", [])
    variables = dict(line.split("=", 1) for line in lines if line and line[0] != "#")
    (address := STATE / f"{unit}.notify").unlink(missing_ok=True)
    messages = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    messages.bind(str(address))
    address.chmod(0o666)
    with (STATE / f"{unit}.log").open("ab") as log:
        process = subprocess.Popen(
            settings["ExecStart"][0].split(),
            cwd=settings.get("WorkingDirectory", [ROOT])[0],
            env={
                "PATH": os.defpath,
                "CREDENTIALS_DIRECTORY": str(credentials),
                "NOTIFY_SOCKET": str(address),
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (STATE / f"{unit}.pid").write_text(str(process.pid))
    return messages


def wait_until_ready(unit: str, messages: socket.socket) -> None:
    """Come back once the unit has said so."""
    messages.settimeout(PATIENCE_S)
    try:
        while "READY=1" not in messages.recv(4096).decode().splitlines():
            pass
    except TimeoutError:
        sys.exit(f"{unit} does not start")


def reload(unit: str) -> None:
    """Ask the unit's first process to reload, as its `ExecReload` does, and come back at once."""
    assert settings_of(unit)["ExecReload"] == ["kill -HUP $MAINPID"]
    os.kill(int((STATE / f"{unit}.pid").read_text()), signal.SIGHUP)


def stop(unit: str) -> None:
    """Ask the unit's first process to end, and wait until it has."""
    noted = STATE / f"{unit}.pid"
    if not noted.exists():
        return
    process = int(noted.read_text())
    noted.unlink()
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_S
    while is_running(process):
        if time.monotonic() > deadline:
            sys.exit(f"{unit} does not stop")
        time.sleep(0.05)


def is_running(process: int) -> bool:
    """Whether it has not ended; nobody may have asked how."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def main(command: str, *arguments: str) -> None:
    """What `systemctl` is called with."""
    units = [argument for argument in arguments if not argument.startswith("-")]
    starting = []
    for unit in units:
        if command in {"stop", "restart"}:
            stop(unit)
        if command in {"enable", "restart"}:
            starting.append((unit, start(unit)))
        if command == "reload":
            reload(unit)
    for unit, messages in starting:
        wait_until_ready(unit, messages)


if __name__ == "__main__":
    main(*sys.argv[1:])
