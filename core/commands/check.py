"""`check`: the check-up of a folder of images before a network learns from them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.commands.progress import say, stages
from core.errors import DataError
from core.printable import printable
from core.words import plural

if TYPE_CHECKING:
    from core.checkup.checkup import Checkup
    from core.checkup.finding import Finding

_SHOWN = 10
"""Most files that are printed for each finding, without --json."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `check`."""
    check = commands.add_parser(
        "check",
        help="find what is wrong with a folder of images",
        description=(
            "Check a folder with the class folders 0 … 9: unreadable, blank and clipped images, wrong extensions, "
            "copies, classes out of balance, properties that give the class away, labels that are probably wrong. "
            "Nothing in the folder is changed."
        ),
    )
    check.add_argument("data", metavar="FOLDER", help="a folder, or the name of one that `datasets` lists")
    check.add_argument("--json", action="store_true", help="print progress and the result, one JSON object per line")
    check.add_argument("--quick", action="store_true", help="skip the check of labels, which trains networks")
    check.set_defaults(run=run_check)


def run_check(options: argparse.Namespace) -> int:
    """Check a folder and print the findings. Raises DataError if there is no such folder of images."""
    folder = folder_of(options.data)
    from core.checkup.check import check

    with stages(options.json) as report:
        found = check(folder, report, quick=options.quick)
    if options.json:
        say(found)
    else:
        _describe(found)
    return 0


def folder_of(data: str) -> Path:
    """The folder that a path or a name in the catalogue means. Raises DataError if it is not a folder of images."""
    from core.data import catalogue, sources

    entry = catalogue.find(data)
    if entry.path is None or entry.is_published:
        raise DataError(f"{entry.title} is a published set; a check-up is for folders of your own images")
    path = Path(entry.path)
    if not sources.at(path).is_folder:
        raise DataError(f"{path} is a file; a check-up needs a folder with the class folders 0 … 9")
    return path


def _describe(found: Checkup) -> None:
    counts = ", ".join(f"{count:,} of {label}" for label, count in enumerate(found.counts))
    print(f"{printable(str(found.folder))}: {plural(found.images, 'image')}: {counts}")
    for each in found.findings:
        _tell(each)
    if not found.findings:
        print("\nNo problems were found.")
    print()
    for note in found.notes:
        print(printable(note))


def _tell(finding: Finding) -> None:
    from core.checkup.finding import SEVERITY_WORDS

    severity = f"{SEVERITY_WORDS[finding.severity]}: " if finding.severity is not None else ""
    print(f"\n{severity}{printable(finding.title)}")
    print(f"  {finding.meaning}\n  {finding.action}")
    for each in finding.files[:_SHOWN]:
        details = [each.detail, f"see {each.other}" if each.other else ""]
        print(f"    {printable(each.path)}: {printable('; '.join(filter(None, details)))}")
    if finding.count > _SHOWN and finding.files:
        print(f"    … and {finding.count - _SHOWN:,} more (--json names {len(finding.files):,})")
