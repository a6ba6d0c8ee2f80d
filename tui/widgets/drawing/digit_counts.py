"""How many drawings of each digit the active set has: a small table of nine columns."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from core.printable import printable
from tui.widgets.shared.lines import Lines, fit

_MOST = 999  # three cells


class DigitCounts(Lines):
    """The set's name, and ten counts in two columns."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    DigitCounts { width: 9; height: 6; color: $text-muted; }
    """

    _name = ""
    _counts: Sequence[int] = (0,) * 10

    def show(self, name: str, counts: Sequence[int]) -> None:
        """Show the ten counts of the set called `name`."""
        self._name, self._counts = name, tuple(counts)
        self.tooltip = f"Drawings of each digit in “{printable(name)}”"
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The name and five rows."""
        heading = Content.styled(fit(printable(self._name), width), "bold $text-accent")
        return [heading, *(_row(digit, self._counts) for digit in range(5))]


def _row(digit: int, counts: Sequence[int]) -> Content:
    # The digit is bold, so that it does not run together with a three-digit count next to it.
    left, right = (
        Content.assemble((str(each), "bold $text-accent"), f"{min(counts[each], _MOST):3}")
        for each in (digit, digit + 5)
    )
    return Content.assemble(left, " ", right)
