"""`watch` and `stop`: follow one run, and stop one."""

from __future__ import annotations

import argparse
import json
import sys
import time

from core.commands.run_rows import result, row_of
from core.errors import RunError
from core.runs.events import Failed
from core.runs.run import FINISHED, LAST, STOPPED, find_run

_STOP_SECONDS = 60.0


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `watch` and `stop`."""
    run_help = "a run's name or title, the beginning of its name, its folder, or `last` (the default)"
    watch = commands.add_parser(
        "watch", help="follow a run", description="Follow a run until it ends. Ctrl+C leaves the run alone."
    )
    watch.add_argument("name", metavar="RUN", nargs="?", default=LAST, help=run_help)
    watch.add_argument("--json", action="store_true", help="print the run's events, one JSON object per line")
    watch.set_defaults(run=run_watch)

    stop = commands.add_parser(
        "stop", help="stop a run", description="Ask a run to save a checkpoint and stop, and wait until it has."
    )
    stop.add_argument("name", metavar="RUN", nargs="?", default=LAST, help=run_help)
    stop.add_argument("--json", action="store_true", help="print how the run ended as a JSON object")
    stop.set_defaults(run=run_stop)


def run_watch(options: argparse.Namespace) -> int:
    """Follow one run; returns 1 if it failed or was killed."""
    from core.commands.narrator import write_history

    run = find_run(options.name)
    history = write_history(run, options.json)
    if history.end is None:
        how = f"go on with: digits-tui resume {run.name}"
        print(f"run {run.name} has stopped: {run.sudden_end()}; {how}", file=sys.stderr)
    return int(history.end is None or isinstance(history.end, Failed))


def run_stop(options: argparse.Namespace) -> int:
    """Ask one run to stop, and wait until it has."""
    run = find_run(options.name)
    if not run.is_running():
        raise RunError(f"run {run.name} is not running: {run.status()}")
    run.request_stop()
    print(f"asked {run.name} to stop", file=sys.stderr)
    deadline = time.monotonic() + _STOP_SECONDS
    while run.is_running():
        if time.monotonic() > deadline:
            raise RunError(
                f"run {run.name} has not stopped within {_STOP_SECONDS:.0f} seconds; it may be loading data. "
                "It will stop at its next step."
            )
        time.sleep(0.05)
    row = row_of(run)
    if options.json:
        print(json.dumps(row))
    elif row["status"] == FINISHED:
        print(f"{run.name} had just finished")
    else:
        print(f"{run.name} {row['status']}; {result(row) or 'nothing was saved yet'}")
    return int(row["status"] not in (STOPPED, FINISHED))
