"""Crashes of one kind of write: recorded once, then every state that a crash may leave is opened."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.crashes.calls import Call, Reported
from tests.crashes.homes import at_home
from tests.crashes.kinds import Kind
from tests.crashes.recording import recording
from tests.crashes.states import Beginning, CrashState, Disk


@dataclass(frozen=True)
class Crashed:
    """What was found."""

    calls: int
    states: int
    failures: tuple[str, ...]
    """What did not hold, with the state."""


def crash(kind: Kind, folder: Path, every: int = 1) -> Crashed:
    """Record `kind` in the empty `folder`, and open every state after a crash, or each `every`th one."""
    home = folder / "home"
    with at_home(home):
        kind.begin()
        before = Beginning(home)
        with recording(home) as recorder:
            calls = recorder.calls
            for number, _ in enumerate(kind.act(), 1):
                calls.append(Reported(number))
        _check_recording(before.after(calls), home)
    failures, tried = [], 0
    for number, state in enumerate(before.states(calls)):
        if number % every == 0:
            tried += 1
            if why := _opened(kind, state, folder / "after" / str(number)):
                failures.append(f"{why}\nafter {state.calls} calls, {_last(calls, state)}, {state.reported} reported")
    return Crashed(len(calls), tried, tuple(failures))


def _check_recording(told: Disk, home: Path) -> None:
    """Nothing was written past the recorder: replayed, the calls make what is there."""
    real = {path: None if path.is_dir() else path.read_bytes() for path in home.rglob("*")}
    found = frozenset((path.relative_to(home).as_posix(), data) for path, data in real.items())
    differ = sorted(path for path, _ in told.content ^ found)
    assert not differ, f"replayed, these differ: {differ}"


def _opened(kind: Kind, state: CrashState, home: Path) -> str:
    """Why the state is not fine; empty if it is."""
    home.mkdir(parents=True)
    state.disk.lay_out(home)
    try:
        with at_home(home):
            kind.check(state.reported)
    except Exception as error:  # whatever it is, a person would meet it
        return f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(home)
    return ""


def _last(calls: list[Call], state: CrashState) -> str:
    return f"the last {calls[state.calls - 1]!r:.150}" if state.calls else "none made"
