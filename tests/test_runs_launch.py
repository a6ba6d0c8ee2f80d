"""core.runs.launch: what is said before a training's process is started."""

from __future__ import annotations

import errno
import fcntl
import sys
from pathlib import Path

import pytest
from waiting import LONGEST, wait_until

from core.config.configuration import TrainingConfig
from core.runs import events
from core.runs.follow import EventReader
from core.runs.launch import start_run
from core.runs.run import STOPPED, create_run
from core.runs.writer import RunWriter
from core.system import children, lock


def test_a_file_system_without_locks_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than in the log of a process that ends."""

    def refuse(file: object, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    def command(*arguments: str) -> list[str]:
        raise AssertionError("a process is started")

    run = create_run(TrainingConfig())
    monkeypatch.setattr(fcntl, "flock", refuse)
    monkeypatch.setattr(children, "command", command)
    with pytest.raises(lock.NoLocksError, match=r"No locks available.*DIGITS_HOME"):
        start_run(run)


@pytest.mark.usefixtures("short_trainings")
@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("while_loading", [False, True])
def test_a_training_that_is_starting_can_be_stopped(tiny_set: Path, resume: bool, while_loading: bool) -> None:
    """At once or while it loads: its process ends, having trained nothing, and the run can be resumed to its end."""
    run = create_run(TrainingConfig(data=str(tiny_set), epochs=1, device="cpu"))
    child = start_run(run, resume=resume)
    if while_loading:
        wait_until(lambda: run.events.exists() and b"loading PyTorch" in run.events.read_bytes())
    run.request_stop()
    assert child.wait(LONGEST) == 1
    found = EventReader(run).read()
    assert isinstance(found[-1], events.Stopped)
    assert not any(isinstance(event, events.Progress) for event in found)
    assert run.status() == STOPPED
    assert run.is_resumable()
    assert start_run(run, resume=True).wait(LONGEST) == 0
    assert run.status() == "finished"


def test_a_request_that_nobody_answered_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that is started does not take it for its own; that of another one who writes is left alone."""
    run = create_run(TrainingConfig())
    monkeypatch.setattr(children, "command", lambda *_arguments: [sys.executable, "-c", ""])
    run.request_stop()
    start_run(run).wait(LONGEST)
    assert not run.stop_requested()
    with RunWriter(run):
        run.request_stop()
        start_run(run).wait(LONGEST)
        assert run.stop_requested()
