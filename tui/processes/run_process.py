"""Starts a run's process and reports its end, without blocking the app."""

from __future__ import annotations

import contextlib
import threading

from textual.message import Message
from textual.message_pump import MessagePump

from core.runs import launch
from core.runs.run import Run


class RunProcessEnded(Message):
    """A run's process that was started here has ended."""

    def __init__(self, run: Run, status: int) -> None:
        super().__init__()
        self.run = run
        self.status = status
        """The exit status; negative where a signal ended it."""


def start(run: Run, listener: MessagePump, *, resume: bool = False) -> None:
    """Start training `run` and post `RunProcessEnded` to `listener` when that process ends.

    Raises RunError if the process cannot be started. The process outlives the app.
    """
    process = launch.start_run(run, resume=resume)

    def reap() -> None:
        status = process.wait()
        with contextlib.suppress(RuntimeError):  # the app and its event loop have ended
            listener.post_message(RunProcessEnded(run, status))

    # A daemon thread: Python exits without waiting for it, so the app quits at once and the run goes on.
    threading.Thread(target=reap, name=f"reap {run.name}", daemon=True).start()
