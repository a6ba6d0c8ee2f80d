"""Run directories: what they hold, and how a run is created, listed, found and stopped.

    checkpoints/2026-01-31-142500-mnist-fast/
        config.json     the configuration that was asked for
        events.jsonl    what happened, one event per line, only ever appended to
        model.npz       the weights, replaced as a whole after each epoch and every ten seconds
        state.pt        what resuming needs: optimiser, step count, random state
        log.txt         the output of a run in the background
        summary.json    how it ended; absent while it runs
        watched         touched regularly while somebody looks at each checkpoint
        stop            present while somebody asks it to stop
        label.json      what a person calls it, and has noted about it; absent until somebody does
        lock            held by the one process that writes here, with what its machine was like

A process holds an advisory lock on `lock` for as long as it writes. The kernel releases it however the process ends,
so whether a run is running is never guessed from a process id. `writer` writes events, `follow` reads them. Knows no
torch.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import paths
from core.config.configuration import TrainingConfig
from core.errors import ConfigurationError, RunError
from core.networks.model_name import MODEL
from core.printable import printable
from core.runs import ending, label, run_log, sudden_end
from core.runs.ending import FAILED, FINISHED, RUNNING, STOPPED, UNKNOWN, Ending
from core.runs.label import RunLabel
from core.system import atomic, json_file, lock

__all__ = [
    "FAILED", "FINISHED", "RUNNING", "STOPPED", "UNKNOWN", "Asked", "Run", "create_run", "find_run",
    "list_runs",
]  # fmt: skip
LAST = "last"
"""Names the newest run in a command."""
_WATCHED_SECONDS = 5.0


@dataclass(frozen=True)
class Asked:
    """What a run's `config.json` asks for, however it is damaged."""

    data: str
    """Fit to be shown; `?` if it cannot be read."""
    recipe: str
    """Likewise."""
    trouble: str = ""
    """Why it cannot be read in full; empty if it can."""
    config: TrainingConfig | None = None
    """None if it cannot be read in full."""

    @property
    def folds(self) -> int:
        """Of a cross-validation; 0 without one, and if it cannot be read."""
        return self.config.folds if self.config is not None else 0


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
        """What happened, one JSON object per line."""
        return self.path / "events.jsonl"

    @property
    def model(self) -> Path:
        """The checkpoint that can be read and drawn with."""
        return self.path / MODEL

    @property
    def state(self) -> Path:
        """What resuming needs."""
        return self.path / "state.pt"

    @property
    def log(self) -> Path:
        """The output of a run in the background; the traceback of a crash ends up here."""
        return self.path / "log.txt"

    @property
    def lock(self) -> Path:
        """What the process that writes here holds locked."""
        return self.path / "lock"

    def config(self) -> TrainingConfig:
        """The configuration. Raises RunError if `config.json` is missing or damaged."""
        try:
            return TrainingConfig.from_json(self._load_config())
        except (ValueError, ConfigurationError) as error:
            raise RunError(f"{self._config} cannot be used ({error}); this run cannot be resumed") from error

    @property
    def label(self) -> RunLabel:
        """What a person calls it, and has noted about it."""
        return label.read(self.path)

    @property
    def title(self) -> str:
        """What a person calls it, or else its name; fit to be shown."""
        return self.label.title or printable(self.name)

    def trouble(self, found_ending: Ending | None, asked: Asked | None = None) -> str:
        """Why what was asked for, or how it ended, cannot be read in full; empty if it can.

        `found_ending` and `asked` are what `ending` and `asked` returned, which whoever asks may have read already.
        """
        config = (asked or self.asked()).trouble
        summary = found_ending.trouble if found_ending is not None else ""
        found = {self._config.name: config, self._summary.name: summary}
        return "; ".join(f"{name}: {trouble}" for name, trouble in found.items() if trouble)

    def asked(self) -> Asked:
        """What was asked for, as far as it can be read."""
        given: dict[str, Any] = {}
        trouble, config = "", None
        try:
            given = self._load_config()
            config = TrainingConfig.from_json(given)
        except (ValueError, ConfigurationError) as error:
            trouble = str(error)
        return Asked(_shown(given.get("data")), _shown(given.get("recipe")), trouble, config)

    def _load_config(self) -> dict[str, Any]:
        """Raises ValueError that says why it cannot be read."""
        try:
            return json_file.load(self._config)
        except OSError as error:
            raise ValueError(error.strerror or str(error)) from error

    @property
    def _config(self) -> Path:
        return self.path / "config.json"

    @property
    def _summary(self) -> Path:
        return self.path / "summary.json"

    def ending(self) -> Ending | None:
        """How the run ended; None while it runs, or if it was killed."""
        if (found := ending.read(self._summary)) is not None:
            return found
        failure = run_log.crash(self.log, self.events)
        if failure is None and not self.is_running():
            failure = sudden_end.lack_of_memory(self.lock, run_log.changed(self.events))
        return None if failure is None else Ending(FAILED, failure)

    def sudden_end(self) -> str:
        """Why a run that has stopped has no ending, as a clause: `its process was killed`."""
        return sudden_end.reason(self.lock)

    def is_running(self) -> bool:
        """Whether a process writes here now."""
        return lock.is_held(self.lock)

    def status(self) -> str:
        """`running`, `finished`, `stopped` (also if it was killed), `failed` or `unknown`."""
        return RUNNING if self.is_running() else ending.status_of(self.ending())

    def is_resumable(self) -> bool:
        """Whether `resume` can go on from the saved state, or begin again if the run ended before its first save."""
        return self._config.exists() and self.status() not in (RUNNING, FINISHED)

    def request_stop(self) -> None:
        """Ask the process that writes here to save and stop; it checks a few times a second."""
        try:
            (self.path / "stop").touch()
        except OSError as error:
            raise RunError(
                f"cannot ask {self.name} to stop: {self.path} cannot be written ({error.strerror}); "
                "only its owner, or somebody who may end its process, can stop it"
            ) from error

    def stop_requested(self) -> bool:
        """Whether somebody asked it to stop."""
        return (self.path / "stop").exists()

    def watch(self) -> None:
        """Tell the process that writes here that somebody looks at each checkpoint, for the next five seconds.

        It then writes one about twice a second instead of every ten seconds. If it cannot be told, nothing changes.
        """
        with contextlib.suppress(OSError):
            (self.path / "watched").touch()

    def is_watched(self) -> bool:
        """Whether `watch` was called within the last five seconds."""
        try:
            age = time.time() - (self.path / "watched").stat().st_mtime
        except OSError:
            return False
        return abs(age) < _WATCHED_SECONDS


