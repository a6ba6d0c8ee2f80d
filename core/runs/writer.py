"""Writes a run directory: holds its lock and appends its events. Knows no torch."""

from __future__ import annotations

import json
import os
from types import TracebackType
from typing import IO

from core.errors import RunError
from core.runs import events, stop_request, sudden_end
from core.runs.run import Run
from core.system import atomic, lock, plain_file


class RunWriter:
    """The only writer of a run. A context manager that holds the lock; `append` adds events."""

    def __init__(self, run: Run, *, is_launched: bool = False) -> None:
        """`is_launched` says that `launch.start_run` started this process: a request to stop is then meant for it."""
        self.run = run
        self._is_launched = is_launched
        self._lock: int | None = None
        self._file: IO[bytes] | None = None

    def __enter__(self) -> RunWriter:
        try:
            self._open()
        except OSError as error:
            self._close()  # or the run would seem to be going for as long as this process lives
            raise RunError(
                f"cannot write the run in {self.run.path}: {error.strerror}. "
                "Free some space there, or make the folder writable."
            ) from error
        return self

    def _open(self) -> None:
        # Listing runs holds the lock for a moment; only a lock held for a second means another writer.
        self._lock = lock.take(self.run.lock, patience=1.0)
        if self._lock is None:
            raise RunError(
                f"run {self.run.name} is being written by another process; "
                f"wait for it to end, or stop it with: digits-tui stop {self.run.name}"
            )
        sudden_end.note(self._lock)
        if not self._is_launched:
            stop_request.withdraw(self.run)
        (self.run.path / "summary.json").unlink(missing_ok=True)
        for part in self.run.path.glob(".*.part"):
            part.unlink()  # what a killed writer had begun to save
        self._file = plain_file.appended(self.run.events, buffering=0)
        if self._file.tell() and not self._ends_in_newline():
            self._file.write(b"\n")  # a killed run may have left half a line
        atomic.sync_folder(self.run.path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None  # should this run again, the number may belong to another file by then

    def append(self, event: events.Event) -> None:
        """Add one event; a reader takes the whole line or nothing. Raises OSError if the disk is full."""
        if self._file is None or self._lock is None:
            raise RuntimeError("append outside the with block")
        line = json.dumps(event.to_json(), separators=(",", ":")).encode() + b"\n"
        while line:
            line = line[self._file.write(line) :]  # a disk that fills up first takes a part, then fails
        if not isinstance(event, events.Starting | events.Loading | events.Progress | events.DeviceState):
            os.fsync(self._file.fileno())  # nothing later, such as the state at a later step, outlives it
        if isinstance(event, events.Saved):
            sudden_end.note(self._lock)
        if isinstance(event, events.Finished | events.Stopped | events.Failed):
            data = {"status": event.kind, **event.to_json()}
            atomic.write_text(self.run.path / "summary.json", json.dumps(data, indent=1) + "\n")
            stop_request.withdraw(self.run)

    def _ends_in_newline(self) -> bool:
        with plain_file.opened(self.run.events) as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
