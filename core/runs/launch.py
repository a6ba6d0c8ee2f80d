"""Starts the process that trains a run, in its own session."""

from __future__ import annotations

import os
import subprocess

from core.errors import RunError
from core.runs import stop_request
from core.runs.run import Run
from core.system import children, lock, plain_file


def start_run(run: Run, *, resume: bool = False, device: str | None = None) -> subprocess.Popen[bytes]:
    """Start training `run` in a new session, so that it outlives the terminal that it was started from.

    Its output goes to the run's `log.txt`. Raises RunError if the process cannot be started, and NoLocksError if it
    could not be told from another one that trains the same run.
    """
    arguments = ["resume" if resume else "train", "--background", str(run.path)]
    if device is not None:
        arguments += ["--device", device]
    try:
        # Who trains holds this lock. Where there are none, it is said here and not in the log alone.
        if (handle := lock.take(run.lock)) is not None:
            stop_request.withdraw(run)  # from here on one is meant for the process that is started
            os.close(handle)
        with plain_file.appended(run.log) as log:
            return subprocess.Popen(
                children.command(*arguments),
                env=children.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",  # the run must not keep the user's folder busy; every path that it receives is absolute
                start_new_session=True,
            )
    except OSError as error:
        raise RunError(f"cannot start the training of {run.name}: {error}") from error
