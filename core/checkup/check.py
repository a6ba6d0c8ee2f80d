"""Runs the whole check-up of a folder: every kind of finding, with reports of its progress."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.checkup import balance, copies, files, geometry, labels, leaks, strokes
from core.checkup.checkup import Checkup
from core.checkup.finding import Finding, ranked
from core.checkup.survey import Survey, survey
from core.config.shape import CLASSES
from core.data import amendments

Report = Callable[[int, int, str], None]
"""Called with the number done, the total, and what is being done."""


def check(folder: Path, report: Report = lambda done, total, doing: None, *, quick: bool = False) -> Checkup:
    """Check all images below `folder`; `quick` skips what needs a network, and so the import of torch.

    Images that the user left out are skipped. Raises DataError if there are no class folders.
    """
    measured = survey(folder, lambda done, total: report(done, total, "measuring images"))
    found = _of_each(measured)
    alike = copies.find(measured, lambda done, total: report(done, total, "looking for copies"))
    found += copies.conflicting(measured, alike)
    found += copies.across_split(measured, alike, measured.division)
    found += copies.identical(measured, alike)
    found += copies.near(measured, alike)
    report(0, 1, "looking for what gives the class away")
    found += leaks.leaks(measured)
    notes = [*measured.notes, *filter(None, [files.polarity_note(measured)])]
    if quick:
        notes.append("Labels were not checked: that needs a network.")
    else:
        suspects, label_notes = labels.suspects(measured, lambda done, total: report(done, total, "checking labels"))
        found += suspects
        notes += label_notes
    drawn = measured.labels[measured.drawn]
    decisions = sorted(amendments.read(folder).values(), key=lambda each: each.time)
    return Checkup(
        folder,
        len(drawn),
        tuple(int((drawn == label).sum()) for label in range(CLASSES)),
        tuple(ranked(found)),
        tuple(decisions),
        tuple(notes),
    )


def _of_each(measured: Survey) -> list[Finding]:
    """The findings that need no comparison of images with each other."""
    kinds: list[Callable[[Survey], list[Finding]]] = [
        files.unreadable,
        files.blank,
        balance.missing,
        balance.unbalanced,
        files.polarity,
        geometry.clipped,
        geometry.small,
        strokes.thin,
        strokes.thick,
        geometry.off_centre,
        files.extension,
    ]
    return [each for kind in kinds for each in kind(measured)]
