"""The findings of a check-up as a list, worst first, followed by an entry for all images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from core.checkup.checkup import Checkup
from core.checkup.finding import SEVERITY_WORDS, Finding, Severity
from core.words import plural
from tui.widgets.shared.live_list import LiveList

MARKS: dict[Severity | None, tuple[str, str]] = {
    Severity.PROBLEM: ("✗", "$text-error"),
    Severity.WARNING: ("!", "$text-warning"),
    Severity.HINT: ("·", "$foreground-muted"),
    None: ("", ""),
}
"""Each severity's sign, which needs no colours, and its style."""
_FIGURES = 8  # columns, for 100,000


class Findings(LiveList, inherit_bindings=False):
    """One line per finding: its severity, number of files and title."""

    BINDING_GROUP_TITLE = "Findings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right", "select", "Show images", key_display="enter"),
        Binding("up", "cursor_up", "Finding above", show=False),
        Binding("down", "cursor_down", "Finding below", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "first", "First finding", show=False),
        Binding("end", "last", "Last finding", show=False),
    ]
    DEFAULT_CSS = """
    Findings {
        text-wrap: nowrap;
        text-overflow: ellipsis;
        background: transparent;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes, markup=False, compact=True)
        self._findings: tuple[Finding, ...] = ()

    @property
    def chosen(self) -> Finding | None:
        """The finding under the cursor; None in an empty list."""
        return self._findings[self.highlighted] if self.highlighted is not None and self._findings else None

    def show(self, findings: Sequence[Finding], chosen: Finding | None = None) -> None:
        """Show `findings`, with the cursor on the one that matches `chosen`, else on the first."""
        self._findings = tuple(findings)
        self.set_options(Option(_line(each)) for each in findings)
        if findings:
            same = (index for index, each in enumerate(findings) if chosen is not None and each.is_like(chosen))
            self.highlighted = next(same, 0)


def counted(finding: Finding) -> str:
    """How many files the finding is about, and how many of them can be shown."""
    if not finding.files:
        return "the whole folder"
    shown = len(finding.files)
    first = f", the first {shown:,} can be shown" if finding.count > shown else ""
    return f"{plural(finding.count, 'file')}{first}"


def counts(checkup: Checkup) -> str:
    """The number of findings of each severity."""
    of_each = Counter(finding.severity for finding in checkup.findings)
    parts = [plural(of_each[severity], word) for severity, word in SEVERITY_WORDS.items() if of_each[severity]]
    return ", ".join(parts) or "nothing was found"


def explained(finding: Finding, notes: Sequence[str] = ()) -> Content:
    """The finding, what it means for learning and what to do about it, with `notes` below."""
    mark, style = MARKS[finding.severity]
    head = counted(finding)
    if finding.severity is not None:
        head = f"{mark} {SEVERITY_WORDS[finding.severity].capitalize()}, {head}"
    return Content("\n").join(
        Content.assemble((text, style))
        for text, style in (
            (finding.title, "bold"),
            (head, style or "$foreground-muted"),
            (finding.meaning, "$foreground"),
            (f"→ {finding.action}" if finding.action else "", "$foreground"),
            *((note, "$foreground-muted") for note in notes),
        )
        if text
    )


def _line(finding: Finding) -> Content:
    mark, style = MARKS[finding.severity]
    figure = f"{finding.count:,}" if finding.files else "–"
    # Most titles begin with the figure, which has a column of its own here.
    title = finding.title.removeprefix(f"{figure} ")
    return Content.assemble((mark or " ", f"bold {style}"), (f"{figure:>{_FIGURES}} ", "bold"), title)
