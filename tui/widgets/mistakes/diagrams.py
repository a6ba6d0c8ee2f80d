"""How far a network's confidence can be trusted, as bars: its reliability, and what rejecting unsure answers gains."""

from __future__ import annotations

from textual.content import Content

from core.evaluation.measurement import Measurement
from core.words import percent
from tui.widgets.shared.lines import Lines

_MUTED = "$foreground-muted"
_LABEL, _FIGURES = 15, 24
_SHARES = (0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50)
"""Percent of the images that are rejected, as rows."""


class Reliability(Lines):
    """For each part of the confidence, how many of its answers are right; a mark stands where its confidence is."""

    _measured: Measurement | None = None

    def show(self, measured: Measurement) -> None:
        """Show this one."""
        self._measured = measured
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """A row for each part that has answers."""
        if self._measured is None:
            return []
        bar = max(10, width - _LABEL - _FIGURES)
        head = f"{'confidence':{_LABEL}}{'right (│: as many as the confidence says)':{bar}}"
        rows = [Content.styled(fitted(head, width), _MUTED)]
        for each in self._measured.reliability:
            if each.count:
                label = f"{100 * each.begin:.0f} to {100 * each.end:.0f}%"
                figures = f"{percent(each.accuracy, 1):>7} of {each.count:,}"
                parts = _marked(each.accuracy, each.confidence, bar)
                rows.append(Content.assemble(f"{label:{_LABEL}}", *parts, (figures, _MUTED)))
        error = self._measured.calibration_error
        if error is not None:
            rows += [Content(), Content.styled(f"Calibration error (mean distance): {percent(error)}", _MUTED)]
        return rows


class Rejection(Lines):
    """How many of the answers are right if the least sure ones are rejected."""

    _measured: Measurement | None = None

    def show(self, measured: Measurement) -> None:
        """Show this one."""
        self._measured = measured
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """A row for each share of rejected images; the bars begin at the accuracy on all."""
        if self._measured is None or not self._measured.rejection_curve:
            return []
        curve = self._measured.rejection_curve
        bar = max(10, width - _LABEL - _FIGURES)
        least = min(accuracy for _, accuracy in curve)
        rows = [Content.styled(fitted(f"{'rejected':{_LABEL}}right of the others", width), _MUTED)]
        for share, accuracy in curve:
            if round(share * 100) in _SHARES and abs(share * 100 - round(share * 100)) < 1 / 3:
                filled = round((accuracy - least) / max(1e-9, 1 - least) * bar)
                part = ("█" * filled, "$success"), " " * (bar - filled)
                figures = f"{percent(accuracy):>8} of {round((1 - share) * self._measured.count):,}"
                rows.append(Content.assemble(f"{percent(share, 0):{_LABEL}}", *part, (figures, _MUTED)))
        below = f"The bars go from {percent(least)} to 100%. The least sure answers are rejected first."
        return [*rows, Content(), Content.styled(fitted(below, width), _MUTED)]


def fitted(text: str, width: int) -> str:
    """Cut where there is no room."""
    return text[: max(0, width)]


def _marked(share: float, mark: float, width: int) -> list[tuple[str, str]]:
    """A bar of `width` cells filled by `share`, with a mark at `mark`; both 0 to 1."""
    filled, at = round(share * width), min(width - 1, int(mark * width))
    cells = ["█" if cell < filled else "·" for cell in range(width)]
    cells[at] = "│"
    text = "".join(cells)
    return [(text[:at], "$success"), (text[at], "bold $warning"), (text[at + 1 :], "$success")]
