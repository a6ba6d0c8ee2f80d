"""What runs that have not finished are resumed from. Needs torch, so it is examined last."""

from __future__ import annotations

from collections.abc import Callable

from core.doctor.diagnosis import Examined, Section, fine, note, problem
from core.doctor.path_text import aside, path_text, without_home
from core.errors import CheckpointError
from core.runs.run import list_runs
from core.words import plural


def examine(report: Callable[[int, int, str], None]) -> Section:
    """Whether each state can be read."""
    try:
        line = _line(report)
    except OSError as error:
        line = note("state.pt", f"not looked at: {path_text(error.filename or 'the runs')}: {error.strerror}")
    return Section("States to resume from", (line,))


def _line(report: Callable[[int, int, str], None]) -> Examined:
    from core.networks.checkpoint import load_state  # torch

    runs = [run for run in list_runs() if run.is_resumable()]
    damaged: dict[str, str] = {}
    for done, run in enumerate(runs, 1):
        try:
            if run.state.exists():  # else it begins again
                load_state(run.state)
        except CheckpointError as error:
            damaged[run.name] = without_home(str(error))
        report(done, len(runs), "states")
    if not damaged:
        return fine("state.pt", f"{plural(len(runs), 'run')} can be resumed" if runs else "no run waits to be resumed")
    words = f"{len(damaged):,} of {plural(len(runs), 'run')} cannot be resumed"
    files = [run.state for run in runs if run.name in damaged]
    mend = aside("Set these states aside; `digits-tui resume` then begins the runs again", files)
    return problem("state.pt", words, mend, list(damaged.values()))
