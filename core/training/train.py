"""Training as a generator of events: configuration in, weights out. Knows no screen.

`train` prepares the job, chooses the data and the device; `trainer` does the job.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.data.datasets import Dataset, load
from core.data.division import DivisionRule
from core.errors import DeviceError
from core.runs.events import Event, Loading, Note, Starting, Stopped
from core.runs.follow import EventReader
from core.runs.history import History
from core.runs.run import Run
from core.system import gc_policy

_LOADING_SECONDS = 0.5


def train(
    config: TrainingConfig,
    run: Run | None = None,
    *,
    resume: bool = False,
    stop: Callable[[], bool] = lambda: False,
    device: str | None = None,
) -> Iterator[Event]:
    """Train as `config` says and yield what happens; the last event is Finished or Stopped.

    With `run`, weights and state are written to its directory after each epoch and every ten seconds; the caller holds
    its lock and appends the events. `stop` is called a few times a second while data is read and while training, and
    between the parts of what comes before.
    Closing the generator stops at once. With `resume`, training goes on from the run's state, if there is one, on the
    same device in the same way, or on `device` if it is given (then the results are not bit for bit the same).
    Raises DataError, DeviceError, CheckpointError; OSError if the disk is full.
    """
    try:
        yield from _train(config, run, resume=resume, stop=stop, device=device)
    except _StopRequestedError:
        yield _stopped(run)


def _train(
    config: TrainingConfig, run: Run | None, *, resume: bool, stop: Callable[[], bool], device: str | None
) -> Iterator[Event]:
    """Raises _StopRequestedError at a request to stop before there is something to save."""
    yield _part("loading PyTorch", stop)
    reading = _Reading(config.data, DivisionRule.of(config))
    with gc_policy.spared():  # importing torch takes one to three seconds, in which the data is read
        from core.data.stage import stages
        from core.networks import checkpoint
        from core.training import probe
        from core.training.devices import DEVICE_FAILURES, first_line, is_device_failure
        from core.training.distillation import load as load_teachers
        from core.training.job import Job
        from core.training.pretrained import load as load_pretrained
        from core.training.pretrained import recipe_for
        from core.training.trainer import Trainer

    state = checkpoint.load_state(run.state) if resume and run and run.state.exists() else None
    if resume and state is None:
        yield Note("The run ended before its first save; it begins again.")
    yield Starting("reading the images")
    dataset = yield from reading.events(stop)
    yield from _notes(dataset)
    yield _part("choosing how to compute", stop)
    pretrained = load_pretrained(Path(config.fine_tune)) if config.fine_tune is not None else None
    teachers = load_teachers(config.teachers)
    # The same recipe is timed and trained.
    recipe = recipe_for(dataset.division.recipe, pretrained)
    every = stages(dataset, consume=True)
    if state is not None and device is None:
        plans = [_saved_plan(state)]
    else:
        plans, failures = probe.choose(device or config.device, recipe)
        for failure in failures:
            yield Note(failure, level="warning")
    for plan, fallback in zip(plans, [*plans[1:], None], strict=True):
        yield _part("preparing the network and its images", stop)
        trainer = None
        try:
            # Puts the data on the device, whose memory may be too small.
            trainer = Trainer(Job(config, recipe, dataset, every, plan, run, pretrained, teachers))
            if state is not None:
                trainer.restore(state)
            yield from trainer.events(stop)
            return
        except DEVICE_FAILURES as error:
            if not is_device_failure(error):
                raise
            failure = f"{plan.device} failed: {first_line(error)}"
            if fallback is None or config.device != "auto":
                raise DeviceError(
                    f"{failure}. Resume the run once the device works again, or on another one with --device "
                    "(`digits-tui devices` lists them)."
                ) from error
            state = trainer.safe_state if trainer else state
            since = f"from step {state['step']:,}" if state else "from the start"
            yield Note(f"{failure}; going on with {fallback.title}, {since}", level="warning")


class _StopRequestedError(Exception):
    """A request to stop was heard before training began."""


def _part(doing: str, stop: Callable[[], bool]) -> Starting:
    """The event for the next part of what comes before training. Raises _StopRequestedError at a request to stop."""
    if stop():
        raise _StopRequestedError
    return Starting(doing)


def _stopped(run: Run | None) -> Stopped:
    """The event for a run that does not train: what it saved before, if it did, stays as it is."""
    history = History()
    if run is not None:
        for event in EventReader(run).read():
            history.feed(event)
    if (saved := history.checkpoint) is None or history.started is None:
        return Stopped(epoch=0, step=0, seconds=0.0, checkpoint="")
    epoch = min(history.started.epochs, saved.step // max(1, history.started.steps_per_epoch) + 1)
    return Stopped(epoch=epoch, step=saved.step, seconds=history.seconds, checkpoint=saved.checkpoint)


class _StopLoadingError(Exception):
    """Raised in the thread that reads the data, to end it."""


class _Reading:
    """A data set that a thread reads and divides."""

    def __init__(self, data: str, rule: DivisionRule) -> None:
        self._data, self._rule = data, rule
        self._latest = (0, 0)
        self._stopped = False
        self._result: queue.SimpleQueue[Dataset | BaseException] = queue.SimpleQueue()
        # A daemon thread, so that a second Ctrl+C does not wait for it.
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            self._result.put(load(self._data, self._report, self._rule))
        except BaseException as error:
            self._result.put(error)

    def _report(self, done: int, total: int) -> None:
        if self._stopped:
            raise _StopLoadingError
        self._latest = (done, total)

    def events(self, stop: Callable[[], bool]) -> Generator[Event, None, Dataset]:
        """Yield the progress of reading; returns the data set.

        Raises what reading it raises, and _StopRequestedError at a request to stop.
        """
        reported = (0, 0)
        while True:
            if stop():
                self._stopped = True
                raise _StopRequestedError
            try:
                result = self._result.get(timeout=_LOADING_SECONDS)
            except queue.Empty:
                if self._latest != reported:
                    reported = self._latest
                    yield Loading(*reported)
                continue
            if isinstance(result, BaseException):
                raise result
            return result


def _notes(dataset: Dataset) -> Iterator[Note]:
    for text in dataset.notes:
        yield Note(text)
    if dataset.skipped:
        first = dataset.skipped[0]
        yield Note(
            f"{len(dataset.skipped):,} of the set's files could not be used and were skipped, "
            f"the first: {first.path} ({first.reason})",
            level="warning",
        )


def _saved_plan(state: dict[str, Any]) -> Plan:
    """The plan in the saved state. Raises CheckpointError or DeviceError."""
    from core.training.devices import find
    from core.training.snapshot import plan_of

    plan = plan_of(state)
    if plan.device != "cpu":
        try:
            find(plan.device)
        except DeviceError as error:
            raise DeviceError(f"{error} To resume on another one: digits-tui resume RUN --device auto") from error
    return plan
