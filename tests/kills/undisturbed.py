"""A training that is repeated again and again, and what it comes to when nobody kills it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core import __main__ as program
from core.config import training_length
from core.config.device_plan import Plan
from core.data import mnist
from core.networks import checkpoint
from core.runs.events import Finished
from core.runs.follow import EventReader
from core.runs.history import History
from core.runs.run import Run
from core.training import probe, trainer  # noqa: F401 - the trainer for the children, which are made of this process
from tests.crashes.calls import Call
from tests.crashes.homes import at_home
from tests.crashes.recording import recording

EPOCHS = 4
STEPS = 6
"""Of an epoch, which are fewer than usual, so that saves are near."""
IMAGES = 300
_NEVER = 10**9


@dataclass(frozen=True)
class Outcome:
    """What a finished run has come to."""

    weights: dict[str, NDArray[Any]]
    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    test_accuracy: float


def make_set(path: Path) -> None:
    """The set that it learns from: the first of MNIST's training images."""
    learn, _ = mnist.load()
    np.savez(path, images=learn.images[:IMAGES], labels=learn.labels[:IMAGES])


def outcome(run: Run) -> Outcome:
    """What is in the directory of a finished run. Raises DigitsError if it cannot be read."""
    history = History()
    for event in EventReader(run).read():
        history.feed(event)
    assert isinstance(history.end, Finished), history.end
    network, _ = checkpoint.load(run.model)
    weights = {name: each.numpy() for name, each in network.state_dict().items()}
    epochs = tuple(epoch.validation_accuracy for epoch in history.epochs)
    return Outcome(weights, tuple(history.losses), epochs, history.end.test_accuracy or 0.0)


def same(one: Outcome, other: Outcome) -> bool:
    """Bit for bit."""
    weights = all(np.array_equal(each, other.weights[name]) for name, each in one.weights.items())
    numbers = (one.losses, one.accuracies, one.test_accuracy) == (other.losses, other.accuracies, other.test_accuracy)
    return weights and numbers


def in_child(home: Path, arguments: list[str], killed: Callable[[int], None] | None = None, call: int = 0) -> int:
    """Do `digits-tui arguments` in a process of its own; its status, negative for a signal.

    `killed` is given its number and kills it in time; with `call` it kills itself after that many calls on its files.
    """
    child = os.fork()  # after the imports, which take most of a short run's time
    if child == 0:
        try:
            os._exit(_run(home, arguments, call))
        finally:
            os._exit(99)
    if killed is not None:
        killed(child)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class _Fuse(list[Call]):
    """Kills this process when it is so long."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self._length = length

    def append(self, call: Call) -> None:
        """Add a call that was made."""
        super().append(call)
        if len(self) == self._length:
            os.kill(os.getpid(), signal.SIGKILL)


def calls_of(home: Path, arguments: list[str]) -> int:
    """How many calls on its files a command makes."""
    in_child(home, arguments, call=_NEVER)
    return int((home.parent / "calls.txt").read_text())


def _run(home: Path, arguments: list[str], call: int) -> int:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(home.parent / "errors.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666), 2)
    with at_home(home), pytest.MonkeyPatch.context() as patch:
        # The same way each time: what the probe chooses depends on what else the machine does.
        patch.setattr(probe, "choose", lambda *_: ([Plan("cpu", 1, "float32")], []))
        patch.setattr(training_length, "_SMALL_STEPS", STEPS)
        if not call:
            return program.main(arguments)
        with recording(home) as recorder:
            recorder.calls = _Fuse(call)
            status = program.main(arguments)
    (home.parent / "calls.txt").write_text(str(len(recorder.calls)))
    return status


def after(seconds: float) -> Callable[[int], None]:
    """Kills a process so long after its start."""

    def kill(process: int) -> None:
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)

    return kill
