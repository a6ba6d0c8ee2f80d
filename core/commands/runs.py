"""`runs`: list the runs, compare, report, name, note and delete them."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.commands.run_rows import result, row_of
from core.errors import ConfigurationError, RunError
from core.printable import printable
from core.runs.run import Run, find_run, list_runs
from core.words import plural

if TYPE_CHECKING:
    from core.evaluation.runs_compared import ComparedRow, ComparedRun

_NAMES = ("name", "title", "data", "recipe", "state", "validation", "test", "time")
"""What runs can be sorted by; a test compares them with `selection.SORTS`, which is imported only to sort."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `runs`."""
    runs = commands.add_parser(
        "runs",
        help="list, compare, name and delete the runs",
        description="List the runs, newest first; with RUN, only those. With one of the options below, do more.",
    )
    runs.add_argument(
        "names",
        metavar="RUN",
        nargs="*",
        help="its name or title, the beginning of its name, its folder, or `last`",
    )
    runs.add_argument(
        "--filter", default="", metavar="WORDS", help="only runs whose name, title, note, data, recipe or state has all"
    )
    runs.add_argument("--sort", choices=_NAMES, default="name", help="default: name, the newest first")
    runs.add_argument("--reverse", action="store_true", help="the other way round")
    runs.add_argument("--json", action="store_true", help="print one JSON object per line; with --compare, one in all")
    deeds = runs.add_mutually_exclusive_group()
    deeds.add_argument("--compare", action="store_true", help="print what differs, and which is better")
    deeds.add_argument("--csv", metavar="FILE", help="write the list as a table; `-` prints it")
    deeds.add_argument("--report", type=Path, metavar="FILE", help="write curves and figures: .html, .md or .svg")
    deeds.add_argument("--rename", metavar="TITLE", help="call one run so; an empty title takes it back")
    deeds.add_argument("--note", metavar="TEXT", help="keep a note on one run; an empty one removes it")
    deeds.add_argument("--delete", action="store_true", help="delete the runs named, for good")
    runs.add_argument("--yes", action="store_true", help="with --delete: do not ask")
    runs.set_defaults(run=run_runs)


def run_runs(options: argparse.Namespace) -> int:
    """Do what was asked for with the runs that were chosen."""
    if options.yes and not options.delete:
        raise ConfigurationError("--yes belongs to --delete; give both, or neither")
    changes = options.delete or options.rename is not None or options.note is not None
    if changes and options.filter:
        raise ConfigurationError("--filter chooses runs to list; name the runs that are to be changed")
    if options.rename is not None or options.note is not None:
        return _label(options)
    if options.delete:
        return _delete(options)
    chosen = _chosen(options)
    if options.csv is not None:
        return _write_table(chosen, options.csv)
    if options.compare:
        return _compare(chosen, as_json=options.json)
    if options.report is not None:
        return _report(chosen, options)
    return _list(chosen, as_json=options.json)


# Which


def _named(options: argparse.Namespace) -> list[Run]:
    """The runs that were named, each once."""
    return list(dict.fromkeys(find_run(name) for name in options.names))


def _chosen(options: argparse.Namespace) -> list[Run]:
    """Those named, or all, as far as they match, in order."""
    runs = _named(options) if options.names else list_runs()
    if not options.filter and options.sort == "name":
        ordered = sorted(runs, key=lambda run: run.name, reverse=not options.reverse)
        return runs if options.names and not options.reverse else ordered
    from core.runs.outline import RunOutline
    from core.runs.selection import in_order, matches

    words = options.filter.split()
    outlines = [each for each in map(RunOutline.of, runs) if matches(each, words)]
    return [outlines[index].run for index in in_order(outlines, options.sort, reverse=options.reverse)]


# What


def _list(runs: Sequence[Run], *, as_json: bool) -> int:
    found = list(map(row_of, runs))
    if as_json:
        for row in found:
            print(json.dumps(row))
        return 0
    if not found:
        words = "no run matches" if list_runs() else "no runs yet; start one with: digits-tui train"
        print(words, file=sys.stderr)
        return 0
    names = [printable(row["name"]) for row in found]
    width = max(map(len, names))
    for name, row in zip(names, found, strict=True):
        print(f"{name:{width}}  {row['status']:11}  {result(row)}".rstrip())
        if label := ": ".join(filter(None, (row.get("title", ""), row.get("note", "")))):
            print(f"{'':{width}}  {label}")
    return 0


