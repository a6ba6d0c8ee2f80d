"""The part of `datasets` for own sets: exports, imports and renames them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.commands.progress import progress, say
from core.errors import DataError
from core.printable import printable
from core.words import plural

if TYPE_CHECKING:
    from core.data.own_sets import OwnSet


def add_arguments(parser: argparse.ArgumentParser, what: argparse._MutuallyExclusiveGroup) -> None:
    """Add the options; `what` is the group of `datasets` options that exclude each other."""
    what.add_argument(
        "--export",
        nargs=2,
        metavar=("NAME", "PATH"),
        help="write an own set to a new folder, or to one file if PATH ends in .npz",
    )
    what.add_argument("--import", dest="source", metavar="PATH", help="add an exported set to your own sets")
    what.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"), help="give an own set a new name")
    parser.add_argument("--name", metavar="NAME", help="with --import: its name; default: that of the folder or file")


def are_meant(options: argparse.Namespace) -> bool:
    """Whether one of these options was given. Raises DataError for a `--name` without `--import`."""
    if options.name is not None and options.source is None:
        raise DataError("--name is the name of an imported set; give --import PATH with it")
    return options.export is not None or options.source is not None or options.rename is not None


def run(options: argparse.Namespace) -> None:
    """Do what the given option asks for. Raises DigitsError if it cannot be done."""
    if options.export is not None:
        name, path = options.export
        _export(name, path, options.json)
    elif options.source is not None:
        _import(options.source, options.name, options.json)
    else:
        name, new = options.rename
        _rename(name, new, options.json)


def _export(name: str, path: str, as_json: bool) -> None:
    from core import paths
    from core.data import own_sets
    from core.data.results import Exported

    found = _own(name)
    with progress(as_json, "images") as report:
        count = own_sets.export(found, path, report)
    target = str(paths.expanded(path))
    if as_json:
        say(Exported(found.name, target, count))
    else:
        print(f"wrote {plural(count, 'drawing')} of {printable(found.name)} to {printable(target)}")


def _import(path: str, name: str | None, as_json: bool) -> None:
    from core import paths
    from core.data import catalogue, own_sets
    from core.data.results import Imported

    given = name if name is not None else Path(paths.expanded(path)).stem
    with progress(as_json, "images") as report:
        made = own_sets.import_set(path, given, report)
    entry = catalogue.find(str(made.folder))
    if as_json:
        say(Imported(entry))
    else:
        what = f"{plural(entry.images or 0, 'drawing')} of {plural(entry.classes or 0, 'digit')}"
        print(f"imported {printable(entry.name)}: {what}")


def _rename(name: str, new: str, as_json: bool) -> None:
    from core.data import own_sets
    from core.data.results import Renamed

    found = _own(name)
    renamed = own_sets.rename(found, new)
    if as_json:
        say(Renamed(renamed.name, found.name))
    else:
        print(f"{printable(found.name)} is now called {printable(renamed.name)}")


def _own(name: str) -> OwnSet:
    from core.data import catalogue, own_sets

    entry = catalogue.find(name)
    found = own_sets.at(Path(entry.path)) if entry.kind == catalogue.OWN and entry.path is not None else None
    if found is None:
        names = ", ".join(printable(each.name) for each in own_sets.sets()) or "none yet"
        raise DataError(f"{name!r} is not a set of your own drawings; your sets: {names}")
    return found
