"""The user's runs: each file of each directory, read as the program itself reads it. Without torch."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from core import paths
from core.doctor.diagnosis import Examined, fine, note, problem
from core.doctor.path_text import aside, path_text, remedy, without_home
from core.doctor.weights import of_checkpoint
from core.errors import CheckpointError, RunError
from core.networks import checkpoint_file
from core.runs import events
from core.runs.run import FINISHED, Run, list_runs
from core.system import json_file, plain_file, pool
from core.words import plural

Report = Callable[[int, int, str], None]
"""Is told how many of how many are done, and what they are."""

_MOST_LINES = 5
"""Damaged lines that are named of one run."""


_SECONDS_EACH = 0.02
"""About what reading all files of a run takes, some hundred events among them."""
_CUT_OFF = "cut off"
"""What a killed run was writing; also the kind of damage that this is."""


def examine(report: Report, quick: bool) -> list[Examined]:
    """Lines on all runs; `quick` leaves out the lines of events and the weights."""
    folder = paths.home() / "checkpoints"
    if not folder.is_dir():
        return [fine("runs", "none yet")]
    runs = [run.path for run in list_runs()]
    work = partial(damage_of, quick=quick)
    each = pool.each(work, runs, lambda done, total: report(done, total, "runs"), 0.0 if quick else _SECONDS_EACH)
    lines = list(_lines(dict(zip(runs, each, strict=True))))
    without = list(_without_configuration(folder))
    if without:
        words = f"{plural(len(without), 'folder has', 'folders have')} a run's files and no config.json"
        lines.append(
            problem("config.json", words, aside("Move it out of the way", without), list(map(path_text, without)))
        )
    if not any(line.remedy for line in lines):
        left_out = "; events and weights were not read" if quick else ""
        lines.insert(0, fine("runs", f"{plural(len(runs), 'run')}, nothing damaged{left_out}"))
    return lines


def damage_of(path: Path, quick: bool) -> dict[str, str]:
    """What is wrong in one run directory: by the name of the file the reason."""
    run = Run(path)
    running = run.is_running()
    status, ending = _status(run)
    found = {
        "config.json": _of_configuration(run),
        "summary.json": "" if running else ending,
        "label.json": run.label.trouble,
        "model.npz": _of_model(run, quick, status),
        **({} if quick else _of_events(run)),
    }
    if running:
        found.pop(_CUT_OFF, None)  # the line that is being written
    return {name: reason for name, reason in found.items() if reason}


def _of_configuration(run: Run) -> str:
    try:
        run.config()
    except RunError as error:
        return without_home(str(error.__cause__ or error))
    return ""


def _status(run: Run) -> tuple[str, str]:
    """How the run ended as its summary says, and what is wrong with the summary."""
    try:
        told = json_file.load(run.path / "summary.json")
        status = str(told.get("status", ""))
        events.from_json({"event": status, **told})  # it repeats the last event; of a later version any will do
    except FileNotFoundError:
        return "", ""
    except (OSError, ValueError) as error:
        return "", _reason(error)
    return status, ""


def _of_events(run: Run) -> dict[str, str]:
    damaged: list[str] = []
    cut_off = ""
    try:
        with plain_file.opened(run.events) as file:
            for number, line in enumerate(file, 1):
                reason = _damage(line)
                if reason == _CUT_OFF:
                    cut_off = f"line {number}"
                elif reason:
                    damaged.append(f"line {number}: {reason}")
    except FileNotFoundError:
        return {}
    except OSError as error:
        damaged.append(_reason(error))
    named = damaged[:_MOST_LINES] + [f"and {len(damaged) - _MOST_LINES:,} more"] * (len(damaged) > _MOST_LINES)
    return {"events.jsonl": "; ".join(named), _CUT_OFF: cut_off}


def _damage(line: bytes) -> str:
    """Why a line is no event; empty if it is one, or one of a later version, or blank."""
    if not line.strip():
        return ""
    try:
        events.from_json(json.loads(line.rstrip()))
    except (ValueError, RecursionError) as error:
        # At the end of the file, or ended by the run that went on.
        half = line.startswith(b'{"event"') and not line.rstrip().endswith(b"}")
        return _CUT_OFF if half or not line.endswith(b"\n") else getattr(error, "msg", str(error))
    return ""


def _of_model(run: Run, quick: bool, status: str) -> str:
    if not os.path.lexists(run.model):
        return "missing, although the run has finished" if status == FINISHED else ""
    try:
        checkpoint_file.header(run.model)
    except CheckpointError as error:
        return without_home(str(error.__cause__ or error))
    reason = "" if quick else of_checkpoint(run.model)
    return f"its weights {reason}" if reason else ""


def _lines(found: dict[Path, dict[str, str]]) -> Iterator[Examined]:
    def of(name: str) -> dict[Path, str]:
        return {run: damage[name] for run, damage in found.items() if name in damage}

    def words(runs: dict[Path, str], one: str, many: str) -> str:
        return f"{len(runs):,} of {plural(len(found), 'run')} {one if len(runs) == 1 else many}"

    if runs := of("config.json"):
        mend = aside("Move the run out of the way; it cannot be resumed", list(runs))
        yield problem("config.json", words(runs, "cannot be opened", "cannot be opened"), mend, _each(runs))
    if runs := of("summary.json"):
        files = [run / "summary.json" for run in runs]
        mend = remedy("Remove the summary; the run then counts as stopped, and may be resumed", "rm", files)
        said = words(runs, "does not say how it ended", "do not say how they ended")
        yield problem("summary.json", said, mend, _each(runs))
    if runs := of("label.json"):
        files = [run / "label.json" for run in runs]
        mend = remedy("Remove the label, then name and note the run again", "rm", files)
        yield problem("label.json", words(runs, "has a damaged label", "have damaged labels"), mend, _each(runs))
    if runs := of("events.jsonl"):
        files = [run / "events.jsonl" for run in runs]
        mend = remedy("Delete the damaged events, which are passed over", "${EDITOR:-vi}", files)
        yield problem("events.jsonl", words(runs, "has damaged lines", "have damaged lines"), mend, _each(runs))
    if runs := of(_CUT_OFF):
        said = words(runs, "was killed in the middle of an event", "were killed in the middle of an event")
        yield note("events.jsonl", f"{said}; all others are used", details=_each(runs))
    if runs := of("model.npz"):
        files = [run / "model.npz" for run in runs]
        mend = aside("Resume the run, which writes the model again, or move the model out of the way", files)
        yield problem("model.npz", words(runs, "cannot be drawn with", "cannot be drawn with"), mend, _each(runs))


def _without_configuration(folder: Path) -> Iterator[Path]:
    """Folders that hold what only runs have."""
    for each in sorted(folder.iterdir()):
        has = [name for name in ("events.jsonl", "state.pt", "summary.json") if os.path.lexists(each / name)]
        if has and not os.path.lexists(each / "config.json"):
            yield each


def _each(runs: dict[Path, str]) -> list[str]:
    return [f"{path_text(run)}: {reason}" for run, reason in runs.items()]


def _reason(error: Exception) -> str:
    return without_home(str(getattr(error, "strerror", None) or error))
