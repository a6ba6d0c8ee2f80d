"""Training as a generator of events: configuration in, weights out. Knows no screen.

`train` draws up the job, which data and which device; `trainer` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from core import checkpoint, probe
from core.configuration import TrainingConfig
from core.datasets import Dataset, load
from core.devices import find, first_line, is_device_failure
from core.errors import DeviceError
from core.events import Event, Loading, Note
from core.plan import Plan
from core.recipes import RECIPES
from core.runs import Run
from core.trainer import Trainer

_LOADING_SECONDS = 0.5


def train(
    config: TrainingConfig,
    run: Run | None = None,
    *,
    resume: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Event]:
    """Train as `config` says and yield what happens; the last event is Finished or Stopped.

    With `run`, weights and state are written to its directory after each epoch and every ten seconds; the
    caller holds its lock and appends the events. `stop` is asked four times a second. Closing the generator
    stops at once. With `resume`, goes on from the run's state.
    Raises DataError, DeviceError, CheckpointError; OSError where the disk is full.
    """
    state = checkpoint.load_state(run.state) if resume and run else None
    dataset = yield from _loaded(config.data)
    yield from _notes(dataset)
    if state is not None:
        plans = [_saved_plan(state)]
    else:
        plans, failures = probe.choose(config.device, RECIPES[config.recipe])
        for failure in failures:
            yield Note(failure, level="warning")
    for plan, fallback in zip(plans, [*plans[1:], None], strict=True):
        trainer = None
        try:
            trainer = Trainer(config, dataset, plan, run)  # puts the data on the device, which may be too much
            if state is not None:
                trainer.restore(state)
            yield from trainer.events(stop)
            return
        except RuntimeError as error:
            if not is_device_failure(error):
                raise
            failure = f"{plan.device} failed: {first_line(error)}"
            if fallback is None or config.device != "auto":
                raise DeviceError(
                    f"{failure}. Resume the run once the device is well, "
                    "or train on another one (`digits-tui devices` lists them)."
                ) from error
            state = trainer.safe_state if trainer else state
            since = f"from step {state['step']:,}" if state else "from the start"
            yield Note(f"{failure}; going on with {fallback.title}, {since}", level="warning")


def _loaded(data: str) -> Generator[Event, None, Dataset]:
    """The data set, with events while it is read; a set that is there at once gives none."""
    latest = told = (0, 0)

    def report(done: int, total: int) -> None:
        nonlocal latest
        latest = (done, total)

    with ThreadPoolExecutor(1) as reader:
        reading = reader.submit(load, data, report)
        while wait([reading], timeout=_LOADING_SECONDS).not_done:
            if latest != told:
                told = latest
                yield Loading(*told)
        return reading.result()


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
    """The device as it was used before: other threads or another precision would sum in another order."""
    plan = Plan(**state["plan"])
    if plan.device != "cpu":
        find(plan.device)
    return plan
