"""core.runs.writer: one writer, and honest states."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.config.configuration import TrainingConfig
from core.errors import RunError
from core.runs import events
from core.runs.run import RUNNING, STOPPED, Run, create_run
from core.runs.writer import RunWriter

_HOLDER = """
import sys, time
from pathlib import Path
from core.runs.run import Run
from core.runs.writer import RunWriter
with RunWriter(Run(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def _hold(run: Run) -> subprocess.Popen[str]:
    root = str(Path(__file__).resolve().parent.parent)
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(run.path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_a_run_has_one_writer_and_a_killed_one_lets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second writer is refused by name; after the first was killed the run has stopped, and is not running."""
    run = create_run(TrainingConfig())
    child = _hold(run)
    try:
        assert run.status() == RUNNING
        with pytest.raises(RunError, match=run.name), RunWriter(run):
            pass
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert run.status() == STOPPED
    with RunWriter(run):
        assert run.status() == RUNNING


def test_the_end_of_a_run_is_its_state() -> None:
    """Finished, stopped and failed runs say so; going on makes them running again."""
    run = create_run(TrainingConfig())
    ends: list[events.Event] = [
        events.Stopped(epoch=1, step=3, seconds=1.0, checkpoint=""),
        events.Failed(error="why"),
    ]
    for end in ends:
        with RunWriter(run) as writer:
            assert run.status() == RUNNING
            writer.append(end)
        assert run.status() == end.kind


def test_a_run_that_cannot_be_written_is_let_go_of() -> None:
    """It does not seem to be going because somebody tried."""
    run = create_run(TrainingConfig())
    run.events.mkdir()
    with pytest.raises(RunError, match="cannot write the run"), RunWriter(run):
        pass
    assert not run.is_running()


def test_a_request_to_stop_is_for_the_process_that_was_launched() -> None:
    """One made while it starts is kept for it; one that nobody answered is not for the next who writes."""
    run = create_run(TrainingConfig())
    run.request_stop()
    with RunWriter(run, is_launched=True):
        assert run.stop_requested()
    with RunWriter(run):
        assert not run.stop_requested()


def test_a_run_that_has_ended_is_not_asked_to_stop() -> None:
    """The request is answered; whoever resumes the run finds none."""
    run = create_run(TrainingConfig())
    with RunWriter(run, is_launched=True) as writer:
        run.request_stop()
        writer.append(events.Stopped(epoch=0, step=0, seconds=0.0, checkpoint=""))
        assert not run.stop_requested()
