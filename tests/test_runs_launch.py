"""core.runs.launch: what is said before a training's process is started."""

from __future__ import annotations

import errno
import fcntl

import pytest

from core.config.configuration import TrainingConfig
from core.runs.launch import start_run
from core.runs.run import create_run
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
