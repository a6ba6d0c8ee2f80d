"""What an own set holds, beside its drawings: bars of each digit, how even they are, the drawing under the cursor."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.data.amendments import Amendment
from core.data.own_sets import Drawing
from core.printable import printable
from tui.widgets.data.counts import Counts
from tui.widgets.data.drawing_grid import Grey
from tui.widgets.shared.lines import fit
from tui.widgets.shared.thumbnail import Thumbnail

_UNEVEN = 1.5  # times as many of one digit as of another, from which a network would favour it


class OwnSummary(Vertical):
    """A column for the left of the screen."""

    DEFAULT_CSS = """
    OwnSummary {
        #balance { height: 3; margin-top: 1; color: $text-muted; }
        #drawing { height: 4; margin-top: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Counts(id="counts")
        yield Static(id="balance", markup=False)
        yield Static(id="drawing", markup=False)
        yield Thumbnail()

    def show_counts(self, counts: Sequence[int]) -> None:
        """Show how many drawings there are of each of the ten digits."""
        self.query_one(Counts).counts = (tuple(counts), ())
        self.query_one("#balance", Static).update(balance(counts))

    def show_drawing(self, drawing: Drawing | None, image: Grey | None, decided: Amendment | None) -> None:
        """Show the drawing under the cursor, and what a check-up `decided` about it."""
        self.query_one("#drawing", Static).update("\n".join(_about(drawing, decided, self.content_size.width)))
        self.query_one(Thumbnail).bitmap = image


def balance(counts: Sequence[int]) -> str:
    """How even the digits are, in words."""
    most, least = max(counts), min(counts)
    if not most:
        return "Nothing is drawn yet."
    if missing := [str(digit) for digit, count in enumerate(counts) if not count]:
        return f"Not even: there is no {', '.join(missing)} yet."
    if most > _UNEVEN * least:
        return f"Not even: {most:,} of {counts.index(most)}, but {least:,} of {counts.index(least)}."
    return "Even: every digit has its share."


def _about(drawing: Drawing | None, decided: Amendment | None, width: int) -> list[str]:
    if drawing is None:
        return []
    # In the local time of whoever looks.
    lines = [f"{drawing.label}, {datetime.fromtimestamp(drawing.time).astimezone():%d %b %Y %H:%M}"]
    if not drawing.path.with_suffix(".json").exists():
        lines.append(fit(printable(drawing.path.name), width))  # a file of other origin: its name says which
    if decided is not None:
        said = "left out" if decided.label is None else f"counted as {decided.label}"
        lines += textwrap.wrap(f"* {said} by your check-up", max(1, width))
    return lines
