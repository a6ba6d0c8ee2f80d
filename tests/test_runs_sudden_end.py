"""core.runs.sudden_end: what is said of a run whose process said nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from run_story import new_run

from core.runs import events, sudden_end
from core.runs.run import FAILED, STOPPED, Run
from core.runs.writer import RunWriter
from core.system.machine import Machine

HERE = Machine("here", "first start", 3)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Machine], None]:
    """Sets what the machine is like from now on."""

    def be(there: Machine) -> None:
        monkeypatch.setattr(sudden_end, "machine", lambda: there)

    return be


def _abandoned() -> Run:
    """A run whose writer lets go without a word."""
    run = new_run("2026-01-31-142500-mnist-fast")
    with RunWriter(run) as writer:
        writer.append(events.Note("getting ready"))
    return run


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (HERE, sudden_end.KILLED),
        (replace(HERE, boot="second start"), sudden_end.SWITCHED_OFF),
        (Machine("elsewhere", "its start", 9), sudden_end.KILLED_OR_SWITCHED_OFF),
        (Machine("here", "", None), sudden_end.KILLED_OR_SWITCHED_OFF),
    ],
    ids=["killed", "switched off", "another machine", "a system that does not say"],
)
def test_a_kill_is_told_from_a_machine_that_was_switched_off(
    now: Callable[[Machine], None], later: Machine, said: str
) -> None:
    """Where the machine that the run was on can be asked."""
    now(HERE)
    run = _abandoned()
    now(later)
    assert (run.status(), run.ending(), run.sudden_end()) == (STOPPED, None, said)
    assert run.is_resumable()


def test_a_run_has_failed_if_the_system_ended_something_for_lack_of_memory(now: Callable[[Machine], None]) -> None:
    """Since its last save: what was ended before was not this process. It can be resumed, and is no failure then."""
    now(HERE)
    run = new_run("2026-01-31-142500-mnist-fast")
    with RunWriter(run) as writer:
        now(replace(HERE, ended=4))
        writer.append(events.Saved("model.npz", 10))
        now(replace(HERE, ended=6))
        assert run.ending() is None
    found = run.ending()
    assert run.status() == FAILED and found is not None and isinstance(found.event, events.Failed)
    assert "the system killed 2 processes since the last save" in found.event.error
    assert run.is_resumable()
    with RunWriter(run):
        pass
    assert run.ending() is None and run.status() == STOPPED


@pytest.mark.parametrize(
    "text", [b"", b"[]", b'{"host": 1, "boot": "first start"}', b'{"boot": "first start", "ended": -1}', b"\xff\x00"]
)
def test_a_damaged_note_says_nothing(now: Callable[[Machine], None], text: bytes) -> None:
    """As that of an older version, whose lock is empty."""
    now(HERE)
    run = _abandoned()
    run.lock.write_bytes(text)
    assert (run.ending(), run.sudden_end()) == (None, sudden_end.KILLED_OR_SWITCHED_OFF)


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_a_lock_that_cannot_be_written_is_no_reason_to_end(tmp_path: Path, kind: str) -> None:
    """The note is left out."""
    if kind == "pipe":
        handle, other = os.pipe()
        os.close(other)
    else:
        handle = os.open(tmp_path, os.O_RDONLY)
    sudden_end.note(handle)
    os.close(handle)
