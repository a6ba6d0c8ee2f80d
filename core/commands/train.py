"""`train` and `resume`: the process that trains, in the foreground or in the background."""

from __future__ import annotations

import argparse
import dataclasses
import faulthandler
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from core.commands.exhaustion import exhaustion
from core.config.configuration import MNIST, MOST_EPOCHS, MOST_FOLDS, TrainingConfig
from core.config.recipes import FAST, FINE_TUNE, RECIPES
from core.errors import DigitsError, RunError
from core.networks import checkpoint_file
from core.runs import checkpoints, run_log
from core.runs.events import Failed, Finished
from core.runs.history import History
from core.runs.run import FINISHED, LAST, Run, create_run, find_run
from core.runs.writer import RunWriter
from core.system import priority

_START_SECONDS = 10.0


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `train` and `resume`."""
    recipes = "\n".join(f"  {each.name:9} {each.summary}" for each in RECIPES.values())
    train = commands.add_parser(
        "train",
        help="train a network",
        description="Train a network on a data set. Ctrl+C stops and keeps a checkpoint; `resume` goes on.",
        epilog=f"recipes:\n{recipes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    train.add_argument("--data", default=MNIST, metavar="NAME|PATH", help="a name that `datasets` lists, or a path")
    train.add_argument("--recipe", metavar="NAME", help="one of the recipes below (default: fast)")
    train.add_argument(
        "--fine-tune",
        nargs="?",
        const="shipped",
        metavar="CHECKPOINT",
        help="start from a file, a run or, without a name, the shipped model; MNIST is replayed",
    )
    train.add_argument(
        "--teacher",
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="also learn from the answers of this one; may be given several times, with the recipe robust",
    )
    train.add_argument(
        "--folds",
        type=int,
        default=0,
        metavar="K",
        help=f"also cross-validate, with 2 to {MOST_FOLDS} folds; the model itself learns from all images",
    )
    train.add_argument("--epochs", type=int, metavar="N", help=f"1 to {MOST_EPOCHS:,} (default: the recipe's)")
    train.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, mps, cuda or cuda:N")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random numbers (default: 0)")
    train.add_argument("--json", action="store_true", help="print the run's events, one JSON object per line")
    train.add_argument("--detach", action="store_true", help="train in the background and print the run's name")
    train.add_argument("--background", metavar="DIR", help=argparse.SUPPRESS)  # as children.start_run asks
    train.set_defaults(run=run_train)

    resume = commands.add_parser(
        "resume",
        help="resume a run that was stopped",
        description="Resume a run that was stopped or killed, as if it had never been interrupted.",
    )
    name_help = "a run's name, the beginning of one, its folder, or `last` (the default)"
    resume.add_argument("name", metavar="RUN", nargs="?", default=LAST, help=name_help)
    resume.add_argument("--json", action="store_true", help="print the run's events, one JSON object per line")
    resume.add_argument("--detach", action="store_true", help="train in the background")
    resume.add_argument("--device", metavar="NAME", help="another device (default: the same one)")
    resume.add_argument("--background", metavar="DIR", help=argparse.SUPPRESS)
    resume.set_defaults(run=run_resume)


def run_train(options: argparse.Namespace) -> int:
    """Train a new run, or one whose directory the app has created."""
    if options.background:
        return _in_background(find_run(options.background), resume=False)
    tunes = options.fine_tune is not None or options.recipe == FINE_TUNE
    config = TrainingConfig(
        data=options.data,
        recipe=options.recipe or (FINE_TUNE if tunes else FAST),
        epochs=options.epochs,
        device=options.device,
        seed=options.seed,
        fine_tune=_checkpoint(options.fine_tune or "shipped") if tunes else None,
        teachers=tuple(_checkpoint(each) for each in options.teacher),
        folds=options.folds,
    )
    run = create_run(absolute(config))
    if options.detach:
        return _detach(run, resume=False)
    history = _write(run, resume=False, json=options.json)
    if history.started is None and isinstance(history.end, Failed):
        shutil.rmtree(run.path, ignore_errors=True)  # a run that never began would be in the way as `last`
    return _status(history)


def _checkpoint(name: str) -> str:
    """The absolute path of the checkpoint that `name` means. Raises CheckpointError if it is not one."""
    path = checkpoints.resolve(name).absolute()
    checkpoint_file.header(path)
    return str(path)


def absolute(config: TrainingConfig) -> TrainingConfig:
    """`config` with an absolute data path, because the run may be resumed from another folder. Raises DataError."""
    from core.data import catalogue

    entry = catalogue.find(config.data)
    # A set that was added can be removed from the catalogue again; its path remains.
    path = None if entry.is_published else entry.path
    return dataclasses.replace(config, data=entry.name if path is None else path)


def run_resume(options: argparse.Namespace) -> int:
    """Resume a run."""
    if options.background:
        return _in_background(find_run(options.background), resume=True, device=options.device)
    run = find_run(options.name)
    if run.status() == FINISHED:
        raise RunError(
            f"run {run.name} has finished; there is nothing to resume. Start a new one with: digits-tui train"
        )
    if options.detach:
        return _detach(run, resume=True, device=options.device)
    return _status(_write(run, resume=True, json=options.json, device=options.device))


def _in_background(run: Run, *, resume: bool, device: str | None = None) -> int:
    priority.step_back()  # drawing while this trains comes first
    faulthandler.enable()
    print(run_log.beginning(), flush=True)
    return _status(_write(run, resume=resume, json=False, device=device, log=run.log))


def _status(history: History) -> int:
    return 0 if isinstance(history.end, Finished) else 1


def _detach(run: Run, *, resume: bool, device: str | None = None) -> int:
    from core.runs.launch import start_run

    child = start_run(run, resume=resume, device=device)
    # Until the child holds the run's lock, `stop` and `watch` would take the run for a killed one.
    deadline = time.monotonic() + _START_SECONDS
    while not run.is_running() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    if child.returncode:
        raise RunError(f"the training of {run.name} ended at once; see {run.log} for the reason")
    child.returncode = 0  # it outlives this process on purpose; without this Python would warn about it
    print(f"{run.name} trains in the background; see it with: digits-tui watch {run.name}", file=sys.stderr)
    print(run.name)
    return 0


def _write(run: Run, *, resume: bool, json: bool, device: str | None = None, log: Path | None = None) -> History:
    """Train with the run's lock held, append the events to the run and print them; returns the history.

    `log` is the file that this process prints to, if it was started in the background.
    """
    from core.commands.narrator import Narrator

    config = run.config()
    with RunWriter(run, is_launched=log is not None) as writer, _stopping() as stopped, Narrator(run, json) as narrator:

        def stop() -> bool:
            return stopped() or narrator.unheard or run.stop_requested()

        def record(error: str, printed: str = "") -> None:
            if log is not None:
                sys.stderr.flush()
                printed = run_log.last_lines(log)
            narrator.tell(Failed(error=error))
            try:
                writer.append(Failed(error=error, output=printed))
            except OSError as second:
                print(f"digits-tui: this could not be written to {run.path}: {second.strerror}", file=sys.stderr)

        try:
            from core.training.train import train  # here because importing torch takes one to three seconds

            for event in train(config, run, resume=resume, stop=stop, device=device):
                writer.append(event)
                narrator.tell(event)
        except DigitsError as error:
            record(str(error))
        except OSError as error:
            record(f"{run.path} cannot be written: {error.strerror}. Free some space or repair it, then resume the run")
        except Exception as error:
            if why := exhaustion(error):
                record(why)
            else:
                trace = traceback.format_exc()
                print(trace, end="", file=sys.stderr)
                record(f"a bug in digits-tui: {type(error).__name__}: {error}", trace)
    return narrator.history


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Turn Ctrl+C, SIGTERM and a lost terminal into a stop that saves; a second Ctrl+C ends at once."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        # Only notes the request: printing to a terminal that has just gone would end the run with an error.
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.append(number)

    before = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # respect `nohup`
            before[number] = signal.signal(number, ask)
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
