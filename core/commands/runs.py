"""`runs`, `watch` and `stop`: list the runs, follow one, and stop one."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from core.errors import RunError
from core.printable import printable
from core.runs.ending import status_of
from core.runs.events import Failed
from core.runs.run import FINISHED, RUNNING, STOPPED, Run, find_run, list_runs
from core.words import percent, plural

_STOP_SECONDS = 60.0


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `runs`, `watch` and `stop`."""
    run_help = "a run's name, the beginning of one, its folder, or `last` (the default)"
    runs = commands.add_parser("runs", help="list the runs", description="List the runs, newest first.")
    runs.add_argument("--json", action="store_true", help="print one JSON object per line")
    runs.set_defaults(run=run_runs)

    watch = commands.add_parser(
        "watch", help="follow a run", description="Follow a run until it ends. Ctrl+C leaves the run alone."
    )
    watch.add_argument("name", metavar="RUN", nargs="?", default="last", help=run_help)
    watch.add_argument("--json", action="store_true", help="print the run's events, one JSON object per line")
    watch.set_defaults(run=run_watch)

    stop = commands.add_parser(
        "stop", help="stop a run", description="Ask a run to save a checkpoint and stop, and wait until it has."
    )
    stop.add_argument("name", metavar="RUN", nargs="?", default="last", help=run_help)
    stop.add_argument("--json", action="store_true", help="print how the run ended as a JSON object")
    stop.set_defaults(run=run_stop)


def run_runs(options: argparse.Namespace) -> int:
    """List the runs."""
    found = [_row(run) for run in list_runs()]
    if options.json:
        for row in found:
            print(json.dumps(row))
        return 0
    if not found:
        print("no runs yet; start one with: digits-tui train", file=sys.stderr)
        return 0
    names = [printable(row["name"]) for row in found]
    width = max(map(len, names))
    for name, row in zip(names, found, strict=True):
        print(f"{name:{width}}  {row['status']:11}  {_result(row)}".rstrip())
    return 0


def _row(run: Run) -> dict[str, Any]:
    running = run.is_running()  # asked before the ending is read, so that one that comes meanwhile is not missed
    ending = None if running else run.ending()
    status = status_of(ending, running)
    resumable = status not in (RUNNING, FINISHED)
    row = {"name": run.name, "status": status, "resumable": resumable, "path": str(run.path)}
    if ending is not None and ending.event is not None:
        row = {"status": status, **ending.event.to_json(), **row}
    elif ending is None and status == STOPPED:
        row["killed"] = run.sudden_end()
    return {**row, "unreadable": trouble} if (trouble := run.trouble(ending)) else row


def _result(row: dict[str, Any]) -> str:
    if "unreadable" in row:
        return f"cannot be read: {row['unreadable']}"
    if (accuracy := row.get("test_accuracy")) is not None:
        return f"{percent(accuracy)} of {plural(row['test_count'], 'test image')}, {row['seconds']:.1f} s"
    error = str(row.get("error", row.get("killed", ""))).partition("\n")[0]
    how = f"go on with: digits-tui resume {printable(row['name'])}" if row["resumable"] else ""
    return "; ".join(filter(None, (error, how)))


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
    row = _row(run)
    if options.json:
        print(json.dumps(row))
    elif row["status"] == FINISHED:
        print(f"{run.name} had just finished")
    else:
        print(f"{run.name} {row['status']}; {_result(row) or 'nothing was saved yet'}")
    return int(row["status"] not in (STOPPED, FINISHED))
