"""`datasets`: lists, shows, adds, removes and downloads data sets, and moves own sets between computers."""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.commands import own_sets
from core.commands.progress import progress, say
from core.data import sources
from core.errors import DataError
from core.printable import printable
from core.words import plural

if TYPE_CHECKING:
    from core.data.catalogue import Entry
    from core.data.collection import LabelledImages
    from core.data.details import DataDetails, Sample

SAMPLES = 40
_MOST_SKIPPED = 1000


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `datasets`."""
    datasets = commands.add_parser(
        "datasets",
        help="list, show, add, download, export and import data sets",
        description=(f"List the data sets, or show one: a name from the list, {sources.formats()}."),
    )
    what = datasets.add_mutually_exclusive_group()
    what.add_argument("data", nargs="?", metavar="NAME|PATH", help="show this one; without it, list all")
    what.add_argument("--add", metavar="PATH", help="add a folder or file to the list")
    what.add_argument("--remove", metavar="NAME", help="take an added set off the list; its files stay")
    what.add_argument("--download", metavar="NAME", help="fetch a set that is listed as 'needs a download'")
    own_sets.add_arguments(datasets, what)
    datasets.add_argument("--json", action="store_true", help="print one JSON object per line")
    datasets.set_defaults(run=run_datasets)


def run_datasets(options: argparse.Namespace) -> int:
    """Do what the options ask for. Raises DigitsError if it cannot be done."""
    if options.add is not None:
        _add(options.add, options.json)
    elif options.remove is not None:
        _remove(options.remove, options.json)
    elif options.download is not None:
        _download(options.download, options.json)
    elif own_sets.are_meant(options):
        own_sets.run(options)
    elif options.data is not None:
        _look(options.data, options.json)
    else:
        _list(options.json)
    return 0


def _list(as_json: bool) -> None:
    from core.data import catalogue
    from core.data.results import Listed

    known = catalogue.read()
    for note in known.notes:
        print(note, file=sys.stderr)
    if as_json:
        say(Listed(tuple(known.entries)))
        return
    rows = [("name", "images", "classes", "state", "source")]
    for entry in known.entries:
        images = "?" if entry.images is None else f"{entry.images:,}"
        classes = "?" if entry.classes is None else str(entry.classes)
        name, state, source = map(printable, (entry.name, entry.state, entry.source))
        rows.append((name, images, classes, state, source))
    # Never wrapped, because a broken path cannot be searched for or copied.
    wide = [max(len(row[column]) for row in rows) for column in range(4)]
    for name, images, classes, state, source in rows:
        print(f"{name:{wide[0]}}  {images:>{wide[1]}}  {classes:>{wide[2]}}  {state:{wide[3]}}  {source}")


def _look(data: str, as_json: bool) -> None:
    from core.data import catalogue
    from core.data.details import DataDetails

    entry = catalogue.find(data)
    if entry.state == catalogue.Availability.NEEDS_DOWNLOAD:
        note = f"Needs a download first ({entry.source}): digits-tui datasets --download {entry.name}"
        none = (0,) * 10
        details = DataDetails(entry.name, entry.title, entry.images, entry.source, entry.state, none, none)
        details = dataclasses.replace(details, notes=(note,))
    else:
        details = _details(entry, as_json)
    if as_json:
        say(details)
    else:
        _describe(details)


def _details(entry: Entry, as_json: bool) -> DataDetails:
    """The details of a set, from all its images."""
    from core.data.datasets import divided, gather
    from core.data.details import DataDetails

    with progress(as_json, "images") as report:
        collection = gather(entry, report)
    counts, notes, samples = collection.counts(), list(collection.notes), _samples(collection.train)
    test_counts, test_note = [0] * 10, ""
    try:
        dataset = divided(entry, collection, consume=True)
        test_counts, test_note, notes = dataset.test.counts(), dataset.test_note, list(dataset.notes)
    except DataError as error:
        notes.append(f"Cannot be trained on: {error}.")
    skipped = collection.skipped
    if len(skipped) > _MOST_SKIPPED:
        notes.append(f"{len(skipped):,} could not be used; the first {_MOST_SKIPPED:,} are listed.")
    return DataDetails(
        name=entry.name,
        title=entry.title,
        images=sum(counts),
        source=entry.source,
        state=entry.state,
        counts=tuple(counts),
        test_counts=tuple(test_counts),
        test_note=test_note,
        samples=tuple(samples),
        skipped=skipped[:_MOST_SKIPPED],
        notes=tuple(notes),
    )


def _samples(part: LabelledImages) -> list[Sample]:
    """Up to 40 images, the first of each class, then the second of each, and so on."""
    import numpy as np

    from core.data.details import Sample

    members = [np.flatnonzero(part.labels == label) for label in range(10)]
    most = max(len(each) for each in members)
    turns = [each[turn] for turn in range(min(most, SAMPLES)) for each in members if turn < len(each)]
    # Copies, because the images are divided in place afterwards.
    return [Sample(int(part.labels[index]), part.images[index].copy()) for index in turns[:SAMPLES]]


def _describe(details: DataDetails) -> None:
    images = "? images" if details.images is None else plural(details.images, "image")
    print(f"{printable(details.title)} ({printable(details.name)}): {images}, {details.state}")
    print(f"from {printable(details.source)}")
    if sum(details.counts):
        print("\ndigit    images  of them for the test")
        widest = max(details.counts)
        for digit, (count, test) in enumerate(zip(details.counts, details.test_counts, strict=True)):
            print(f"{digit:5}  {count:8,}  {test:8,}  {'█' * round(24 * count / widest)}")
    if details.test_note:
        print(f"\ntested on {details.test_note}")
    for note in details.notes:
        print(printable(note))
    for each in details.skipped:
        print(f"skipped {printable(each.path)}: {printable(each.reason)}", file=sys.stderr)


def _add(path: str, as_json: bool) -> None:
    from core.data import catalogue
    from core.data.results import Added

    with progress(as_json, "images") as report:
        entry = catalogue.add(path, report)
    if as_json:
        say(Added(entry))
    else:
        what = f"{plural(entry.images or 0, 'image')} of {plural(entry.classes or 0, 'digit')}"
        print(f"added {printable(entry.name)}: {what} from {printable(entry.source)}")


def _remove(name: str, as_json: bool) -> None:
    from core.data import catalogue
    from core.data.results import Removed

    catalogue.remove(name)
    if as_json:
        say(Removed(name))
    else:
        print(f"removed {printable(name)} from the list; its files stay where they are")


def _download(name: str, as_json: bool) -> None:
    from core.data.downloadable import DOWNLOADABLE

    if name not in DOWNLOADABLE:
        raise DataError(f"{name!r} cannot be downloaded; these sets can: {', '.join(DOWNLOADABLE)}")
    from core.data.download import download
    from core.data.results import Downloaded

    with _tidying_up(), progress(as_json, "bytes") as report:
        download(name, report)
        if not as_json:
            print("normalising its images, once", file=sys.stderr)
        # Now, and not at the first training: the user waits here anyway.
        from core.data.datasets import gather

        gather(name)
    if as_json:
        say(Downloaded(name))
    else:
        print(f"downloaded {name}; train on it with: digits-tui train --data {name}")


@contextmanager
def _tidying_up() -> Iterator[None]:
    """Clean up after SIGTERM or a lost terminal as after an error."""

    def leave(number: int, _frame: types.FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
