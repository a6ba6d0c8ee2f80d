"""core.system.lock: one holder at a time, which lets go however it ends."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.errors import DataError
from core.system import lock

_HOLDER = """
import sys, time
from pathlib import Path
from core.system import lock
lock.take(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_one_holds_it_and_lets_go_at_the_end(tmp_path: Path) -> None:
    """A second taker gets nothing while it is held, and the lock afterwards."""
    path = tmp_path / "lock"
    with lock.locked(path):
        assert lock.take(path) is None
        assert lock.is_held(path)
    assert not lock.is_held(path)
    handle = lock.take(path)
    assert handle is not None
    os.close(handle)


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    """The lock is another process's, until that is killed."""
    path = tmp_path / "lock"
    root = str(Path(__file__).resolve().parent.parent)
    command = [sys.executable, "-c", _HOLDER, str(path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": root})
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        assert lock.is_held(path)
    finally:
        child.kill()
        child.communicate()
    assert not lock.is_held(path)


def test_who_waits_gets_it_when_it_is_free(tmp_path: Path) -> None:
    """Patience is time in which it is tried again and again."""
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLDER.replace("60", "0.3"), str(tmp_path / "lock")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    with lock.locked(tmp_path / "lock", patience=60):
        pass
    child.communicate()


def test_who_waits_in_vain_is_told_of_the_folder(tmp_path: Path) -> None:
    """After its patience, the message names the folder and how long it was."""
    with lock.locked(tmp_path / "lock"):
        began = time.monotonic()
        with pytest.raises(DataError, match=rf"^{tmp_path} has been locked .* for 0\.05 s"):
            lock.locked(tmp_path / "lock", patience=0.05).__enter__()
        assert time.monotonic() - began >= 0.05


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody writes to it."""
    os.mkfifo(tmp_path / ".x.part")
    for make in (True, False):
        handle = lock.take(tmp_path / ".x.part", make=make)
        assert handle is not None
        os.close(handle)


def test_a_folder_can_be_locked_and_is_not_made(tmp_path: Path) -> None:
    """`make` false takes what is there; what is not there is an error, and stays away."""
    with lock.locked(tmp_path, make=False):
        assert lock.take(tmp_path, make=False) is None
        with pytest.raises(DataError, match=f"^{tmp_path} has been locked"):
            lock.locked(tmp_path, patience=0, make=False).__enter__()
    with pytest.raises(FileNotFoundError):
        lock.take(tmp_path / "none", make=False)
    assert not list(tmp_path.iterdir())


def test_asking_makes_nothing_and_is_no_holding(tmp_path: Path) -> None:
    """What is not there is not held; two who ask at once do not meet."""
    assert not lock.is_held(tmp_path / "lock")
    assert not list(tmp_path.iterdir())
    with (tmp_path / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert not lock.is_held(tmp_path / "lock")


def test_a_file_system_without_locks_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an OSError of its own kind, so that whoever can do without may."""

    def refuse(handle: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(lock.NoLocksError, match="No locks available"):
        lock.take(tmp_path / "lock")
    assert not lock.is_held(tmp_path / "lock")
