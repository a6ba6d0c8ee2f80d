"""The findings of a check-up as a list, the worst first, and below them the list of all images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from core.checkup.checkup import Checkup
from core.checkup.finding import SEVERITY_WORDS, Finding, Severity
from core.words import plural

MARKS: dict[Severity | None, tuple[str, str]] = {
    Severity.PROBLEM: ("✗", "$text-error"),
    Severity.WARNING: ("!", "$text-warning"),
    Severity.HINT: ("·", "$foreground-muted"),
    None: ("", ""),
}
"""How each severity shows, with colours and without."""
_FIGURES = 8  # columns, for 100,000


class Findings(OptionList, inherit_bindings=False):
    """One line each: how bad it is, how many files, what."""

    BINDING_GROUP_TITLE = "Findings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right", "select", "Its images", key_display="enter"),
        Binding("up", "cursor_up", "Finding above", show=False),
        Binding("down", "cursor_down", "Finding below", show=False),
        Binding("pageup", "page_up", "A page up", show=False),
        Binding("pagedown", "page_down", "A page down", show=False),
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
        """The finding under the cursor, None in an empty list."""
        return self._findings[self.highlighted] if self.highlighted is not None and self._findings else None

    def show(self, findings: Sequence[Finding], chosen: Finding | None = None) -> None:
        """Show `findings`, the cursor on the one that says what `chosen` said, else on the first."""
        self._findings = tuple(findings)
        self.set_options(Option(_line(each)) for each in findings)
        if findings:
            same = (index for index, each in enumerate(findings) if chosen is not None and each.is_like(chosen))
            self.highlighted = next(same, 0)


def counted(finding: Finding) -> str:
    """How many files it is about, and how many of them can be shown."""
    if not finding.files:
        return "the folder as a whole"
    shown = len(finding.files)
    first = f", the first {shown:,} can be shown" if finding.count > shown else ""
    return f"{plural(finding.count, 'file')}{first}"


def counts(checkup: Checkup) -> str:
    """How many findings there are of each severity."""
    of_each = Counter(finding.severity for finding in checkup.findings)
    parts = [plural(of_each[severity], word) for severity, word in SEVERITY_WORDS.items() if of_each[severity]]
    return ", ".join(parts) or "nothing was found"


def explained(finding: Finding, notes: Sequence[str] = ()) -> Content:
    """What was found, what it means for learning, and what is done about it; `notes` below."""
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
    # Most titles begin with the figure, which stands in a column of its own here.
    title = finding.title.removeprefix(f"{figure} ")
    return Content.assemble((mark or " ", f"bold {style}"), (f"{figure:>{_FIGURES}} ", "bold"), title)
