"""Starting a run's process and hearing of its end, without ever waiting for it."""

from __future__ import annotations

import contextlib
import threading

from textual.message import Message
from textual.message_pump import MessagePump

from core.runs import launch
from core.runs.run import Run


class RunProcessEnded(Message):
    """The process of a run that was started here has ended."""

    def __init__(self, run: Run, status: int) -> None:
        super().__init__()
        self.run = run
        self.status = status
        """The exit status; negative where a signal ended it."""


def start(run: Run, listener: MessagePump, *, resume: bool = False) -> None:
    """Start training `run` and post `RunProcessEnded` to `listener` when that process ends.

    Raises RunError where the process cannot be started. The process outlives the app.
    """
    process = launch.start_run(run, resume=resume)

    def reap() -> None:
        status = process.wait()
        with contextlib.suppress(RuntimeError):  # the app, and its event loop with it, has gone
            listener.post_message(RunProcessEnded(run, status))

    # A daemon: Python leaves without waiting for it, so the app quits at once and the run goes on.
    threading.Thread(target=reap, name=f"reap {run.name}", daemon=True).start()
