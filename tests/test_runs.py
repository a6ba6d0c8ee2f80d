"""core.runs.run: one writer, whole lines, honest states."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_events import progress, started

from core.config.configuration import TrainingConfig
from core.errors import RunError
from core.runs import events
from core.runs import run as runs
from core.runs.run import EventReader, Run, RunWriter, create_run, find_run, list_runs

_HOLDER = """
import sys, time
from pathlib import Path
from core.runs import Run, RunWriter
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
    """A second writer is refused by name; after the first was killed the run is interrupted, not running."""
    run = create_run(TrainingConfig())
    child = _hold(run)
    try:
        assert run.status() == runs.RUNNING
        with pytest.raises(RunError, match=run.name), RunWriter(run):
            pass
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert run.status() == runs.INTERRUPTED
    with RunWriter(run):
        assert run.status() == runs.RUNNING


def test_many_who_ask_do_not_take_each_other_for_the_writer() -> None:
    """Looking whether a run is going does not make it look as if it were."""
    run = create_run(TrainingConfig())
    with RunWriter(run):
        pass
    with (run.path / "lock").open("rb") as file:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH)
        assert not run.is_running()


def test_events_are_read_once_and_only_when_whole() -> None:
    """A growing file gives each event once; half a line waits for its other half."""
    run = create_run(TrainingConfig())
    reader = EventReader(run)
    assert reader.read() == []
    with RunWriter(run) as writer:
        writer.append(started())
        assert [event.kind for event in reader.read()] == ["started"]
        line = json.dumps(progress(1, (1.0,)).to_json()).encode() + b"\n"
        with run.events.open("ab") as file:
            file.write(line[:20])
            file.flush()
            assert reader.read() == []
            file.write(line[20:])
    assert [event.kind for event in reader.read()] == ["progress"]
    assert reader.read() == []


def test_half_a_line_of_a_killed_run_spoils_nothing() -> None:
    """Whoever goes on starts a line of its own, and readers pass the torn one over."""
    run = create_run(TrainingConfig())
    with RunWriter(run) as writer:
        writer.append(started())
    with run.events.open("ab") as file:
        file.write(b'{"event":"progr')
    with RunWriter(run) as writer:
        writer.append(started(step=10))
    found = EventReader(run).read()
    assert [event.kind for event in found] == ["started", "started"]


def test_the_end_of_a_run_is_its_state() -> None:
    """Finished, stopped and failed runs say so; going on makes them running again."""
    run = create_run(TrainingConfig())
    ends: list[events.Event] = [
        events.Stopped(epoch=1, step=3, seconds=1.0, checkpoint=""),
        events.Failed(error="why"),
    ]
    for end in ends:
        with RunWriter(run) as writer:
            assert run.status() == runs.RUNNING
            writer.append(end)
        assert run.status() == end.kind


def test_runs_are_listed_newest_first_and_found_by_name() -> None:
    """A whole name, a unique beginning, a path and `last` find a run; anything else says what there is."""
    with pytest.raises(RunError, match="digits-tui train"):
        find_run("last")
    first = create_run(TrainingConfig())
    first.path.rename(first.path.with_name("2020-01-01-000000-mnist-fast"))
    second = create_run(TrainingConfig(recipe="accurate"))
    assert [run.name for run in list_runs()] == [second.name, "2020-01-01-000000-mnist-fast"]
    assert find_run("last") == second
    assert find_run("2020").name == "2020-01-01-000000-mnist-fast"
    assert find_run(str(second.path)) == second
    with pytest.raises(RunError, match="digits-tui runs"):
        find_run("nothing")
    with pytest.raises(RunError, match="give more"):
        find_run("20")


def test_two_runs_of_one_second_get_two_directories() -> None:
    """Names never collide."""
    assert len({create_run(TrainingConfig()).path for _ in range(5)}) == 5


def test_a_damaged_configuration_is_said(tmp_path: Path) -> None:
    """The file is named."""
    run = create_run(TrainingConfig())
    (run.path / "config.json").write_text("{")
    with pytest.raises(RunError, match=r"config\.json"):
        run.config()


def test_follow_ends_with_the_run() -> None:
    """All events are yielded, also those written just before the end."""
    run = create_run(TrainingConfig())
    with RunWriter(run) as writer:
        writer.append(started())
        following = runs.follow(run, interval=0.01)
        assert next(following).kind == "started"
        writer.append(events.Failed(error="why"))
    began = time.monotonic()
    assert [event.kind for event in following] == ["failed"]
    assert time.monotonic() - began < 30
