"""The digit that was read, in large type, or the number, and how sure the network is, in figures and words."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive

from core.reading.reading import UNSURE, Reading, Verdict
from core.words import probability
from tui.widgets.shared.lines import Lines, fit

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
"""The ten digits in 4 × 5 pixels; each pixel is two cells wide to be square."""

_WORDS = ((0.95, "sure"), (UNSURE, "likely"), (0.0, "unsure"))
"""The word for a probability, by its lower bound."""
_MOST_SINGLE = 6
"""The longest number whose digits are listed one per row, in the eight rows available at 80×24."""
_UNKNOWN = (".##.", "#..#", "..#.", "....", "..#.")
"""A question mark, shown if the drawing is not a digit."""


class Answer(Lines):
    """Nine columns: the digit, its probability, a word for that, and what else it may be.

    A number is shown in one line, with its digits and their probabilities below it: one per line, or two if there are
    many.
    """

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
    """None, or a reading without a digit, if nothing is drawn."""

    def watch_reading(self, reading: Reading | None) -> None:
        """Send what changed; colours repeat what the words say."""
        nothing = reading is None or reading.digit is None
        self.set_class(nothing, "-nothing")
        self.set_class(reading is not None and reading.verdict in (Verdict.UNSURE, Verdict.NO_DIGIT), "-unsure")
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The digit and the lines below it."""
        reading = self.reading
        if reading is None or reading.digit is None:
            return [Content("Draw"), Content("something")]
        if reading.digits:
            return _number(reading, width)
        rejected = reading.verdict is Verdict.NO_DIGIT
        shape = _UNKNOWN if rejected else _SHAPES[reading.digit]
        rows = [row.replace("#", "██").replace(".", "  ") for row in shape]
        if rejected:
            rows += ["not a", "digit"]
        else:
            rows += [probability(reading.certainty), _word(reading.certainty)]
            other = "none" if reading.doubt is Verdict.NO_DIGIT else reading.doubt
            rows += [f"or {other}?"] if other is not None else []
        return [Content.styled(row, "bold") for row in rows]


def sentence(reading: Reading | None) -> str:
    """The reading in one short line; empty if nothing is drawn."""
    if reading is None or reading.digit is None:
        return ""
    if reading.digits and reading.least_sure is not None:
        return f"{reading.number}  digit {reading.least_sure + 1}, the least sure:"
    if reading.verdict is Verdict.NO_DIGIT:
        return "not a digit"
    other = "no digit" if reading.doubt is Verdict.NO_DIGIT else reading.doubt
    doubt = f", or {other}?" if other is not None else ""
    return f"{reading.digit}  {probability(reading.certainty)}  {_word(reading.certainty)}{doubt}"


def _number(reading: Reading, width: int) -> list[Content]:
    rows = [Content.styled(fit(reading.number, width), "bold"), Content("")]
    if len(reading.digits) <= _MOST_SINGLE:
        for place, each in enumerate(reading.digits):
            rejected = reading.rejects(each)
            words = "? none" if rejected else f"{each.digit} {probability(each.certainty):>5}"
            rows.append(Content.styled(words, "bold" if place == reading.least_sure else ""))
        return rows
    figures = [f"{probability(each.certainty, 0).removesuffix('%'):>2}" for each in reading.digits]
    whole = [f"{sign} {figure}" for sign, figure in zip(reading.number, figures, strict=True)]
    return rows[:1] + [Content(" ".join(whole[at : at + 2])) for at in range(0, len(whole), 2)]


def _word(certainty: float) -> str:
    return next(word for least, word in _WORDS if certainty >= least)
