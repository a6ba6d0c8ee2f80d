"""Run directories: who writes one, what it says, and how a run is listed, stopped and followed.

    checkpoints/2026-01-31-142500-mnist-fast/
        config.json     what was asked for
        events.jsonl    what happened, one event a line, only ever appended to
        model.npz       the weights, replaced whole after each epoch and every ten seconds
        state.pt        what resuming needs: optimiser, schedule, random state
        log.txt         what a run in the background printed
        summary.json    how it ended; absent while it runs
        watched         touched again and again while somebody looks at each checkpoint
        stop            present while somebody asks it to stop
        lock            held by the one process that writes here

A process holds an advisory lock on `lock` for as long as it writes; the kernel lets go of it however the
process ends, so "is it running" is never a guess from a process number. Knows no torch.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from core import paths
from core.config.configuration import TrainingConfig
from core.errors import ConfigurationError, RunError
from core.runs import events
from core.system import atomic

RUNNING, FINISHED, STOPPED, FAILED, INTERRUPTED = "running", "finished", "stopped", "failed", "interrupted"
_WATCHED_SECONDS = 5.0


@dataclass(frozen=True)
class Run:
    """One run directory."""

    path: Path

    @property
    def name(self) -> str:
        """The directory's name, by which commands address the run."""
        return self.path.name

    @property
    def events(self) -> Path:
        """What happened, one JSON object a line."""
        return self.path / "events.jsonl"

    @property
    def model(self) -> Path:
        """The checkpoint that can be read and drawn with."""
        return self.path / "model.npz"

    @property
    def state(self) -> Path:
        """What resuming needs."""
        return self.path / "state.pt"

    @property
    def log(self) -> Path:
        """What a detached run printed; a defect's traceback ends up here."""
        return self.path / "log.txt"

    def config(self) -> TrainingConfig:
        """What was asked for. Raises RunError where `config.json` is missing or damaged."""
        path = self.path / "config.json"
        try:
            return TrainingConfig.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, AttributeError, RecursionError, ConfigurationError) as error:
            raise RunError(f"{path} cannot be used ({error}); this run cannot be opened or resumed") from error

    def summary(self) -> dict[str, Any]:
        """How the run ended, empty while it runs or where it was killed."""
        try:
            data = json.loads((self.path / "summary.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}

    def is_running(self) -> bool:
        """Whether a process writes here now."""
        try:
            with (self.path / "lock").open("rb") as file:
                # Shared, so that two who ask at once do not take each other for the writer.
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def status(self) -> str:
        """`running`, `finished`, `stopped`, `failed`, or `interrupted` where it was killed."""
        if self.is_running():
            return RUNNING
        return str(self.summary().get("status", INTERRUPTED))

    def is_resumable(self) -> bool:
        """Whether `resume` can go on from a saved state."""
        return self.state.exists() and self.status() not in (RUNNING, FINISHED)

    def request_stop(self) -> None:
        """Ask the process that writes here to save and stop; it looks a few times a second."""
        try:
            (self.path / "stop").touch()
        except OSError as error:
            raise RunError(
                f"cannot ask {self.name} to stop: {self.path} cannot be written ({error.strerror}); "
                "its owner can stop it, or whoever may end its process"
            ) from error

    def stop_requested(self) -> bool:
        """Whether somebody asked for a stop."""
        return (self.path / "stop").exists()

    def watch(self) -> None:
        """Tell the process that writes here that somebody looks at each checkpoint, for the next few seconds.

        It then writes one about twice a second instead of every ten. Where it cannot be told, it goes on as it does.
        """
        with contextlib.suppress(OSError):
            (self.path / "watched").touch()

    def is_watched(self) -> bool:
        """Whether somebody has said so within the last five seconds."""
        try:
            age = time.time() - (self.path / "watched").stat().st_mtime
        except OSError:
            return False
        return abs(age) < _WATCHED_SECONDS


class RunWriter:
    """The one writer of a run: holds its lock, appends its events. A context manager."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._lock: IO[bytes] | None = None
        self._file: IO[bytes] | None = None

    def __enter__(self) -> RunWriter:
        try:
            self._open()
        except OSError as error:
            raise RunError(
                f"cannot write the run in {self.run.path}: {error.strerror}. "
                "Free some space there, or make the folder writable."
            ) from error
        return self

    def _open(self) -> None:
        self._lock = (self.run.path / "lock").open("ab")
        deadline = time.monotonic() + 1.0
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # Whoever lists runs holds the lock for a moment; only a second of it means a writer.
                if time.monotonic() > deadline:
                    self._lock.close()
                    raise RunError(
                        f"run {self.run.name} is being written by another process; "
                        f"wait for it to end, or stop it with: digits-tui stop {self.run.name}"
                    ) from None
                time.sleep(0.02)
        (self.run.path / "stop").unlink(missing_ok=True)
        (self.run.path / "summary.json").unlink(missing_ok=True)
        for part in self.run.path.glob(".*.part"):
            part.unlink()  # what a killed writer had begun to save
        self._file = self.run.events.open("ab", buffering=0)
        if self._file.tell() and not self._ends_in_newline():
            self._file.write(b"\n")  # a killed run may have left half a line

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._file, self._lock):
            if file is not None:
                file.close()

    def append(self, event: events.Event) -> None:
        """Add one event; a reader takes the whole line or nothing of it. Raises OSError where the disk is full."""
        if self._file is None:
            raise RuntimeError("append outside the with block")
        line = json.dumps(event.to_json(), separators=(",", ":")).encode() + b"\n"
        while line:
            line = line[self._file.write(line) :]  # a disk that fills up takes a part first, then fails
        if isinstance(event, events.Finished | events.Stopped | events.Failed):
            data = {"status": event.kind, **event.to_json()}
            atomic.write_text(self.run.path / "summary.json", json.dumps(data, indent=1) + "\n")

    def _ends_in_newline(self) -> bool:
        with self.run.events.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"


class EventReader:
    """Reads a growing `events.jsonl`, each line once and only when it is whole."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._offset = 0

    def read(self) -> list[events.Event]:
        """The events added since the last call; lines that are not events are passed over."""
        try:
            with self.run.events.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except OSError:
            return []  # not there yet, or not ours to read
        whole = data.rfind(b"\n") + 1
        self._offset += whole
        found = []
        for line in data[:whole].splitlines():
            try:
                event = events.from_json(json.loads(line))
            except (ValueError, AttributeError, TypeError, RecursionError):
                continue  # half a line of a killed run
            if event is not None:
                found.append(event)
        return found


def create_run(config: TrainingConfig) -> Run:
    """A new run directory with `config.json`, named by time, data and recipe."""
    folder = paths.user_checkpoints()
    data = re.sub(r"[^a-z0-9]+", "-", Path(config.data).name.lower()).strip("-")[:24] or "data"
    stem = f"{time.strftime('%Y-%m-%d-%H%M%S')}-{data}-{config.recipe}"
    for attempt in range(1, 1000):
        path = folder / (stem if attempt == 1 else f"{stem}-{attempt}")
        try:
            path.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise RunError(
                f"cannot make the run directory {path}: {error.strerror}. Free some space, or set "
                "DIGITS_HOME to a folder that you can write to."
            ) from error
        try:
            atomic.write_text(path / "config.json", json.dumps(config.to_json(), indent=1) + "\n")
        except OSError as error:
            path.rmdir()
            raise RunError(f"cannot write in {folder}: {error.strerror}. Free some space there.") from error
        return Run(path)
    raise RunError(f"a thousand runs were started in this second in {folder}")


def list_runs() -> list[Run]:
    """All runs, newest first; a folder without `config.json` is none."""
    folder = paths.home() / "checkpoints"
    try:
        names = [entry.path for entry in os.scandir(folder) if entry.is_dir()]
    except OSError:
        return []
    found = [Run(Path(name)) for name in names if os.path.exists(os.path.join(name, "config.json"))]  # noqa: PTH110, PTH118 - a thousand Path objects cost 10 ms at start
    return sorted(found, key=lambda run: run.name, reverse=True)


def find_run(name: str) -> Run:
    """The run of this name, of a unique beginning of a name, of a path, or `last`. Raises RunError."""
    try:
        if (Path(name) / "config.json").exists():
            return Run(Path(name).absolute())
    except (OSError, ValueError):
        pass  # longer than a path may be, or with a null character: a name at most
    known = list_runs()
    if not known:
        raise RunError(f"no run {name!r}: there are no runs yet; start one with: digits-tui train")
    if name == "last":
        return known[0]
    for matches in ([run for run in known if run.name == name], [r for r in known if r.name.startswith(name)]):
        if len(matches) == 1:
            return matches[0]
        if matches:
            names = ", ".join(run.name for run in matches[:5])
            raise RunError(f"{name!r} begins the names of {len(matches)} runs ({names}, …); give more of it")
    raise RunError(f"no run is called {name!r}; `digits-tui runs` lists them, the newest is {known[0].name}")


def follow(run: Run, interval: float = 0.2) -> Iterator[events.Event]:
    """Yield the run's events, old and new, until it is no longer running and all is read.

    `interval` is in seconds. Blocks between events; the interface uses `EventReader` on a timer instead.
    """
    reader = EventReader(run)
    while True:
        alive = run.is_running()  # asked before reading, so that the last lines are not missed
        yield from reader.read()
        if not alive:
            return
        time.sleep(interval)
