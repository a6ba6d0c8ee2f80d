"""core.system.children: how the program starts itself, wherever it was started from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import LONGEST

from core import __version__
from core.config.configuration import TrainingConfig
from core.errors import RunError
from core.runs import launch
from core.runs.run import create_run
from core.system import children

_TELL = """
import json, os, sys
print(json.dumps({"cwd": os.getcwd(), "session": os.getsid(0), "input": sys.stdin.read(), "arguments": sys.argv[1:]}))
print("and this to standard error", file=sys.stderr)
"""


@pytest.fixture
def teller(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of training: a process that tells how it was started."""
    monkeypatch.setattr(children, "command", lambda *arguments: [sys.executable, "-c", _TELL, *arguments])


def test_a_folder_called_core_is_not_taken_for_ours(tmp_path: Path) -> None:
    """The child is this program, whatever lies where the person stands."""
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__main__.py").write_text("print('another program')")
    found = subprocess.run(
        children.command("--version"),
        env=children.environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == f"digits-tui {__version__}"


def test_the_environment_keeps_what_the_person_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module path of theirs comes after ours, and this process's own environment stays as it is."""
    monkeypatch.setenv("PYTHONPATH", "/theirs")
    monkeypatch.setenv("DIGITS_TEST", "kept")
    before = dict(os.environ)
    found = children.environment()
    assert found["PYTHONPATH"].split(os.pathsep)[-1] == "/theirs"
    assert found["DIGITS_TEST"] == "kept"
    assert dict(os.environ) == before


@pytest.mark.parametrize("resume", [False, True])
def test_a_run_is_started_on_its_own(teller: None, resume: bool) -> None:
    """It has a session of its own, no input and no folder of the person's; what it prints is in the run's log."""
    run = create_run(TrainingConfig())
    process = launch.start_run(run, resume=resume)
    assert process.wait(timeout=LONGEST) == 0
    told, other = sorted(run.log.read_text().splitlines(), reverse=True)
    found = json.loads(told)
    assert other == "and this to standard error"
    assert found["cwd"] == "/" and found["input"] == ""
    assert found["session"] == process.pid != os.getsid(0)
    assert found["arguments"][0] == ("resume" if resume else "train")
    assert str(run.path) in found["arguments"]


def test_a_second_start_adds_to_the_log(teller: None) -> None:
    """What an earlier process printed before it died is not lost."""
    run = create_run(TrainingConfig())
    run.log.write_text("Traceback of before\n")
    launch.start_run(run, resume=True).wait(timeout=LONGEST)
    assert run.log.read_text().startswith("Traceback of before\n{")


def test_what_cannot_be_started_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that is gone, or a log that cannot be written, is a RunError with the run's name."""
    run = create_run(TrainingConfig())
    with monkeypatch.context() as patched:
        patched.setattr(children, "command", lambda *arguments: ["/none/such/python", *arguments])
        with pytest.raises(RunError, match=run.name):
            launch.start_run(run)
    run.log.unlink(missing_ok=True)
    run.log.mkdir()
    with pytest.raises(RunError, match=run.name):
        launch.start_run(run)
