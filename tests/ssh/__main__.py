"""The program at the far end of a real SSH line that is cut: `python -m tests.ssh` (needs OpenSSH's ssh and sshd).

An sshd of its own listens on the loopback. The app starts a training over it; then the connection is cut in the middle
of an epoch, in one of three ways. The training must go on to its end, the app and its reader must be gone, and the next
connection must find the run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from processes import of_home
from terminal import Terminal
from waiting import wait_until

from core.runs.run import FINISHED, Run, list_runs
from core.system import children
from tests.crashes.homes import at_home

CUTS = ("client killed", "server's session killed", "line silent, then closed")
_LONG = 600.0


def main() -> int:
    """Cut each; 1 if one was not survived."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.parse_args()
    sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if sshd is None or shutil.which("ssh") is None:
        print("ssh and sshd are needed")
        return 2
    with tempfile.TemporaryDirectory() as name, _listening(sshd, Path(name)) as line:
        for number, cut in enumerate(CUTS):
            _try(line, Path(name) / str(number), cut)
            print(f"{cut}: the training went on to its end, nothing was left behind, and the next line found it")
    return 0


@contextmanager
def _listening(sshd: str, folder: Path) -> Iterator[list[str]]:
    """The command that opens a line to an sshd in `folder`."""
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "allowed").write_text((folder / "user.pub").read_text())
    (folder / "allowed").chmod(0o600)
    folder.chmod(0o700)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    given = ["HostKey", str(folder / "host"), "AuthorizedKeysFile", str(folder / "allowed"), "StrictModes", "no"]
    given += ["UsePAM", "no", "PidFile", str(folder / "pid"), "PermitRootLogin", "yes", "AcceptEnv", "*"]
    settings = [f"-o{name}={value}" for name, value in zip(given[::2], given[1::2], strict=True)]
    Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen([sshd, "-D", "-e", "-p", port, "-f", "/dev/null", *settings], stderr=subprocess.DEVNULL)
    wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", int(port))) == 0)
    try:
        yield [
            "ssh", "-tt", "-q", "-p", port, "-i", str(folder / "user"), "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", "127.0.0.1",
        ]  # fmt: skip
    finally:
        server.terminate()
        server.wait()


def _try(line: list[str], home: Path, cut: str) -> None:
    variables = {"DIGITS_HOME": str(home), "PYTHONPATH": children.environment().get("PYTHONPATH", "")}
    program = " ".join(f"{name}={value}" for name, value in variables.items())
    command = [*line, f"{program} {sys.executable} -P -m tui"]
    with Terminal(command, dict(os.environ)) as terminal:
        _begin(terminal)
        with at_home(home):
            run = _in_mid_epoch()
        _cut(terminal, cut)
    wait_until(lambda: not [command for _, command in of_home(home) if str(run.path) not in command])
    assert run.is_running(), "the training has ended with the line"
    with Terminal(command, dict(os.environ)) as terminal:
        terminal.expect("Training", _LONG)
        terminal.settle()
        terminal.press("t")
        terminal.expect(run.name[:17], _LONG)
        terminal.press("q")
        terminal.wait_until(lambda: terminal.status == 0, "it cannot be left")
    deadline = time.monotonic() + _LONG
    while run.is_running() and time.monotonic() < deadline:
        time.sleep(0.5)
    assert run.status() == FINISHED, run.status()
    wait_until(lambda: not of_home(home))


def _begin(terminal: Terminal) -> None:
    terminal.expect("Training", _LONG)
    terminal.press("d")
    terminal.expect("Epochs", _LONG)
    terminal.settle()
    terminal.press("enter")
    terminal.settle()
    terminal.press("enter")


def _in_mid_epoch() -> Run:
    wait_until(lambda: list_runs() and b'"progress"' in _events(list_runs()[0]))
    return list_runs()[0]


def _events(run: Run) -> bytes:
    return run.events.read_bytes() if run.events.exists() else b""


def _cut(terminal: Terminal, cut: str) -> None:
    match cut:
        case "client killed":
            os.kill(terminal.pid, signal.SIGKILL)
        case "server's session killed":
            for pid in _sessions():
                os.kill(pid, signal.SIGKILL)
        case _:
            os.kill(terminal.pid, signal.SIGSTOP)  # nothing is read any more; the output stands in the pipe
            time.sleep(5)
            os.kill(terminal.pid, signal.SIGKILL)


def _sessions() -> list[int]:
    """The processes of sshd that hold a line."""
    found = subprocess.run(["pgrep", "-f", "^sshd: .*@"], capture_output=True, text=True, check=False).stdout
    return [int(each) for each in found.split()]


if __name__ == "__main__":
    sys.exit(main())