def _shown(value: object) -> str:
    return printable(value) if isinstance(value, str) and value else "?"


def create_run(config: TrainingConfig) -> Run:
    """Create a run directory with `config.json`, named by time, data and recipe. Raises RunError."""
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
            atomic.sync_folder(folder)
        except OSError as error:
            shutil.rmtree(path, ignore_errors=True)
            raise RunError(f"cannot write in {folder}: {error.strerror}. Free some space there.") from error
        return Run(path)
    raise RunError(f"a thousand runs were started in this second in {folder}")


def list_runs() -> list[Run]:
    """All runs, newest first; a folder without `config.json` is not a run."""
    folder = paths.home() / "checkpoints"
    try:
        names = [entry.path for entry in os.scandir(folder) if _is_folder(entry)]
    except OSError:
        return []
    found = [Run(Path(name)) for name in names if os.path.exists(os.path.join(name, "config.json"))]  # noqa: PTH110, PTH118 - a thousand Path objects cost 10 ms at start
    return sorted(found, key=lambda run: run.name, reverse=True)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that leads in a circle, or to where nobody may look


def find_run(name: str) -> Run:
    """The run with this name or title, a unique beginning of a name, a path, or `last`. Raises RunError."""
    if not name.strip():
        raise RunError("the name of the run is empty; `digits-tui runs` lists the runs")
    try:
        if (Path(name) / "config.json").exists():
            return Run(Path(name).absolute())
    except (OSError, ValueError):
        pass  # too long for a path, or with a null character; it may still be a name
    known = list_runs()
    if not known:
        raise RunError(f"no run {name!r}: there are no runs yet; start one with: digits-tui train")
    if name == LAST:
        return known[0]
    for matches in (
        [run for run in known if run.name == name],
        [run for run in known if run.label.title.casefold() == name.casefold()],
        [run for run in known if run.name.startswith(name)],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            names = ", ".join(run.name for run in matches[:5])
            raise RunError(f"{name!r} may be any of {len(matches)} runs ({names}, …); give more of the name")
    raise RunError(f"no run is called {name!r}; `digits-tui runs` lists them, the newest is {known[0].name}")
