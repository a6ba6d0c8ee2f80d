"""Runs that were deleted, and can be brought back until the app closes. Knows no torch.

A deleted run lies in a hidden folder beside the runs, which is removed when the app closes; what a killed app has left
is removed when the next run is deleted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from core import paths
from core.errors import RunError
from core.runs import preferences
from core.runs.run import Run
from core.system import atomic, lock

PREFIX = ".deleted-"


class Deletions:
    """Deletes runs, and brings back those that were deleted last. Call `close` at the end."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._folder: Path | None = None
        self._deleted: list[list[Run]] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is something to bring back."""
        return bool(self._deleted)

    def delete(self, runs: Sequence[Run], in_use: Path | None) -> None:
        """Delete them, all or none; `in_use` is the checkpoint that reads drawings, None for the shipped one.

        Raises RunError if one is going, holds that checkpoint or lies elsewhere, or if one cannot be moved.
        """
        with _held(runs, in_use):
            folder = self._made()
            moved: list[Run] = []
            try:
                for run in runs:
                    run.path.rename(folder / run.name)
                    moved.append(run)
                _sync(folder)
            except OSError as error:
                for run in moved:
                    (folder / run.name).rename(run.path)
                raise _cannot("deleted", run, error) from error
        self._deleted.append(moved)

    def undo(self) -> list[Run]:
        """Bring back what was deleted last; raises RunError if one cannot be moved. Empty if there is nothing."""
        if self._folder is None or not self._deleted:
            return []
        waiting, found = self._deleted[-1], []
        while waiting:
            run = waiting[-1]
            try:
                (self._folder / run.name).rename(run.path)
                _sync(self._folder)
            except OSError as error:
                raise _cannot("brought back", run, error) from error
            found.append(waiting.pop())
        self._deleted.pop()
        return found

    def close(self) -> None:
        """Remove what was deleted, for good."""
        self._open.close()
        self._folder = None
        self._deleted.clear()

    def _made(self) -> Path:
        if self._folder is None:
            folder = paths.user_checkpoints()
            try:
                self._folder = self._open.enter_context(atomic.building(folder, PREFIX))
            except OSError as error:
                raise RunError(
                    f"nothing can be deleted in {folder}: {error.strerror}. Make the folder writable, or free some "
                    "space there."
                ) from error
        return self._folder


def _sync(folder: Path) -> None:
    """Force both ends of the moves to the disk."""
    for each in (folder, folder.parent):
        atomic.sync_folder(each)


@contextmanager
def _held(runs: Sequence[Run], in_use: Path | None) -> Iterator[None]:
    """Hold the locks of all runs, so that none of them begins to train. Raises RunError as `delete` does."""
    used = {path.resolve() for path in (in_use, preferences.checkpoint()) if path is not None}
    home = paths.user_checkpoints().resolve()
    handles: list[int] = []
    try:
        for run in runs:
            if run.path.resolve().parent != home:
                raise RunError(f"{run.path} is not among your runs, in {home}; remove it yourself if it is to go")
            if run.model.resolve() in used:
                raise RunError(
                    f"drawings are read by the network of {run.name}: choose another network, then delete it"
                )
            handles += _held_one(run)
        yield
    finally:
        for handle in handles:
            os.close(handle)


def _held_one(run: Run) -> list[int]:
    try:
        handle = lock.take(run.lock, patience=1.0)  # listing runs holds a lock for a moment
    except lock.NoLocksError:
        return []  # nobody can know here whether it is going
    except OSError as error:
        raise _cannot("deleted", run, error) from error
    if handle is None:
        raise RunError(f"{run.name} is going; stop it, then delete it")
    return [handle]


def _cannot(what: str, run: Run, error: OSError) -> RunError:
    return RunError(f"{run.name} cannot be {what}: {error.strerror}. Make its folder and the one around it writable.")
