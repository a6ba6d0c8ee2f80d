"""The digit that was read, large, and how sure the network is of it, in figures and words."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive

from core.reading import UNSURE, Reading
from tui.widgets.lines import Lines

_SHAPES = (
    ("####", "#..#", "#..#", "#..#", "####"),
    (".##.", "..#.", "..#.", "..#.", ".###"),
    ("####", "...#", "####", "#...", "####"),
    ("####", "...#", ".###", "...#", "####"),
    ("#..#", "#..#", "####", "...#", "...#"),
    ("####", "#...", "####", "...#", "####"),
    ("####", "#...", "####", "#..#", "####"),
    ("####", "...#", "..#.", ".#..", ".#.."),
    ("####", "#..#", "####", "#..#", "####"),
    ("####", "#..#", "####", "...#", "####"),
)
"""Ten digits of four by five pixels, each two cells wide to be square."""

_WORDS = ((0.95, "sure"), (UNSURE, "likely"), (0.0, "unsure"))
"""The word for the largest probability, by its lower bound."""
_UNKNOWN = (".##.", "#..#", "..#.", "....", "..#.")
"""What stands in a digit's place where it is none."""


class Answer(Lines):
    """Nine columns: the digit of the reading, its probability, a word for that, and the rival if there is one."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Answer {
        width: 9;
        height: auto;
        text-wrap: nowrap;
        color: $text-success;
        &.-unsure { color: $text-warning; }
        &.-nothing { color: $text-muted; }
    }
    """

    reading: reactive[Reading | None] = reactive(None, repaint=False, always_update=True)
    """None, or a reading without a digit, where nothing is drawn."""

    def watch_reading(self, reading: Reading | None) -> None:
        """Send what changed; colour says again what the words say."""
        nothing = reading is None or reading.digit is None
        self.set_class(nothing, "-nothing")
        self.set_class(reading is not None and reading.verdict in ("unsure", "not a digit"), "-unsure")
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The digit and the lines below it."""
        reading = self.reading
        if reading is None or reading.digit is None:
            return [Content("Draw"), Content("something")]
        refused = reading.verdict == "not a digit"
        shape = _UNKNOWN if refused else _SHAPES[reading.digit]
        rows = [row.replace("#", "██").replace(".", "  ") for row in shape]
        if refused:
            rows += ["not a", "digit"]
        else:
            rows += [percent(reading.confidence), _word(reading.confidence)]
            rows += [f"or {each}?" for each in reading.rivals[1:2]]
        return [Content.styled(row, "bold") for row in rows]


def percent(value: float) -> str:
    """A probability with one decimal; never 100%, which no network can know."""
    return f"{min(value, 0.999):.1%}"


def _word(confidence: float) -> str:
    return next(word for least, word in _WORDS if confidence >= least)
