"""`doctor`: what is wrong with this terminal, this installation and the user's files, and what to mend.

What it prints is also the block to paste into a report of a fault: it has no colours and no control characters, and it
names the home folder `~` and own sets by their folders. A second form for that would only be one that nobody has read.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.commands.progress import say
from core.commands.progress_line import ProgressLine
from core.printable import printable

if TYPE_CHECKING:
    from core.doctor.diagnosis import Diagnosis, Examined, Section

_WIDTH = 80
_SHOWN = 5
"""Details of a line that are shown to a person."""
_MARKS, _PLAIN_MARKS = "✓!✗", "+!x"
"""Of what is fine, worth knowing and a problem; the second ones for a terminal that cannot show the first."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `doctor`."""
    doctor = commands.add_parser(
        "doctor",
        help="find what is wrong, and what to mend",
        description=(
            "Examine the terminal, versions, folders, what came with the program, your files and the devices, and say "
            "what to mend. Nothing is changed. Paste what it prints into a report of a fault. "
            "The exit status is 1 if there are problems (✗), otherwise 0."
        ),
    )
    doctor.add_argument("--quick", action="store_true", help="open no drawings, caches, saved weights and states")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.set_defaults(run=run_doctor)


def run_doctor(options: argparse.Namespace) -> int:
    """Examine everything and print it; 1 if there are problems."""
    from core.doctor.diagnosis import Diagnosis
    from core.doctor.examination import examine

    sections = []
    with _Counter() as counter:
        for section in examine(counter.show, options.quick):
            counter.clear()
            sections.append(section)
            if not options.json:
                print("\n".join([*_section(section), ""]), flush=True)
    diagnosis = Diagnosis(tuple(sections))
    if options.json:
        say(diagnosis)
    else:
        print("\n".join(_to_mend(diagnosis)))
    return int(diagnosis.problems > 0)


class _Counter:
    """How far the work of each kind is, in one line on standard error that goes away."""

    def __init__(self) -> None:
        self._line: ProgressLine | None = None
        self._of = (0, "")

    def __enter__(self) -> _Counter:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, done: int, total: int, things: str) -> None:
        """`done` of `total` are done."""
        if self._line is None or self._of != (total, things):
            self.clear()
            self._line, self._of = ProgressLine(total, things), (total, things)
        self._line.show(done)

    def clear(self) -> None:
        """Take the line away."""
        if self._line is not None:
            self._line.clear()
            self._line = None


def _section(section: Section) -> Iterator[str]:
    yield section.title
    width = max(len(printable(line.name)) for line in section.lines)
    marks = _marks()
    for line in section.lines:
        yield from _wrapped(f"  {marks[line.health]} {printable(line.name):{width}}  ", line.words)
        yield from _details(line)


def _details(line: Examined) -> Iterator[str]:
    for detail in line.details[:_SHOWN]:
        yield from _wrapped("      - ", detail)
    if (others := len(line.details) - _SHOWN) > 0:
        yield f"      - and {others:,} more, which --json names"


def _to_mend(diagnosis: Diagnosis) -> Iterator[str]:
    if not diagnosis.remedies:
        yield "Nothing to mend."
        return
    yield "What to mend"
    for number, remedy in enumerate(diagnosis.remedies, 1):
        yield from _wrapped(f"  {number}. ", remedy.action)
        if remedy.command:
            yield f"     {printable(remedy.command)}"  # never wrapped: it is to be copied


def _wrapped(start: str, text: str) -> list[str]:
    """`text`, made printable, after `start`; a path is never broken in two."""
    indent = " " * len(start)
    lines = textwrap.wrap(printable(text), _WIDTH - len(start), break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{start if index == 0 else indent}{line}" for index, line in enumerate(lines)]


def _marks() -> dict[str, str]:
    from core.doctor.diagnosis import Health

    try:
        _MARKS.encode(sys.stdout.encoding or "ascii")
        marks = _MARKS
    except (UnicodeEncodeError, LookupError):
        marks = _PLAIN_MARKS
    return dict(zip((Health.FINE, Health.NOTE, Health.PROBLEM), marks, strict=True))