def _write_table(runs: Sequence[Run], file: str) -> int:
    from core import paths
    from core.runs import run_table
    from core.runs.outline import RunOutline

    outlines = list(map(RunOutline.of, runs))
    if file == "-":
        print(run_table.as_csv(outlines), end="")
    else:
        run_table.write(paths.expanded(file), outlines)
        print(f"{plural(len(outlines), 'run')} written to {printable(file)}", file=sys.stderr)
    return 0


def _compare(runs: Sequence[Run], *, as_json: bool) -> int:
    from core.evaluation.runs_compared import rows, verdict

    compared = _compared(runs, least=2)
    table, words = rows(compared), verdict(compared)
    if as_json:
        names = [each.run.name for each in compared]
        values = {row.name: list(row.values) for row in table}
        print(json.dumps({"runs": names, "rows": values, "verdict": words}))
        return 0
    width = shutil.get_terminal_size((80, 24)).columns
    for line in _table(compared, table, width):
        print(line.rstrip())
    print("\n" + "\n".join(textwrap.wrap(words, width)))
    return 0


def _table(runs: Sequence[ComparedRun], rows: Sequence[ComparedRow], width: int) -> list[str]:
    """The rows in columns; a value that has no room in its column is wrapped."""
    from rich.cells import chop_cells, set_cell_size

    first = max(len(row.name) for row in rows)
    room = max(12, (width - first) // len(runs) - 2)
    lines = []
    for name, values in [("", [each.title for each in runs]), *((row.name, row.values) for row in rows)]:
        cells = [[part for text in textwrap.wrap(value, room) for part in chop_cells(text, room)] for value in values]
        for line in range(max(map(len, cells))):
            texts = (each[line] if line < len(each) else "" for each in cells)
            lines.append(f"{name if not line else '':{first}}" + "".join(f"  {set_cell_size(t, room)}" for t in texts))
    return lines


def _report(runs: Sequence[Run], options: argparse.Namespace) -> int:
    from core.evaluation.report.runs_content import RunsReport
    from core.evaluation.report.writer import checked, write

    path = checked(options.report)
    if not options.names and not options.filter:
        raise ConfigurationError("--report needs a RUN, or several to compare; `digits-tui runs` lists them")
    write(RunsReport.of(_compared(runs, least=1)), path)
    print(f"report: {printable(str(path))}", file=sys.stderr)
    return 0


def _compared(runs: Sequence[Run], least: int) -> list[ComparedRun]:
    from core.evaluation.runs_compared import MOST, ComparedRun

    if not least <= len(runs) <= MOST:
        raise ConfigurationError(
            f"{plural(len(runs), 'run')} chosen; {least} to {MOST} fit side by side: name them, or use --filter"
        )
    return [ComparedRun.of(run) for run in runs]


def _label(options: argparse.Namespace) -> int:
    from core.runs import label, naming

    named = _named(options)
    if len(named) != 1:
        raise ConfigurationError(f"{plural(len(named), 'run')} named; --rename and --note need exactly one RUN")
    (run,) = named
    if options.rename is not None:
        naming.rename(run, options.rename)
        print(f"{run.name} is called {run.title}", file=sys.stderr)
    else:
        label.write_note(run.path, options.note)
        print(f"noted on {run.name}" if options.note.strip() else f"no note on {run.name}", file=sys.stderr)
    return 0


def _delete(options: argparse.Namespace) -> int:
    from core.runs.deletion import Deletions

    runs = _named(options)
    if not runs:
        raise ConfigurationError("--delete needs the name of each RUN to delete; `digits-tui runs` lists them")
    if not options.yes and not _agrees(runs):
        print("nothing was deleted", file=sys.stderr)
        return 1
    deletions = Deletions()
    try:
        deletions.delete(runs, None)
    finally:
        deletions.close()
    print(f"deleted {plural(len(runs), 'run')}", file=sys.stderr)
    return 0


def _agrees(runs: Sequence[Run]) -> bool:
    if not sys.stdin.isatty():
        raise RunError("--delete asks before it deletes, and there is no terminal to ask on; give --yes too")
    for run in runs:
        print(f"{printable(run.name)}  {run.label.title}".rstrip(), file=sys.stderr)
    print(f"Delete {plural(len(runs), 'run')} for good? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")
