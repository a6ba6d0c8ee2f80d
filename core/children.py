"""How the program starts itself again: the reader, a training run, a look at a folder. Knows no asyncio."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core import paths
from core.errors import RunError
from core.runs import Run


def command(*arguments: str) -> list[str]:
    """The command line of a child `python -m core …`."""
    # -P: a folder called `core` where the person happens to stand must not be taken for ours.
    return [sys.executable, "-P", "-m", "core", *arguments]


def environment() -> dict[str, str]:
    """The child's environment; a bare checkout is not installed, so there it says where the package lies."""
    variables = dict(os.environ)
    variables["PYTHONUNBUFFERED"] = "1"
    if paths.is_checkout():
        root = str(Path(__file__).resolve().parent.parent)
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, [root, variables.get("PYTHONPATH")]))
    return variables


def start_run(run: Run, *, resume: bool = False, device: str | None = None) -> subprocess.Popen[bytes]:
    """Start training `run` in a session of its own, so that it outlives the terminal it was started from.

    What it prints goes to the run's `log.txt`. Raises RunError where the process cannot be started.
    """
    arguments = ["resume" if resume else "train", "--background", str(run.path)]
    if device is not None:
        arguments += ["--device", device]
    try:
        with run.log.open("ab") as log:
            return subprocess.Popen(
                command(*arguments),
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",  # the run must not keep the person's folder busy; every path it gets is absolute
                start_new_session=True,
            )
    except OSError as error:
        raise RunError(f"cannot start the training of {run.name}: {error}") from error
