"""`train` and `resume`: the process that trains, in the foreground or in a session of its own."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from core.configuration import MOST_EPOCHS, TrainingConfig
from core.errors import CheckpointError, DigitsError, RunError
from core.events import Failed, Finished
from core.recipes import RECIPES
from core.runs import FINISHED, Run, RunWriter, create_run, find_run


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
    train.add_argument("--data", default="mnist", metavar="NAME|PATH", help="a name that `datasets` lists, or a path")
    train.add_argument("--recipe", default="fast", metavar="NAME", help="fast (as it is without this) or accurate")
    train.add_argument("--epochs", type=int, metavar="N", help=f"1 to {MOST_EPOCHS:,}; else the recipe's own")
    train.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, mps, cuda or cuda:N")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="fixes what is random (0)")
    train.add_argument("--json", action="store_true", help="print the run's events, one JSON object a line")
    train.add_argument("--detach", action="store_true", help="train in the background and print the run's name")
    train.add_argument(
        "--run", dest="directory", metavar="DIR", help=argparse.SUPPRESS
    )  # a directory that the app made
    train.set_defaults(run=run_train)

    resume = commands.add_parser(
        "resume",
        help="go on with a run that was stopped",
        description="Go on with a run that was stopped or killed, as if it had never been.",
    )
    resume.add_argument("name", metavar="RUN", help="a run's name, the beginning of one, its folder, or `last`")
    resume.add_argument("--json", action="store_true", help="print the run's events, one JSON object a line")
    resume.add_argument("--detach", action="store_true", help="go on in the background")
    resume.set_defaults(run=run_resume)


def run_train(options: argparse.Namespace) -> int:
    """Train a new run, or one whose directory the app has made."""
    if options.directory:
        os.nice(5)  # whoever draws while this trains comes first
        return _write(find_run(options.directory), resume=False, json=False)
    config = TrainingConfig(
        data=options.data, recipe=options.recipe, epochs=options.epochs, device=options.device, seed=options.seed
    )
    run = create_run(absolute(config))
    if options.detach:
        return _detach(run, resume=False)
    return _write(run, resume=False, json=options.json)


def absolute(config: TrainingConfig) -> TrainingConfig:
    """`config` with a path made absolute: the run may be resumed from elsewhere. Raises DataError."""
    from core import catalogue

    entry = catalogue.find(config.data)
    data = config.data if entry.name == config.data or entry.path is None else entry.path
    return TrainingConfig(**{**config.to_json(), "data": data})


def run_resume(options: argparse.Namespace) -> int:
    """Go on with a run."""
    run = find_run(options.name)
    if run.status() == FINISHED:
        raise RunError(
            f"run {run.name} has finished; there is nothing to resume. Start a new one with: digits-tui train"
        )
    if not run.state.exists():
        raise CheckpointError(f"run {run.name} ended before its first save; start it anew with: digits-tui train")
    if options.detach:
        return _detach(run, resume=True)
    return _write(run, resume=True, json=options.json)


def _detach(run: Run, *, resume: bool) -> int:
    from core.children import start_run

    start_run(run, resume=resume).returncode = 0  # it outlives us on purpose; nobody is to wait for it
    print(f"{run.name} trains in the background; see it with: digits-tui watch {run.name}", file=sys.stderr)
    print(run.name)
    return 0


def _write(run: Run, *, resume: bool, json: bool) -> int:
    """Hold the run's lock, train, and append what happens to its events."""
    from core.commands.narrator import Narrator

    config = run.config()
    with RunWriter(run) as writer, _stopping() as stopped, Narrator(run, json) as narrator:
        try:
            from core.training import train  # torch, one to three seconds

            for event in train(config, run, resume=resume, stop=lambda: stopped() or run.stop_requested()):
                writer.append(event)
                narrator.tell(event)
        except (DigitsError, OSError) as error:
            failed = Failed(error=str(error))
            writer.append(failed)
            narrator.tell(failed)
            return 1
        except Exception as error:
            writer.append(Failed(error=f"a defect in digits-tui: {type(error).__name__}: {error}"))
            traceback.print_exc()
            return 1
    return 0 if isinstance(narrator.history.end, Finished) else 1


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Turns Ctrl+C and a polite kill into a stop that saves; a second Ctrl+C ends at once."""
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.append(number)
        print("stopping; a checkpoint is kept", file=sys.stderr)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
