"""core.runs.run_log: what the end of a log tells, and of which process it tells."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from run_story import new_run

from core.runs import run_log
from core.runs.run import FAILED, STOPPED, Run

FATAL = "Fatal Python error: Segmentation fault\n\nCurrent thread (most recent call first):\n  File it\n"


@pytest.fixture
def crashed() -> Run:
    """A run whose process crashed after it had printed something."""
    run = new_run("2026-01-31-142500-mnist-fast")
    run.events.write_text("")
    run.log.write_text(f"{run_log.beginning()}\nepoch 1\n{FATAL}")
    os.utime(run.events, (1000, 1000))
    return run


def test_a_crash_is_a_failure_with_its_lines(crashed: Run) -> None:
    """The reason is the fault's name, the output what faulthandler wrote."""
    ending = crashed.ending()
    assert crashed.status() == FAILED and ending is not None and ending.event is not None
    assert ending.event.to_json()["error"] == "its process crashed: Segmentation fault"
    assert ending.event.to_json()["output"] == FATAL.rstrip()


@pytest.mark.parametrize("how", ["background", "foreground"])
def test_the_crash_of_an_earlier_process_is_not_the_later_ones(crashed: Run, how: str) -> None:
    """The later one was killed: in the background it began the log again, in the foreground it wrote events alone."""
    if how == "background":
        with crashed.log.open("a") as log:
            log.write(f"{run_log.beginning()}\n")
    else:
        later = crashed.log.stat().st_mtime + 5
        os.utime(crashed.events, (later, later))
    assert crashed.ending() is None and crashed.status() == STOPPED


def test_the_last_lines_are_those_of_the_last_process(tmp_path: Path) -> None:
    """At most twenty of them; none without a log."""
    log = tmp_path / "log.txt"
    assert run_log.last_lines(log) == ""
    log.write_text("old\n" + run_log.beginning() + "\n" + "".join(f"{number}\n" for number in range(30)))
    assert run_log.last_lines(log) == "\n".join(map(str, range(10, 30)))
