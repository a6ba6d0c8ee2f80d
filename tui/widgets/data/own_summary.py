"""The summary of an own set: bars of each digit, how even the counts are, and the drawing under the cursor."""

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
from core.words import listed
from tui.widgets.data.counts import Counts
from tui.widgets.data.drawing_grid import Grey
from tui.widgets.shared.lines import fit
from tui.widgets.shared.thumbnail import Thumbnail

_UNEVEN = 1.5  # above this ratio between two digits' counts, a network would favour the more frequent one


class OwnSummary(Vertical):
    """The column on the left of the own set's screen."""

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
        """Show the number of drawings of each of the ten digits."""
        self.query_one(Counts).counts = (tuple(counts), ())
        self.query_one("#balance", Static).update(balance(counts))

    def show_drawing(self, drawing: Drawing | None, image: Grey | None, decided: Amendment | None) -> None:
        """Show the drawing under the cursor, and what the user `decided` about it in a check-up."""
        self.query_one("#drawing", Static).update("\n".join(_about(drawing, decided, self.content_size.width)))
        self.query_one(Thumbnail).bitmap = image


def balance(counts: Sequence[int]) -> str:
    """How evenly the digits are represented, in words."""
    most, least = max(counts), min(counts)
    if not most:
        return "No drawings yet."
    if missing := [digit for digit, count in enumerate(counts) if not count]:
        return f"Uneven: there is no {listed(missing, 'or')} yet."
    if most > _UNEVEN * least:
        return f"Uneven: {most:,} of {counts.index(most)}, but {least:,} of {counts.index(least)}."
    return "Even: every digit has its share."


def _about(drawing: Drawing | None, decided: Amendment | None, width: int) -> list[str]:
    if drawing is None:
        return []
    # In the user's local time.
    lines = [f"{drawing.label}, {datetime.fromtimestamp(drawing.time).astimezone():%d %b %Y %H:%M}"]
    if not drawing.path.with_suffix(".json").exists():
        lines.append(fit(printable(drawing.path.name), width))  # not drawn here: the file's name says where it is from
    if decided is not None:
        decision = "left out" if decided.label is None else f"relabelled as {decided.label}"
        lines += textwrap.wrap(f"* {decision} by your check-up", max(1, width))
    return lines
