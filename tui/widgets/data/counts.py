"""The number of images of each digit, as bars with figures."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(fraction: float, width: int) -> str:
    """A bar of `width` cells, filled by `fraction`, 0 to 1, in steps of an eighth of a cell.

    Any fraction above 0 shows at least one eighth.
    """
    eighths = round(max(0.0, min(1.0, fraction)) * width * 8)
    if fraction > 0:
        eighths = max(1, eighths)
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[rest] if rest else "")).ljust(width)


class Counts(Widget):
    """Ten lines, one per digit: a bar, the training images and, if there is room, the test images."""

    DEFAULT_CSS = """
    Counts { height: 10; }
    """
    ROOM_FOR_TEST = 32  # columns

    counts: reactive[tuple[Sequence[int], Sequence[int]]] = reactive(((), ()))
    """Training images and test images of each class, ten figures each."""

    def render(self) -> Content:
        """Bars in proportion to the largest class."""
        train, test = self.counts
        if not train:
            return Content("")
        figures = [f"{count:,}" for count in train]
        tests = [f"{count:,}" for count in test] if self.size.width >= self.ROOM_FOR_TEST else []
        wide = max(map(len, figures))
        wide_test = max(map(len, tests), default=0)
        room = self.size.width - 2 - 1 - wide - (1 + wide_test + 5 if tests else 0)
        largest = max(*train, 1)
        lines = []
        for digit, count in enumerate(train):
            parts: list[Content | str | tuple[str, str]] = [
                (f"{digit} ", "bold"),
                (bar(count / largest, max(1, room)), "$primary"),
                f" {figures[digit]:>{wide}}",
            ]
            if tests:
                parts.append((f" {tests[digit]:>{wide_test}} test", "$text-muted"))
            lines.append(Content.assemble(*parts))
        return Content("\n").join(lines)
