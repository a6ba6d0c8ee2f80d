"""Faults of whole files: unreadable or blank files, wrong extensions, and mixed polarity."""

from __future__ import annotations

from pathlib import PurePosixPath

import numpy as np

from core.checkup.finding import Finding, Severity, finding
from core.checkup.survey import Survey
from core.words import plural

_EXTENSIONS = {
    "PNG": ("png",),
    "JPEG": ("jpg", "jpeg", "jpe", "jfif"),
    "MPO": ("jpg", "jpeg", "mpo"),
    "BMP": ("bmp", "dib"),
    "WEBP": ("webp",),
}


def unreadable(survey: Survey) -> list[Finding]:
    """Files in class folders that are not images, or are damaged."""
    files = [survey.named(position, reason) for position, reason in sorted(survey.reasons.items())]
    if not files:
        return []
    return [
        finding(
            "unreadable",
            Severity.PROBLEM,
            f"{plural(len(files), 'file')} cannot be read",
            "Nothing is learned from them, and what should be in them is missing.",
            "They are skipped. Save them again as PNG or JPEG; files that are not images are no longer listed once you "
            "leave them out.",
            files,
        )
    ]


def extension(survey: Survey) -> list[Finding]:
    """Images whose extension does not match the format of their content."""
    files = []
    for position in survey.readable.tolist():
        kind = survey.facts["format"][position].decode()
        suffix = PurePosixPath(survey.name(position)).suffix.lower().removeprefix(".")
        if suffix not in _EXTENSIONS.get(kind, (suffix,)):
            named = f"is called .{suffix}" if suffix else "has no extension"
            files.append(survey.named(position, f"is a {kind} but {named}"))
    if not files:
        return []
    return [
        finding(
            "extension",
            Severity.HINT,
            f"{plural(len(files), 'image')} with a wrong extension",
            "Nothing here, because formats are recognised by content. Programs that trust the name reject such files, "
            "and a format that goes with the class gives the class away.",
            "They are read by their content. Rename them, or save them again in one format.",
            files,
        )
    ]


def blank(survey: Survey) -> list[Finding]:
    """Images in which no ink was found."""
    positions = survey.readable[survey.facts["blank"][survey.readable]]
    if not len(positions):
        return []
    return [
        finding(
            "blank",
            Severity.PROBLEM,
            plural(len(positions), "blank image"),
            "Nothing can be learned from them; a program that uses them unchanged learns that an empty sheet is a "
            "digit.",
            "They are skipped. Draw them again, or leave them out.",
            [survey.named(position, "no ink was found in it") for position in positions.tolist()],
        )
    ]


def polarity(survey: Survey) -> list[Finding]:
    """The images in the minority, if some are dark on light and others light on dark."""
    drawn = survey.drawn
    dark = survey.facts["dark"][drawn]
    counts = int(dark.sum()), int((~dark).sum())
    if not all(counts):
        return []
    fewer = drawn[dark] if counts[0] <= counts[1] else drawn[~dark]
    says = "dark ink on light paper" if counts[0] <= counts[1] else "light ink on dark paper"
    others = "light on dark" if counts[0] <= counts[1] else "dark on light"
    return [
        finding(
            "polarity",
            Severity.WARNING,
            f"{plural(len(fewer), 'image is', 'images are')} {says}, the other {max(counts):,} {others}",
            "A network that saw both unchanged would take the ink of one for the background of the other.",
            "Each image is judged on its own and turned to light ink on dark. Check that each of these was judged "
            "rightly: the 28×28 must show the digit, not its surroundings.",
            [survey.named(position, says) for position in fewer.tolist()],
        )
    ]


def polarity_note(survey: Survey) -> str:
    """The polarity of all images if they agree; otherwise empty."""
    dark = survey.facts["dark"][survey.drawn]
    if not len(dark) or not (dark.all() or not np.any(dark)):
        return ""
    return "All images are dark on light." if dark.all() else "All images are light on dark."
