"""Prints a run's events: a progress bar on a terminal, plain lines elsewhere, or JSON for machines.

The bar and the lines go to standard error, the result and the JSON to standard output.
"""

from __future__ import annotations

import json
import os
import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from core.duration import duration
from core.runs import events
from core.runs.history import History
from core.runs.run import Run
from core.words import percent, plural


class Narrator:
    """Prints the events of one run. A context manager; call `tell` with each event in order."""

    def __init__(self, run: Run, as_json: bool) -> None:
        self.history = History()
        self.unheard = False
        """Whether nobody listens any longer, because the pipe or the terminal was closed."""
        self._run = run
        self._json = as_json
        self._console = Console(stderr=True, highlight=False)
        self._bar: Progress | None = None
        self._task = TaskID(0)
        if not as_json and self._console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=None),
                TextColumn("{task.percentage:>3.0f}%  {task.fields[rate]}"),
                console=self._console,
                transient=True,
                expand=True,
            )

    def __enter__(self) -> Narrator:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("starting", total=1.0, rate="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def tell(self, event: events.Event) -> None:
        """Add one event to the history and print it; once nobody listens, nothing is printed."""
        self.history.feed(event)
        try:
            self._tell(event)
        except (OSError, SystemExit):  # rich raises SystemExit for a closed pipe
            self.unheard = True
            # All further output, including the interpreter's own flush at exit, goes nowhere.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            for stream in (sys.stdout, sys.stderr):
                os.dup2(nowhere, stream.fileno())
            os.close(nowhere)

    def _tell(self, event: events.Event) -> None:
        if self._json:
            print(json.dumps(event.to_json()), flush=True)
            return
        if self._bar:
            self._advance(self._bar)
        match event:
            case events.Started():
                self._say(f"run {self._run.name}")
                self._say(
                    f"{event.data}: {plural(event.train_count, 'image')} to learn from, {event.validation_count:,} to "
                    f"validate, {event.test_count:,} to test ({event.test_note})"
                )
                threads = f", {plural(event.threads, 'thread')}" if event.device == "cpu" else ""
                self._say(
                    f"{event.recipe}: {plural(event.epochs, 'epoch')} of "
                    f"{plural(event.steps_per_epoch, 'batch', 'batches')} on {event.device} "
                    f"({event.device_name}{threads}, {event.precision})"
                    + (f", going on at step {event.step:,}" if event.step else "")
                )
            case events.Note():
                self._say(f"{'warning: ' * (event.level == 'warning')}{event.text}")
            case events.EpochEnded():
                epochs = self.history.started.epochs if self.history.started else "?"
                self._say(
                    f"epoch {event.epoch}/{epochs}  loss {event.train_loss:.4f}  validation loss "
                    f"{event.validation_loss:.4f}  validation accuracy {percent(event.validation_accuracy)}  "
                    f"{duration(event.epoch_seconds)}"
                )
            case events.Measured():
                self._say(f"MNIST's test set: {percent(event.mnist_before)} before, {percent(event.mnist_after)} after")
            case events.FoldEnded():
                before = f", {percent(event.accuracy_before)} before" if event.accuracy_before is not None else ""
                self._say(
                    f"fold {event.fold}/{event.folds}  {percent(event.accuracy)} of {plural(event.count, 'image')} "
                    f"right{before}  {duration(event.fold_seconds)}"
                )
            case events.Finished(accuracy=float()):
                print(_cross_validation(event), flush=True)
            case events.Finished():
                print(
                    f"test accuracy {percent(event.test_accuracy)} on {plural(event.test_count, 'image')} after "
                    f"{duration(event.seconds)}; best validation accuracy {percent(event.best_validation_accuracy)} "
                    f"(epoch {event.best_epoch})\nweights: {event.checkpoint}",
                    flush=True,
                )
            case events.Stopped():
                how = f"go on with: digits-tui resume {self._run.name}" if event.step else "nothing was learned yet"
                self._say(f"stopped at step {event.step:,}; {how}")
            case events.Failed():
                self._say("\n".join(filter(None, (event.output, f"digits-tui: {event.error}"))))
            case _:
                pass

    def _say(self, text: str) -> None:
        # soft_wrap keeps each fact on one line when it is copied from a narrow terminal
        self._console.print(text, markup=False, soft_wrap=True)

    def _advance(self, bar: Progress) -> None:
        history = self.history
        progress, started, loading = history.progress, history.started, history.loading
        if loading is not None and loading.total:
            description = f"reading image {loading.done:,} of {loading.total:,}"
            bar.update(self._task, completed=loading.done / loading.total, description=description)
        if progress is None or started is None:
            return
        left = history.seconds_left
        bar.update(
            self._task,
            completed=history.fraction,
            description=f"epoch {progress.epoch}/{started.epochs}  loss {progress.losses[-1]:.4f}",
            rate=f"{progress.images_per_second:,.0f} images/s" + (f"  {duration(left)} left" if left else ""),
        )


def _cross_validation(event: events.Finished) -> str:
    """The figures of a run with folds, and its confusion matrix, line by line."""
    before = f", {percent(event.accuracy_before)} before" if event.accuracy_before is not None else ""
    lines = [
        f"accuracy {percent(event.test_accuracy)} over {plural(len(event.fold_accuracies), 'fold')} "
        f"({plural(event.test_count, 'image')}, each read by a network that had not seen it){before}",
        f"mean of the folds {percent(event.mean or 0)}, standard deviation {percent(event.spread or 0)}; "
        f"trained in {duration(event.seconds)}",
    ]
    if event.mnist_before is not None and event.mnist_after is not None:
        lines.append(f"MNIST's test set: {percent(event.mnist_before)} before, {percent(event.mnist_after)} after")
    lines += ["", "is \\ read as" + "".join(f"{digit:6}" for digit in range(10))]
    lines += [f"{digit:12}" + "".join(f"{each:6,}" if each else "     ·" for each in row)
              for digit, row in enumerate(event.confusion)]  # fmt: skip
    return "\n".join([*lines, "", f"weights, trained on all images: {event.checkpoint}"])


def write_history(run: Run, as_json: bool) -> History:
    """Print all events of a run, old and new, until it is no longer running."""
    from core.runs.follow import follow

    with Narrator(run, as_json) as narrator:
        for event in follow(run):
            narrator.tell(event)
        ending = run.ending() if narrator.history.end is None else None
        if ending is not None and ending.event is not None:  # it crashed, or the last line was damaged
            narrator.tell(ending.event)
    return narrator.history
